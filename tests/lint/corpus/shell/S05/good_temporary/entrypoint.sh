#!/bin/sh
gunicorn --bind 127.0.0.1:8001 setup &
pid=$!
prepare
kill $pid
wait $pid
exec gunicorn --bind 0.0.0.0:8000 shop
