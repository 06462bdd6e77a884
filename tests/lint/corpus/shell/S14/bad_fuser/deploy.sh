#!/bin/sh
fuser -k 8080/tcp
