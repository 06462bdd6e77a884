#!/bin/sh
set -e
migrate
"$@"
