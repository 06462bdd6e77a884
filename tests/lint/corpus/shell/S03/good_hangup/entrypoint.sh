#!/bin/sh
trap '' HUP
exec server
