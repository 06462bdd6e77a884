#!/bin/sh
exec poetry run server
