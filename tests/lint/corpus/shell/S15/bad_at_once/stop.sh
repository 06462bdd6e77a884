#!/bin/sh
kill "$pid"
echo "killing $pid"
kill -9 "$pid"
