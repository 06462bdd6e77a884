#!/bin/sh
docker build -t web web
docker run -d --name web web
docker stop -t 70 web
docker stop -t 30 other
