"""Redis servers that fail in the ways that servers fail."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from core.settings import Settings


def with_redis_at(settings: Settings, port: int) -> Settings:
    """The same database of Redis, asked for at another port of this machine."""
    url = urlsplit(str(settings.redis_url))
    credentials, at, _ = url.netloc.rpartition("@")
    there = url._replace(netloc=f"{credentials}{at}127.0.0.1:{port}")
    return settings.model_copy(update={"redis_url": there.geturl()})


@contextmanager
def closed_port() -> Iterator[int]:
    """A port that is taken, so that nobody else listens there, and refuses connections."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@contextmanager
def silent_port() -> Iterator[int]:
    """A server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@contextmanager
def forward(port: int, settings: Settings) -> Iterator[None]:
    """`port` leads to the Redis of `settings` until the block ends."""
    target = urlsplit(str(settings.redis_url))
    sockets: list[socket.socket] = []

    def pump(source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65_536):
                sink.sendall(data)
        except OSError:
            pass

    def accept() -> None:
        while True:
            try:
                near, _ = server.accept()
            except OSError:
                return
            far = socket.create_connection((str(target.hostname), target.port or 6_379))
            sockets.extend((near, far))
            for ends in ((near, far), (far, near)):
                threading.Thread(target=pump, args=ends, daemon=True).start()

    with socket.create_server(("127.0.0.1", port)) as server:
        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join(5)
            for each in sockets:
                each.close()
