#!/bin/sh
server &
pid=$!
check
kill -INT $pid
wait $pid
