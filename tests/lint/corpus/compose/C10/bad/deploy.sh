#!/bin/sh
docker compose pull
docker compose down -t 20
docker compose up -d
