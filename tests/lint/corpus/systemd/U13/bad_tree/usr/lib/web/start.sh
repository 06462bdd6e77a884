#!/bin/sh
. /etc/default/web
server --port 80
