#!/bin/sh
nohup server &
pid=$!
check
kill -HUP $pid
wait $pid
