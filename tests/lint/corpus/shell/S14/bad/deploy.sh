#!/bin/sh
pkill -9 server
