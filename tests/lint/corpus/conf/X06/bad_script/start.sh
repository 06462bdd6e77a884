#!/bin/sh
exec uvicorn app:app --ws wsproto
