#!/bin/sh
docker build -t web web
docker run -d --name web -p 80:80 web
