#!/bin/sh
server &
pid=$!
check
kill -TERM $pid
wait $pid
