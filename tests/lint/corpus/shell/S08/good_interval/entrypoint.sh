#!/bin/sh
while :; do
    renew
    sleep 12h
done
