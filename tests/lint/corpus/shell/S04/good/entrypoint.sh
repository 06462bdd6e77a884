#!/bin/sh
server &
pid=$!
trap 'kill $pid; wait $pid; exit 0' TERM
wait $pid
