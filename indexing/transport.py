"""Where change events come from: the slot in PostgreSQL, or a stream that others fill."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from core.settings import Settings
from indexing.registry import Connection

OnBatch = Callable[[list[str]], None]
"""Gets Debezium's JSON envelopes; returns when they are durable, and only then are they acknowledged (I6)."""


class Source(Protocol):
    """Hands batches to its OnBatch, from `start` to `stop`."""

    def start(self) -> None: ...

    def is_running(self) -> bool: ...

    def stop(self) -> None:
        """After the batch at hand. Raises what had ended it, when it had ended by itself."""


@dataclass(frozen=True, slots=True)
class Transport:
    """What `sync run` reads from, once it may."""

    name: str
    connection: Connection
    """Holds the locks; when it is lost, so is the right to go on."""
    create_source: Callable[[OnBatch], Source]


OpenTransport = Callable[[Settings], AbstractContextManager[Transport]]
