#!/bin/sh
exec server
