#!/bin/sh
if [ "$1" = apply ]; then
    kubectl apply -f /srv
else
    exec server
fi
