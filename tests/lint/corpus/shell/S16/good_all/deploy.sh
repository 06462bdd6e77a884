#!/bin/sh
for one in web worker; do
    docker stop "$one"
done
docker rm -f web worker
docker stop "$1"
docker rm -f cache
