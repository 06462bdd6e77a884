#!/bin/sh
if [ "$1" = version ]; then
    server --version
else
    exec server
fi
