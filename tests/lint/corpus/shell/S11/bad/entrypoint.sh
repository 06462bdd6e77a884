#!/bin/sh
set -e
server &
pid=$!
trap 'kill $pid; wait $pid; rm -f /run/lock' TERM
wait $pid
