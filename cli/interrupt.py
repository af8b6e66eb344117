"""Ctrl-C, SIGTERM and a closed terminal, as a long command wants them."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Interrupt:
    """Raises KeyboardInterrupt at once, except within `deferred`, where work is asked to stop by itself.

    with interrupt.deferred() as should_stop:
        rebuild(settings, should_stop=should_stop)
    """

    def __init__(self) -> None:
        self._is_deferred = False
        self._asked = False
        for number in SIGNALS:
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        if not self._is_deferred or self._asked:  # a second Ctrl-C does not wait
            raise KeyboardInterrupt
        self._asked = True

    @contextmanager
    def deferred(self) -> Iterator[Callable[[], bool]]:
        """Gives the question "should I stop?"; what was asked meanwhile is raised at the end, in place of any error."""
        self._is_deferred = True
        try:
            yield lambda: self._asked
        finally:
            self._is_deferred = False
            if self._asked:
                raise KeyboardInterrupt
