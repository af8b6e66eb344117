"""What was written is searchable at once when nothing more is to be written: who saves a product looks for it.

OpenSearch refreshes by itself once a second, so an edit would wait half of that. A refresh costs about the same
whatever it makes searchable (50 ms of CPU); so ours keep a distance, and there are none amid a storm.
"""

import threading
from contextlib import suppress

from opensearchpy import OpenSearch, OpenSearchException

from core.settings import Settings
from indexing.generations import serving_alias
from indexing.insist import pause
from indexing.progress import ShouldStop
from indexing.transport import OnBatch

_EVERY_S = 0.6
"""Not a second: then both would come to run at the same moment, one waiting for the other, and each edit for both."""

_POLL_S = 0.2


class PromptRefresh:
    """A thread that refreshes after batches; when it can't, OpenSearch's own refresh is soon enough."""

    def __init__(self, settings: Settings, client: OpenSearch, should_stop: ShouldStop) -> None:
        self._alias = serving_alias(settings)
        self._full_batch = settings.capture_batch_events
        self._client, self._should_stop = client, should_stop
        self._wanted = threading.Event()
        self._thread = threading.Thread(target=self._run, name="refresh", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def follow(self, take_batch: OnBatch) -> OnBatch:
        """`take_batch`, followed by a refresh when the batch is not full, so that no other one waits behind it."""

        def take(values: list[str]) -> None:
            take_batch(values)
            if len(values) < self._full_batch:
                self.ask()

        return take

    def ask(self) -> None:
        """Something was written, and nothing more is to be."""
        self._wanted.set()

    def _run(self) -> None:
        while not self._should_stop():
            if self._wanted.wait(_POLL_S):
                self._wanted.clear()
                with suppress(OpenSearchException):
                    self._client.indices.refresh(index=self._alias)
                pause(_EVERY_S, self._should_stop)
