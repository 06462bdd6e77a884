#!/bin/sh
docker compose kill web
