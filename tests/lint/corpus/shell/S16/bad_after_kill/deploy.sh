#!/bin/sh
pkill watcher
docker rm -f web
