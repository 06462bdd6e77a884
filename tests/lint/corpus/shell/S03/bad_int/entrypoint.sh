#!/bin/sh
trap "" INT
exec server
