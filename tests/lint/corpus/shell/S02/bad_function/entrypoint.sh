#!/bin/sh
stop() {
    echo stopping
}
trap stop TERM INT
server
