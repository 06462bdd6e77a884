#!/bin/sh
server &
pid=$!
trap 'kill $pid; exit 0' TERM
wait $pid
