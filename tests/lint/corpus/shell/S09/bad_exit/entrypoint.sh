#!/bin/sh
server &
pid=$!
trap 'kill -TERM $pid' TERM
wait $pid
exit $?
