#!/bin/sh
kill "$old"
while kill -0 "$old" 2>/dev/null; do
    sleep 1
done
server &
