#!/bin/sh
uvicorn shop:app --port 8000 &
pid=$!
trap 'kill $pid; wait $pid' TERM
exec nginx -g 'daemon off;'
