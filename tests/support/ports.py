"""Ports that nobody else takes before the test does."""
import random
import socket


def lowest_of_clients():
    """From here on the kernel takes the ports of clients (ip(7), ip_local_port_range)."""
    with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as numbers:
        return int(numbers.read().split()[0])


def is_free(port):
    """Of IPv4 and of IPv6, on all addresses."""
    for family, address in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
        try:
            probe = socket.socket(family)
        except OSError:
            continue  # this machine has no such addresses
        with probe:
            if family == socket.AF_INET6:
                probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            try:
                probe.bind((address, port))
            except OSError:
                return False
    return True


given = set()


def free_port():
    """No other one of this process, and below those of clients: a load cannot take it."""
    highest = lowest_of_clients()
    lowest = 10000 if highest > 12000 else 1024
    for _ in range(1000):
        port = random.randrange(lowest, highest)
        if port not in given and is_free(port):
            given.add(port)
            return port
    raise OSError(f"no port is free between {lowest} and {highest}")
