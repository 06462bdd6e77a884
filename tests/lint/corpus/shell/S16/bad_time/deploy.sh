#!/bin/sh
docker stop -t 2 web
