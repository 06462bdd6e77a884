#!/bin/sh
trap 'rm -f out; kill "$pid"; exit 0' INT TERM
tail -f out &
pid=$!
sleep "$1"
