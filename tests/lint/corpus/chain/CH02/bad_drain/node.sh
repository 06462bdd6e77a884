#!/bin/sh
kubectl drain "$1" --ignore-daemonsets --grace-period=45
