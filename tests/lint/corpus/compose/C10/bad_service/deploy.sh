#!/bin/sh
docker-compose stop --timeout 30 web
