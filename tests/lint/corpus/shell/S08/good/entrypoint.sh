#!/bin/sh
while true; do
    if curl -fs http://db:5432/; then
        break
    fi
    sleep 1
done
exec server
