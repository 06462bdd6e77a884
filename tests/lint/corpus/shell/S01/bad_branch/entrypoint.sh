#!/bin/sh
if [ "$1" = worker ]; then
    worker
else
    exec server
fi
