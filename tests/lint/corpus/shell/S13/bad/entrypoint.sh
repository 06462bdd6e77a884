#!/bin/sh
trap "kill $pid; wait $pid" TERM
server &
pid=$!
wait $pid
