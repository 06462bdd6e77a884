#!/bin/sh
migrate
gunicorn --bind 0.0.0.0:8000 app
exec "$@"
