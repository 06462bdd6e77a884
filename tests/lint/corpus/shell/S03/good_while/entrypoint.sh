#!/bin/sh
trap "" TERM
migrate
trap - TERM
exec server
