#!/bin/sh
trap 'service nginx stop; exit 0' TERM
service nginx start
while :; do
    sleep 1
done
