#!/bin/bash
kill -TERM "$pid"
for _ in {1..10}; do
    sleep 0.2
    kill -0 "$pid" 2>/dev/null || break
done
kill -KILL "$pid"
