#!/bin/sh
timeout 10 docker stop -t 30 web
