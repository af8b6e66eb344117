"""Keep child processes running: started with a log each, restarted when one dies, ended in reverse order.

They end with their parent even when that is killed (Linux); elsewhere the next `tanaban up` finds their ports taken.
"""

import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from core.errors import StartFailed
from stack.process import is_running, spawn, stop
from stack.reporter import Reporter

COMMAND = (sys.executable, "-m", "cli.main")
"""`tanaban`, whatever the PATH is."""

POLL_S = 0.2
RESTARTS = 5
RESTART_WINDOW_S = 300.0
STOP_PATIENCE_S = 30.0


@dataclass
class Child:
    """One `tanaban <command>` process of ours; `starts` are the monotonic times of its restarts."""

    title: str
    arguments: Sequence[str]
    log: Path
    process: psutil.Process | None = None
    restarts: list[float] = field(default_factory=list)


class Supervisor:
    """Owns the children from `start` to `stop`."""

    def __init__(self, environment: Mapping[str, str], folder: Path, reporter: Reporter) -> None:
        self._environment = environment
        self._folder = folder
        self._reporter = reporter
        self._children: list[Child] = []

    def start(self, title: str, arguments: Sequence[str], log: Path) -> Child:
        """Run `tanaban <arguments>` from now on."""
        self._reporter.say(f"{title}: starting")
        child = Child(title, arguments, log)
        self._children.append(child)
        self._spawn(child)
        return child

    def run(self, until: Callable[[], bool]) -> None:
        """Watch the children until `until()` says so.

        Raises: StartFailed when one has died too often.
        """
        while not until():
            for child in self._children:
                if child.process is None or not is_running(child.process):
                    self._restart(child)
            time.sleep(POLL_S)

    def stop(self) -> None:
        """End the children, the last started first, each with time for what it has in hand."""
        for child in reversed(self._children):
            if child.process is not None:
                self._reporter.say(f"{child.title}: stopping")
                stop(child.process, signal.SIGTERM, STOP_PATIENCE_S)
        self._children.clear()

    def _spawn(self, child: Child) -> None:
        command = [*COMMAND, *child.arguments]
        child.process = spawn(
            command,
            folder=self._folder,
            log=child.log,
            environment=self._environment,
            end_signal=signal.SIGTERM,
        )

    def _restart(self, child: Child) -> None:
        now = time.monotonic()
        child.restarts = [at for at in child.restarts if now - at < RESTART_WINDOW_S] + [now]
        if len(child.restarts) > RESTARTS:
            raise StartFailed(
                f"{child.title} ended {len(child.restarts)} times within {RESTART_WINDOW_S / 60:.0f} minutes. "
                f"Its log, {child.log}, says why."
            )
        self._reporter.say(f"{child.title}: ended unexpectedly, starting it again (log {child.log}.1)")
        self._spawn(child)
