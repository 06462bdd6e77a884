graceful_timeout = 90
