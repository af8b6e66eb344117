"""A lean HTTP/1.1 client, because what the client costs is taken from the servers on the same two cores.

One keep-alive socket, requests built beforehand, an answer found by its Content-Length. Against a server that answers
a constant 20 KB: 33 µs of CPU per request, nearly all in the kernel, alike from one thread and from four (http.client:
50 µs). The report names what it took in its own run.
"""

import re
import socket
from typing import Any, BinaryIO, Self
from urllib.parse import urlsplit

import orjson

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_RECEIVE_BYTES = 256 * 2**10


class UnexpectedAnswer(Exception):
    """A server said something that the measurement cannot go on with."""


def build_request(method: str, target: str, body: bytes = b"") -> bytes:
    """The bytes of one request. The head of one whose body is sent from a file is `build_head`."""
    return build_head(method, target, len(body)) + body


def build_head(method: str, target: str, body_bytes: int) -> bytes:
    """
    >>> build_head("GET", "/", 0)
    b'GET / HTTP/1.1\\r\\nhost: benchmark\\r\\ncontent-type: application/json\\r\\ncontent-length: 0\\r\\n\\r\\n'
    """
    lines = (f"{method} {target} HTTP/1.1", "host: benchmark", "content-type: application/json")
    return "\r\n".join((*lines, f"content-length: {body_bytes}", "", "")).encode()


class Connection:
    """One socket to `url` (http://host:port), for one thread at a time."""

    def __init__(self, url: str, timeout_s: float = 120) -> None:
        parts = urlsplit(url)
        self._socket = socket.create_connection((parts.hostname, parts.port), timeout_s)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def exchange(self, request: bytes) -> tuple[int, bytes]:
        """Send what `build_request` made; return status and body."""
        self._socket.sendall(request)
        return self._receive()

    def exchange_file(self, head: bytes, file: BinaryIO, offset: int, size_bytes: int) -> tuple[int, bytes]:
        """As `exchange`, the body copied by the kernel from a file to the socket."""
        self._socket.sendall(head)
        self._socket.sendfile(file, offset, size_bytes)
        return self._receive()

    def fetch(self, method: str, target: str, body: Any = None) -> Any:
        """JSON in, JSON out. Raises: UnexpectedAnswer unless the status is 2xx."""
        status, answer = self.exchange(build_request(method, target, b"" if body is None else orjson.dumps(body)))
        if not 200 <= status < 300:
            raise UnexpectedAnswer(f"{method} {target} answered {status}: {answer[:500].decode(errors='replace')}")
        return orjson.loads(answer) if answer else None

    def _receive(self) -> tuple[int, bytes]:
        data = self._more()
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._more()
        length = _LENGTH.search(data, 0, end)
        if length is None:
            raise UnexpectedAnswer(f"an answer without Content-Length: {data[:end].decode(errors='replace')}")
        missing = end + 4 + int(length[1]) - len(data)
        parts = [data[end + 4 :]]
        while missing > 0:
            parts.append(self._more())
            missing -= len(parts[-1])
        return int(data[9:12]), b"".join(parts)

    def _more(self) -> bytes:
        data = self._socket.recv(_RECEIVE_BYTES)
        if not data:
            raise UnexpectedAnswer("the server closed the connection")
        return data


def fetch_json(url: str, method: str, target: str, body: Any = None) -> Any:
    """One exchange over a connection of its own. Raises: UnexpectedAnswer, OSError."""
    with Connection(url) as connection:
        return connection.fetch(method, target, body)
