#!/bin/sh
mkdir -p /srv/git
git daemon --base-path=/srv/git
