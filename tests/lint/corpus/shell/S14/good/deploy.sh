#!/bin/sh
pkill -TERM server
for i in 1 2 3 4 5; do
    pgrep server || exit 0
    sleep 6
done
pkill -9 server
