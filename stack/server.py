"""What the three servers have in common, as lifecycle.py uses it."""

import signal
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path

import psutil

from stack.reporter import Reporter


@dataclass(frozen=True)
class Place:
    """Where one stack lives. `ends_with_parent`: its servers end when the thread that starts them ends."""

    home: Path
    stack_id: str
    ends_with_parent: bool = False

    @property
    def logs(self) -> Path:
        return self.home / "logs"


class Server(ABC):
    """One embedded server: how it is prepared, launched, checked and ended. It keeps no state of its own."""

    name: str
    title: str
    process_name: str
    ports: tuple[int, int]
    start_limit_s: float = 60.0
    stop_signal: int = signal.SIGTERM

    def __init__(self, place: Place) -> None:
        self.place = place

    @property
    def log(self) -> Path:
        return self.place.logs / f"{self.name}.log"

    @property
    def end_signal(self) -> int | None:
        return self.stop_signal if self.place.ends_with_parent else None

    @property
    @abstractmethod
    def folder(self) -> Path:
        """Data folder, and the working directory by which a stray process is known."""

    @abstractmethod
    def prepare(self, reporter: Reporter) -> None:
        """Make ready to launch: download, create the data folder, clear what a killed run left. Idempotent."""

    @abstractmethod
    def launch(self, port: int) -> psutil.Process:
        """Start the process, and do not wait."""

    @abstractmethod
    def url(self, port: int) -> str:
        """As `core.settings.Settings` takes it."""

    @abstractmethod
    def fetch_version(self, url: str) -> str:
        """Ask the server who it is. Raises OSError, or its driver's error, as long as it does not serve."""

    def bound_url(self, url: str) -> str:
        """The address that it really took; only OpenSearch's runner may move on to another port."""
        return url
