#!/bin/sh
docker compose -f test.yaml down -t 20
docker compose stop -t 20 db
