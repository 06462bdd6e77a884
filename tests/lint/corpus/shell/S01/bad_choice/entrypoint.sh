#!/bin/sh
if [ "$#" -eq 0 ]; then
    nginx -g 'daemon off;' || exit 1
fi
exec "$@"
