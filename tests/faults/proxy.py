"""An HTTP proxy before the real OpenSearch: passes everything on, unless a fault is waiting for that path.

with Proxy(settings) as proxy:
    proxy.answer_once("_bulk", 429, {"error": ...})
    rebuild(proxy.settings)
"""

import http.client
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import orjson

from core.settings import Settings

Forward = Callable[[bytes], tuple[int, bytes]]
Fault = Callable[[bytes, Forward], tuple[int, bytes] | None]
"""Gets the request's body and a way to pass a body on; returns an answer, or None to cut the connection."""


def refuse_half(body: bytes, forward: Forward) -> tuple[int, bytes]:
    """A `_bulk` that does the second half of its items; the first half gets 429."""
    lines = body.splitlines(keepends=True)
    half = len(lines) // 4 * 2
    items = orjson.loads(forward(b"".join(lines[half:]))[1])["items"]
    error = {"type": "rejected_execution_exception", "reason": "queue is full"}
    refused = [{"index": {"status": 429, "error": error}}] * (half // 2)
    return 200, orjson.dumps({"errors": True, "items": refused + items})


class Proxy:
    def __init__(self, settings: Settings) -> None:
        assert settings.opensearch_url is not None
        self.target = urlsplit(settings.opensearch_url)
        self.bulks: list[str] = []
        """The path of each `_bulk` so far."""
        self._faults: list[tuple[str, Fault]] = []
        self._lasting: list[tuple[str, Fault]] = []
        self._lock = threading.Lock()
        self._server = _Server(self)
        url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.settings = settings.model_copy(update={"opensearch_url": url})

    def __enter__(self) -> "Proxy":
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def once(self, path_part: str, fault: Fault) -> None:
        """The next request whose path contains `path_part` meets `fault`."""
        self._faults.append((path_part, fault))

    def always(self, path_part: str, fault: Fault) -> None:
        """All requests whose path contains `path_part` meet `fault`."""
        self._lasting.append((path_part, fault))

    def calm(self) -> None:
        """No faults from here on."""
        with self._lock:
            self._faults.clear()
            self._lasting.clear()

    def answer_once(self, path_part: str, status: int, body: dict[str, Any]) -> None:
        """The server never sees that request."""
        self.once(path_part, lambda _body, _forward: (status, orjson.dumps(body)))

    def cut_once(self, path_part: str) -> None:
        """The server does what it is asked; the answer is lost on the way."""

        def cut(body: bytes, forward: Forward) -> None:
            forward(body)

        self.once(path_part, cut)

    def refuse_half_once(self) -> None:
        """The next `_bulk` does the second half of its items; the first half is refused for want of room."""
        self.once("_bulk", refuse_half)

    def take_fault(self, path: str) -> Fault | None:
        with self._lock:
            if "/_bulk" in path:
                self.bulks.append(path)
            for waiting in self._faults:
                if waiting[0] in path:
                    self._faults.remove(waiting)
                    return waiting[1]
        return next((fault for part, fault in self._lasting if part in path), None)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that was killed breaks its connection; what it was for, a test checks itself."""

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        fault = self.server.proxy.take_fault(self.path)
        answer = fault(body, self._forward) if fault else self._forward(body)
        if answer is None:
            self.close_connection = True
            return
        self.send_response(answer[0])
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer[1])))
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else answer[1])

    def _forward(self, body: bytes) -> tuple[int, bytes]:
        target = self.server.proxy.target
        connection = http.client.HTTPConnection(target.hostname or "", target.port)
        try:
            kind = self.headers.get("content-type", "application/json")
            connection.request(self.command, self.path, body or None, {"content-type": kind})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _pass_on  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Tests say enough."""
