#!/bin/sh
trap '' HUP INT
exec server
