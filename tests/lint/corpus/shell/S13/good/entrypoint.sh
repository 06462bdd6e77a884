#!/bin/sh
server &
pid=$!
trap "kill $pid; wait $pid" TERM
wait $pid
