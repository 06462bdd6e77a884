#!/bin/sh
main() {
    server --port 80
}
main "$@"
