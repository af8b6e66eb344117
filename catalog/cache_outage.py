"""What a process knows of a Redis that fails: told once, asked again now and then (I14)."""

from threading import Lock
from time import monotonic
from weakref import WeakKeyDictionary

import structlog
from redis import Redis
from redis.exceptions import RedisError

log = structlog.get_logger("catalog.cache")

ASK_AGAIN_S = 1.0
"""During an outage one reader in this time pays the wait for Redis; all others go straight to PostgreSQL."""


class Outage:
    """The state of one client, shared by its caches and threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._ask_again_at: float | None = None

    def may_ask(self) -> bool:
        """Always while Redis answers, else once per ASK_AGAIN_S."""
        if self._ask_again_at is None:
            return True
        with self._lock:
            if self._ask_again_at is not None and monotonic() < self._ask_again_at:
                return False
            self._ask_again_at = monotonic() + ASK_AGAIN_S
            return True

    def begin(self, error: RedisError) -> None:
        """Redis failed: the first time in an outage is a warning in the log."""
        with self._lock:
            is_news = self._ask_again_at is None
            self._ask_again_at = monotonic() + ASK_AGAIN_S
        if is_news:
            log.warning("Redis does not answer; reading PostgreSQL instead", error=str(error))

    def end(self) -> None:
        """Redis answered."""
        if self._ask_again_at is None:
            return
        with self._lock:
            was_down, self._ask_again_at = self._ask_again_at is not None, None
        if was_down:
            log.info("Redis answers again")


_OUTAGES: "WeakKeyDictionary[Redis, Outage]" = WeakKeyDictionary()
"""By client, so that the caches over one client share it, and one outage is one line in the log."""


def outage_of(redis: "Redis") -> Outage:
    return _OUTAGES.setdefault(redis, Outage())
