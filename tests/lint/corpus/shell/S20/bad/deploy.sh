#!/bin/sh
timeout 20 systemctl stop web
