#!/bin/sh
set -e
mkdir -p /run/web
exec "$@"
