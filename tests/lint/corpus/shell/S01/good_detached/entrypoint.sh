#!/bin/sh
screen -dmS game server
