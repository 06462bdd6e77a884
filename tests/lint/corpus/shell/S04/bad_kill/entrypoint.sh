#!/bin/sh
server &
pid=$!
trap 'kill -9 $pid' TERM
wait $pid
