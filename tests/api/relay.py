"""A TCP relay before a real server, which can fall silent with its connections open, as a server that hangs."""

import socket
import threading
import time
from contextlib import suppress
from urllib.parse import urlsplit


class Relay:
    """with Relay(settings.database_url) as relay: use relay.url; relay.freeze()"""

    def __init__(self, url: str) -> None:
        self._target = urlsplit(url)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self._frozen = threading.Event()
        self._sockets: list[socket.socket] = [self._listener]
        user, _, _ = self._target.netloc.rpartition("@")
        self.url = self._target._replace(netloc=f"{user}@127.0.0.1:{self._listener.getsockname()[1]}").geturl()

    def freeze(self) -> None:
        self._frozen.set()

    def __enter__(self) -> "Relay":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for one in self._sockets:
            # Without the shutdown a thread that reads or accepts would go on with the closed socket.
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection((self._target.hostname, self._target.port))
            self._sockets += [client, server]
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65_536):
                while self._frozen.is_set():
                    time.sleep(0.01)
                sink.sendall(data)
            sink.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
