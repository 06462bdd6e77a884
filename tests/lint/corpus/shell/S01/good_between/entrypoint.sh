#!/bin/sh
nginx -t
timeout 10 gunicorn --bind 127.0.0.1:8001 try
gunicorn --check-config app
npm run build
if [ "$1" = web ]; then
    exec gunicorn app
fi
exec "$@"
