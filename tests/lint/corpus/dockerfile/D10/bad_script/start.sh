#!/bin/sh
migrate
server
