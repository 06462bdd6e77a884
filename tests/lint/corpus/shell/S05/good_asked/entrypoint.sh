#!/bin/sh
server &
pid=$!
prepare
kill "$pid"
wait "$pid"
echo "it is prepared"
