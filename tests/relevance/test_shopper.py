"""What a walk through an answer takes from it, against a server that answers as the API does."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from relevance.shopper import Shopper

PAGES = {"": (["a", "b"], "1"), "1": (["c"], "2"), "2": ([], None)}


class Handler(BaseHTTPRequestHandler):
    """傘 has three hits on two pages, 靴 only what sells, 壊 an error; after 閉 the connection is closed unasked."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        query = asked["q"][0]
        skus, cursor = PAGES[asked.get("cursor", [""])[0]]
        stage = "popular" if query == "靴" else "strict"
        body = {"hits": [{"sku": sku} for sku in skus], "cursor": cursor, "query": {"stage": stage}}
        data = json.dumps(body).encode()
        self.send_response(500 if query == "壊" else 200)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self.close_connection = query == "閉"

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@contextmanager
def asking() -> Iterator[Shopper]:
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        with Shopper(f"http://127.0.0.1:{server.server_port}") as shopper:
            yield shopper
        server.shutdown()
        thread.join()


def test_a_walk_goes_to_the_last_page() -> None:
    with asking() as shopper:
        assert shopper.search("傘", 100).matches == ("a", "b", "c")


def test_a_connection_that_the_api_has_closed_is_opened_again() -> None:
    with asking() as shopper:
        assert shopper.search("閉", 100).matches == ("a", "b", "c")


def test_a_walk_ends_at_what_it_looks_for() -> None:
    with asking() as shopper:
        assert shopper.search("傘", 100, until=["b"]).skus == ("a", "b")
        assert shopper.search("傘", 1).skus == ("a",)


def test_what_sells_is_no_match() -> None:
    with asking() as shopper:
        assert shopper.search("靴", 100).matches == ()


def test_an_error_is_an_answer_that_failed() -> None:
    with asking() as shopper:
        assert shopper.search("壊", 100).stage == "failed"
