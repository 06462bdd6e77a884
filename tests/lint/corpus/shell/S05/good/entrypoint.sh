#!/bin/sh
server &
pid=$!
trap 'kill -TERM $pid; wait $pid' TERM
wait $pid
