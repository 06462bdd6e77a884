#!/bin/sh
server --port 80 &
pid=$!
trap 'kill -TERM $pid' TERM
wait $pid
wait $pid
rm -f /run/lock
