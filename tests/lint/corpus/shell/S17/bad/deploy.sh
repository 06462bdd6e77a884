#!/bin/sh
kubectl delete pod web-0 --grace-period=0 --force
