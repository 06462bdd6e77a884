#!/bin/sh
set -e
migrate
exec server --port 80
