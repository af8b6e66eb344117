"""Where a start says what it is doing. The command line subclasses it; this one is silent."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Advance = Callable[[int, int | None], None]
"""Called with (done, total) of one piece of long work; total is None while it is not known."""


class Reporter:
    """Takes plain sentences, and the progress of long work."""

    def say(self, text: str) -> None:
        """One sentence for the person who waits."""

    @contextmanager
    def progress(self, label: str, unit: str = "") -> Iterator[Advance]:  # noqa: ARG002
        """`with reporter.progress("Downloading", "bytes") as advance: advance(10, 100)`."""
        yield lambda done, total: None  # noqa: ARG005
