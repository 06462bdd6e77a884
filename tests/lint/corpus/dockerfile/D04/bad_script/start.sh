#!/bin/sh
set -e
if [ -n "$DEBUG" ]; then
    set -x
fi
exec apache2 -D FOREGROUND
