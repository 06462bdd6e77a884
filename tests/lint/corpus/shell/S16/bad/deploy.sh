#!/bin/sh
docker rm -f web
docker run -d --name web web:2
