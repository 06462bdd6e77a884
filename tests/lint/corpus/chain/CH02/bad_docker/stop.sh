#!/bin/sh
docker stop --time 30 web
