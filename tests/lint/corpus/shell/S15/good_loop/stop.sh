#!/bin/sh
kill "$pid"
for _ in $(seq 30); do
    kill -0 "$pid" || exit 0
    sleep 1
done
kill -9 "$pid"
