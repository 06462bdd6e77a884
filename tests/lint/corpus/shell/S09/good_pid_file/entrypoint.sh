#!/bin/bash
stop() {
    kill "$pid"
    while [ -e /run/server.pid ]; do
        sleep 1
    done
}
trap stop TERM
server &
pid=$!
wait "$pid"
