"""The very `_search` requests that the API sends, caught on the wire between it and OpenSearch.

A proxy of a few lines that forwards everything and remembers the searches: what the raw side of a comparison then
sends is byte for byte what the API sent, whatever the code that built it.
"""

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from benchmarks.connection import Connection, UnexpectedAnswer, build_request

_SILENCE_S = 1.0
_START_LIMIT_S = 60.0


class Recorder(ThreadingHTTPServer):
    """`url` stands for the OpenSearch at `opensearch_url`; `searches` since the last `take`."""

    daemon_threads = True

    def __init__(self, opensearch_url: str) -> None:
        super().__init__(("127.0.0.1", 0), _Forward)
        self.opensearch_url = opensearch_url
        self.url = f"http://127.0.0.1:{self.server_port}"
        self._searches: list[bytes] = []
        self._silent_since_s = math.inf

    def remember(self, request: bytes) -> None:
        self._searches.append(request)
        self._silent_since_s = math.inf

    def note_answer(self) -> None:
        self._silent_since_s = time.monotonic()

    def forget_start(self) -> None:
        """Wait until the search is over that a new API makes by itself, which would else be taken for an answer's.

        Raises: UnexpectedAnswer if there was none.
        """
        until = time.monotonic() + _START_LIMIT_S
        while time.monotonic() - self._silent_since_s < _SILENCE_S:
            if time.monotonic() > until:
                raise UnexpectedAnswer(f"the API searched for nothing within {_START_LIMIT_S:.0f} s of its start")
            time.sleep(_SILENCE_S / 10)
        self._searches = []

    def take(self) -> bytes:
        """The search that answered the API's last request: the last one that asked for products, which neither
        probes of the zero-hit ladder nor what the API looks up for itself do.

        Raises: UnexpectedAnswer if there was none.
        """
        searches, self._searches = self._searches, []
        asked = [search for search in searches if b'"size":0,' not in search]
        if not asked:
            raise UnexpectedAnswer("the API answered without a search")
        return asked[-1]


@contextmanager
def recording(opensearch_url: str) -> Iterator[Recorder]:
    with Recorder(opensearch_url) as recorder:
        thread = threading.Thread(target=recorder.serve_forever, daemon=True)
        thread.start()
        try:
            yield recorder
        finally:
            recorder.shutdown()
            thread.join()


class _Forward(BaseHTTPRequestHandler):
    """One connection of the API; `do_*` are http.server's names."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Recorder

    def setup(self) -> None:
        super().setup()
        self._upstream = Connection(self.server.opensearch_url)

    def finish(self) -> None:
        self._upstream.close()
        super().finish()

    def do_GET(self) -> None:
        request = build_request(self.command, self.path, self.rfile.read(int(self.headers.get("content-length", 0))))
        is_search = "/_search" in self.path
        if is_search:
            self.server.remember(request)
        status, answer = self._upstream.exchange(request)
        if is_search:
            self.server.note_answer()
        self.send_response(status)
        self.send_header("content-type", "application/json; charset=UTF-8")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:
        """Silence: the report is what is printed."""
