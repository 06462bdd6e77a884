#!/bin/sh
docker stop web
docker rm -f web
docker rm -f worker
