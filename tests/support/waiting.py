"""Waits for a state, never for a time."""
import time

ceiling = 60  # of every wait, in seconds: a busy machine is no violation


def until(condition, seconds=ceiling):
    """Waits for it. Returns: its last value."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            return value
        time.sleep(0.01)
    return value
