#!/bin/sh
set -e
server &
pid=$!
trap 'kill $pid || true; wait $pid || true; rm -f /run/lock' TERM
wait $pid
