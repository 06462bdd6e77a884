#!/bin/sh
server 2>&1 | tee /var/log/server.log
