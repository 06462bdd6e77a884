#!/bin/sh
clean() {
    rm -rf /tmp/build
}
stop() {
    kill "$old"
}
stop
clean
