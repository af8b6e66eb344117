"""Free ports on 127.0.0.1. Other stacks may start at this very moment, so a start tries again on another port."""

import random
import socket

import psutil

from core.errors import PortTaken

HOST = "127.0.0.1"


def is_free(port: int, host: str = HOST) -> bool:
    """Whether a server could listen there now. A port in TIME_WAIT counts as free, as it does for servers."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def find_free_port(first: int, last: int, preferred: int | None = None) -> int:
    """The preferred port (that of the last run, so that addresses stay) or a random free one from first to last.

    Raises: PortTaken when every one of them is in use.
    """
    ports = random.sample(range(first, last + 1), last + 1 - first)
    for port in [preferred, *ports] if preferred is not None else ports:
        if is_free(port):
            return port
    raise PortTaken(
        f"No free port on {HOST} from {first} to {last}. End other stacks (`tanaban stack stop` in their "
        "projects), or set the server's TANABAN_..._URL."
    )


def describe_holder(port: int) -> str:
    """ " by python3 (pid 123)" where the system lets us see who listens there, else nothing."""
    try:
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN and connection.laddr[1:] == (port,)
            if listens and connection.pid is not None:
                return f" by {psutil.Process(connection.pid).name()} (pid {connection.pid})"
    except psutil.Error:
        pass  # macOS shows other users' ports to root only
    return ""
