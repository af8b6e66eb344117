"""A read-through cache in Redis that may be lost, slow, full of garbage or shared by processes, and stays right.

An entry is `epoch ":" digest "\\n" payload`. Invalidating a cache draws a new random epoch, and entries of another
one are misses; a loader takes the epoch before it reads the database, so what it read before an invalidation is
not believed after it. The digest finds what this code did not write. After a miss one process loads (a lock with a
life of its own, `SET NX PX`), the others look again until the entry is there, for a bounded time. Only who still
holds the lock may store, so forgetting a key, which takes the lock away, outruns a loader that read too early. When
Redis fails, readers load for themselves (I14).
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from time import monotonic, sleep
from typing import Generic, TypeVar, cast

from redis import Redis
from redis.exceptions import RedisError

from catalog.cache_outage import outage_of
from core.metrics import CACHE_READS, DEPENDENCY_FAILURES
from core.settings import Settings

Value = TypeVar("Value")
Answer = TypeVar("Answer")

LOAD_WAIT_S = 0.5
"""How long a reader waits for another one's load before it loads for itself."""

LOAD_POLL_S = 0.01
LOCK_LIFE_MS = 10_000
"""Twice the longest statement: after that the loader is dead, and the next miss may load."""

FIRST_EPOCH = b"0"
"""Until the first invalidation."""

_STORE = "if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('set', KEYS[2], ARGV[2], 'EX', ARGV[3]) end return 1"
"""Lua: keeps the entry of a loader whose lock nobody has taken away."""

_RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('del', KEYS[1]) end return 1"
"""Lua: frees the lock, unless it ran out and is another loader's now."""


@dataclass(frozen=True, slots=True)
class _Found(Generic[Value]):
    """What a look into Redis gave: a value, or (None) the task to load it under this epoch."""

    value: Value | None
    epoch: bytes
    is_corrupt: bool = False


class ReadThroughCache(Generic[Value]):
    """`get(key, load)` answers from Redis, else from `load`, whose result it keeps for `ttl_s` seconds.

    `decode` may raise ValueError, TypeError, KeyError or AttributeError on bytes that `encode` did not give. Redis
    keys begin with `tanaban:<index prefix><name>:`; raise the number in `name` when the payload's shape changes.
    """

    def __init__(
        self,
        redis: "Redis",
        settings: Settings,
        name: str,
        ttl_s: int,
        encode: Callable[[Value], bytes],
        decode: Callable[[bytes], Value],
    ) -> None:
        self._redis = redis
        self._outage = outage_of(redis)
        self._name = name
        self._prefix = f"tanaban:{settings.opensearch_index_prefix}{name}"
        self._ttl_s = ttl_s
        self._encode = encode
        self._decode = decode

    def get(self, key: str, load: Callable[[], Value]) -> Value:
        """The value under `key`. Raises: what `load` raises; never an error of Redis."""
        lock_token = secrets.token_hex(8)
        found = self._ask_redis(lambda: self._find(key, lock_token))
        if found is None:
            self._count("unavailable")
            DEPENDENCY_FAILURES.labels("redis").inc()
            return load()
        if found.value is not None:
            self._count("hit")
            return found.value
        self._count("miss")
        if found.is_corrupt:
            self._count("corrupt")
        try:
            value = load()
            self._ask_redis(lambda: self._store(key, lock_token, found.epoch, value))
        finally:
            self._ask_redis(lambda: self._release(key, lock_token))
        return value

    def invalidate(self) -> bool:
        """Make every entry a miss, in all processes; False when Redis did not answer, so that nothing changed."""
        try:  # asked during an outage too: it may have ended, and this is not repeated by the next reader
            self._redis.set(f"{self._prefix}:epoch", secrets.token_hex(8))
        except RedisError as error:
            self._outage.begin(error)
            return False
        return True

    def forget(self, keys: Sequence[str]) -> bool:
        """Make these entries misses, in all processes; False when Redis did not answer, so that nothing changed."""
        try:
            self._redis.delete(*(name for key in keys for name in (self._lock_key(key), self._entry_key(key))))
        except RedisError as error:
            self._outage.begin(error)
            return False
        return True

    def _ask_redis(self, work: Callable[[], Answer]) -> Answer | None:
        """The answer, or None while Redis fails."""
        if not self._outage.may_ask():
            return None
        try:
            answer = work()
        except RedisError as error:
            self._outage.begin(error)
            return None
        self._outage.end()
        return answer

    def _find(self, key: str, lock_token: str) -> _Found[Value]:
        """Look until the entry is there, the lock is ours, or the wait for another loader has been long enough, whose
        lock is taken over then: it may be dead. Who takes the lock looks once more, since the entry may have been
        stored, and the lock freed, after the look before."""
        deadline = monotonic() + LOAD_WAIT_S
        while (found := self._look(key)).value is None:
            is_patient = monotonic() < deadline
            if self._redis.set(self._lock_key(key), lock_token, nx=is_patient, px=LOCK_LIFE_MS):
                found = self._look(key)
                if found.value is not None:
                    self._release(key, lock_token)
                break
            sleep(LOAD_POLL_S)
        return found

    def _look(self, key: str) -> _Found[Value]:
        """The entry if it is whole and of the epoch of now, and that epoch.

        MGET, in one round trip: it also answers nil, instead of an error, for a key that holds a list or a hash.
        """
        answer = self._redis.mget(f"{self._prefix}:epoch", self._entry_key(key))
        epoch_now, entry = cast(list[bytes | None], answer)
        now = epoch_now or FIRST_EPOCH
        if entry is None:
            return _Found(None, now)
        header, _, payload = entry.partition(b"\n")
        epoch, _, digest = header.partition(b":")
        try:
            if digest != _digest(payload):
                raise ValueError("not an entry of this code")
            return _Found(self._decode(payload) if epoch == now else None, now)
        except (ValueError, TypeError, KeyError, AttributeError):
            return _Found(None, now, is_corrupt=True)

    def _store(self, key: str, lock_token: str, epoch: bytes, value: Value) -> object:
        payload = self._encode(value)
        entry = b"%b:%b\n%b" % (epoch, _digest(payload), payload)
        return self._redis.eval(_STORE, 2, self._lock_key(key), self._entry_key(key), lock_token, entry, self._ttl_s)

    def _release(self, key: str, lock_token: str) -> object:
        return self._redis.eval(_RELEASE, 1, self._lock_key(key), lock_token)

    def _entry_key(self, key: str) -> str:
        return f"{self._prefix}:entry:{key}"

    def _lock_key(self, key: str) -> str:
        return f"{self._prefix}:lock:{key}"

    def _count(self, outcome: str) -> None:
        CACHE_READS.labels(self._name, outcome).inc()


def _digest(payload: bytes) -> bytes:
    return blake2b(payload, digest_size=8).hexdigest().encode()
