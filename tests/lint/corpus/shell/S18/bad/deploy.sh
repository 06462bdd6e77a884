#!/bin/sh
kill $(cat /run/web.pid)
