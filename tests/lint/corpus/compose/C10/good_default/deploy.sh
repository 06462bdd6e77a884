#!/bin/sh
docker compose down -t 20
