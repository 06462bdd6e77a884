#!/bin/sh
timeout -s KILL 1h server
