#!/bin/sh
docker rm -f $(docker ps -aq -f status=exited)
docker ps --all --quiet --filter "status=dead" | xargs --no-run-if-empty docker rm --force
