#!/bin/sh
kubectl drain node-1 --ignore-daemonsets --grace-period=5
