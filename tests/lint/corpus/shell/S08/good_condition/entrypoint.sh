#!/bin/sh
token=
while [ -z "$token" ]; do
    token=$(read-token)
    report-progress
done
exec server
