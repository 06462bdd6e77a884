#!/bin/sh
docker kill web
