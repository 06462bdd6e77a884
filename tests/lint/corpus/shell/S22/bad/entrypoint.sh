#!/bin/sh
exec sudo -u app server
