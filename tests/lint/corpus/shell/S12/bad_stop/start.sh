#!/bin/sh
trap 'echo stopped' STOP
exec server
