#!/bin/sh
while true; do
    pg_isready -h db && break
    sleep 1
done
exec server
