#!/bin/sh
docker stop -t 30 web
docker rm -f web
docker kill --signal HUP proxy
