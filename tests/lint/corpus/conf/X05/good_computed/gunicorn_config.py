"""
graceful_timeout = 0
"""
import os

graceful_timeout = int(os.environ.get("GRACE", "0"))
