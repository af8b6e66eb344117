"""How each dependency does, in bounded time, and what that means for the shop."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from api.state import Shared
from api.sync_metrics import fetch_sync
from core.errors import NoLiveGeneration, TanabanError
from core.metrics import DEPENDENCY_UP, NORMALIZER_MISMATCH
from indexing.sync_status import SyncStatus
from search.serving import ServingIndex

CHECK_TIMEOUT_S = 2.0


class Readiness(StrEnum):
    """DOWN only when neither search nor browse pages can be answered: another replica would not do better (I14)."""

    READY = "ready"
    DEGRADED = "degraded"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class DependencyHealth:
    is_up: bool
    ms: float
    error: str | None


@dataclass(frozen=True, slots=True)
class Health:
    """`reasons` say what is degraded and which command mends it; `sync` is None while PostgreSQL is down."""

    status: Readiness
    dependencies: dict[str, DependencyHealth]
    index: str | None
    reasons: tuple[str, ...]
    sync: SyncStatus | None


async def check_health(state: Shared) -> Health:
    """Asks all three at once; an answer within CHECK_TIMEOUT_S. Sets the metrics of the same meaning."""
    serving: list[ServingIndex] = []
    sync: list[SyncStatus] = []

    async def ask_opensearch() -> None:
        with suppress(NoLiveGeneration):  # then OpenSearch is up and has no index yet
            serving.append(await state.search.serving())

    async def ask_postgresql() -> None:
        sync.append(await fetch_sync(state))

    async def ask_redis() -> None:
        await state.in_thread(state.redis.ping)

    names = ("postgresql", "opensearch", "redis")
    checks = await asyncio.gather(_check(ask_postgresql), _check(ask_opensearch), _check(ask_redis))
    dependencies = dict(zip(names, checks, strict=True))
    for name, health in dependencies.items():
        DEPENDENCY_UP.labels(name).set(health.is_up)
    return build_health(dependencies, serving[0] if serving else None, sync[0] if sync else None)


def build_health(
    dependencies: dict[str, DependencyHealth], serving: ServingIndex | None, sync: SyncStatus | None
) -> Health:
    reasons = [f"{name} does not answer: {health.error}" for name, health in dependencies.items() if not health.is_up]
    mismatch = serving is not None and serving.degraded
    NORMALIZER_MISMATCH.set(mismatch)
    if mismatch:
        reasons.append("the index was built by another version of the text normaliser; run `tanaban index rebuild`")
    if serving is None and dependencies["opensearch"].is_up:
        reasons.append("no index is live; run `tanaban index rebuild`")
    reasons += _explain_sync(sync) if sync is not None else []
    status = Readiness.DEGRADED if reasons else Readiness.READY
    if not dependencies["postgresql"].is_up and not dependencies["opensearch"].is_up:
        status = Readiness.DOWN
    return Health(status, dependencies, serving.index if serving else None, tuple(reasons), sync)


def _explain_sync(sync: SyncStatus) -> list[str]:
    reasons = []
    if sync.slot is not None and not sync.is_running:
        lag_mb = sync.slot.lag_bytes / 2**20
        reasons.append(f"nobody captures changes, {lag_mb:,.1f} MB of WAL wait; run `tanaban sync run`")
    if sync.stream is not None and not sync.stream.consumers:
        reasons.append(
            f"nobody reads the stream for {sync.stream.unread_s:,.0f} s; run `tanaban sync run --from kinesis`"
        )
    if sync.is_running and sync.live_lane is None:
        reasons.append("changes are captured, but nobody has written any for a minute; see the log of `sync run`")
    if sync.live_proof is not None and sync.live_proof.drift:
        drift = sync.live_proof.drift
        reasons.append(f"the last proof left {drift:,} documents wrong; run `tanaban index reconcile --repair`")
    return reasons


async def _check(ask: Callable[[], Awaitable[None]]) -> DependencyHealth:
    started = time.perf_counter()
    error: str | None = None
    try:
        async with asyncio.timeout(CHECK_TIMEOUT_S):
            await ask()
    except TimeoutError:
        error = f"no answer within {CHECK_TIMEOUT_S:g} s"
    except TanabanError as failure:
        error = str(failure)
    except Exception as failure:
        # Whatever else a client raises means the same here; its text may name hosts that are nobody's business.
        error = type(failure).__name__
    return DependencyHealth(error is None, round((time.perf_counter() - started) * 1e3, 1), error)
