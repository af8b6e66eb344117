"""The application on a real uvicorn, as `tanaban serve` runs it, in a thread of the test."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import httpx
import uvicorn
from fastapi import FastAPI

from api.main import create_app
from core.settings import Settings

TOKEN = "test-token"
ADMIN = {"Authorization": f"Bearer {TOKEN}"}


@contextmanager
def serve(settings: Settings, app: FastAPI | None = None) -> Iterator[httpx.Client]:
    """A client of a running server; redirects are not followed."""
    config = uvicorn.Config(app or create_app(settings), log_config=None, access_log=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=30) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join(timeout=15)
        assert not thread.is_alive(), "the server did not stop"


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port
