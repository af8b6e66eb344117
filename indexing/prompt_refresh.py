"""A few edits are searchable at once: who saves a product looks for it in the shop.

OpenSearch refreshes by itself once a second, so an edit would wait half of that. A refresh costs about the same
whatever it makes searchable; so of ours there is at most one a second, and none for writes of many products, for which
nobody looks one by one.
"""

import threading
from collections.abc import Mapping
from contextlib import suppress
from uuid import UUID

from opensearchpy import OpenSearch, OpenSearchException

from core.settings import Settings
from core.types import IndexVersion
from indexing.generations import serving_alias
from indexing.insist import pause
from indexing.progress import ShouldStop

_EVERY_S = 1.0
_MOST_PRODUCTS = 100
_POLL_S = 0.2


class PromptRefresh:
    """A thread that refreshes after small writes; one that fails is made up for by OpenSearch's next."""

    def __init__(self, settings: Settings, client: OpenSearch, should_stop: ShouldStop) -> None:
        self._alias = serving_alias(settings)
        self._client, self._should_stop = client, should_stop
        self._wanted = threading.Event()
        self._thread = threading.Thread(target=self._run, name="refresh", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def note(self, _: IndexVersion, committed_ms: Mapping[UUID, int]) -> None:
        """Some products were written."""
        if len(committed_ms) <= _MOST_PRODUCTS:
            self._wanted.set()

    def _run(self) -> None:
        while not self._should_stop():
            if self._wanted.wait(_POLL_S):
                self._wanted.clear()
                with suppress(OpenSearchException):
                    self._client.indices.refresh(index=self._alias)
                pause(_EVERY_S, self._should_stop)
