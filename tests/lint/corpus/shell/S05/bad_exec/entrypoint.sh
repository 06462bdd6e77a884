#!/bin/sh
celery -A shop worker &
python -m celery -A shop beat &
exec gunicorn --bind 0.0.0.0:8000 shop
