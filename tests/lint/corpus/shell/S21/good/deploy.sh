#!/bin/sh
timeout -k 30 1h server
