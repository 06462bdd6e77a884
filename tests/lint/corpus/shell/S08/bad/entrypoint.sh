#!/bin/sh
while true; do
    server
    sleep 1
done
