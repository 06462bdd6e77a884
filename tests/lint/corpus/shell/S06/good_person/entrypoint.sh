#!/bin/sh
warm_up &
if [ "$1" = shell ]; then
    bash
else
    exec server
fi
