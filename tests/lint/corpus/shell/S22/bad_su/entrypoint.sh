#!/bin/sh
mkdir -p /run/web
su app -c server
