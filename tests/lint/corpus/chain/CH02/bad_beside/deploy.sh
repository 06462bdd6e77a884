#!/bin/sh
timeout 30 systemctl stop web
