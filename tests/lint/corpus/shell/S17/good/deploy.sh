#!/bin/sh
kubectl delete pod web-0
kubectl drain node-1 --ignore-daemonsets --grace-period=-1
