#!/bin/sh
migrate
server --port 80
