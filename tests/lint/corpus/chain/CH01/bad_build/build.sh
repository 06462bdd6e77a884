#!/bin/sh
set -e
docker build -t "example.com/team/web:$VERSION" docker/app
