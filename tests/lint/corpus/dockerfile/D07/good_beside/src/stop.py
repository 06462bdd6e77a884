import signal


def handle():
    signal.signal(signal.SIGTERM, lambda *_: None)
