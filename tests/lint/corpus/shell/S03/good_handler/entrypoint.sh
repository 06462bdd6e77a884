#!/bin/sh
stop() {
    trap "" TERM
    kill -TERM "$pid"
    wait "$pid"
    exit 0
}
server &
pid=$!
trap stop TERM
wait "$pid"
