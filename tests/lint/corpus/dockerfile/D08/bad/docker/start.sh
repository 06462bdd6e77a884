#!/bin/sh
set -e
migrate
server --port 80
