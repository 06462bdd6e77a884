#!/bin/sh
trap - TERM
exec server
