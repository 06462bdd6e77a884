graceful_timeout = 0
if production:
    graceful_timeout = 30
