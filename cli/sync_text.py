"""How `tanaban sync status` tells what it found. Pure."""

from collections.abc import Iterator
from datetime import datetime

from catalog.partitions import SHOP_TIME
from indexing.freshness import Freshness
from indexing.live_load import LiveLoad
from indexing.shard_leases import StreamLag
from indexing.sync_status import FanoutProgress, GenerationProof, LowLane, SyncStatus

_LABEL_CHARS = 14
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def describe_sync(status: SyncStatus, now: datetime) -> str:
    """A line for each figure, its name in front, and one more for each fan-out and generation."""
    return "\n".join(f"{label:{_LABEL_CHARS}}{text}" for label, text in _lines(status, now))


def _lines(status: SyncStatus, now: datetime) -> Iterator[tuple[str, str]]:
    yield "Capture", _describe_capture(status, now)
    if status.slot is not None:
        yield "WAL to read", f"{status.slot.lag_bytes / 2**20:,.1f} MB ({status.slot.wal_status})"
    if status.stream is not None:
        yield "Stream", _describe_stream(status.stream)
    if status.is_running:
        yield "Live lane", _describe_live(status.live_lane)
    yield "Low lane", _describe_low(status.low_lane)
    for job in status.fanouts:
        yield "", f"{job.kind} {job.key or 'of everything'}: {_describe_fanout(job)}"
    if status.low_lane.jobs > len(status.fanouts):
        yield "", f"and {status.low_lane.jobs - len(status.fanouts):,} more"
    yield "Freshness", _describe_freshness(status.freshness)
    yield "Dead letters", f"{status.dead_letters:,}"
    for label, proof in zip(["Proofs"] + [""] * len(status.proofs), status.proofs, strict=False):
        yield label, _describe_proof(proof, now)


def _describe_capture(status: SyncStatus, now: datetime) -> str:
    if status.is_running:
        return "running"
    if status.stopped_at is None:
        return "never ran: start `tanaban sync run`"
    return f"NOT RUNNING since {_describe_time(status.stopped_at, now)}: start `tanaban sync run`"


def _describe_stream(stream: StreamLag) -> str:
    """
    >>> _describe_stream(StreamLag(2, 4, 1.26)), _describe_stream(StreamLag(0, 1, 90))
    ('read up to 1.3 s ago, 4 shards, 2 consumers', 'NOT READ for 90.0 s: start `tanaban sync run --from kinesis`')
    """
    if not stream.consumers:
        return f"NOT READ for {stream.unread_s:,.1f} s: start `tanaban sync run --from kinesis`"
    shared = f"{_count(stream.shards, 'shard')}, {_count(stream.consumers, 'consumer')}"
    return f"read up to {stream.unread_s:,.1f} s ago, {shared}"


def _describe_live(live: LiveLoad | None) -> str:
    if live is None:
        return "SILENT for a minute: what is captured is not written; look at the log of `tanaban sync run`"
    waiting = "nothing waits"
    if live.oldest_s is not None:
        waiting = f"{_count(live.events, 'event')} taken and not durable yet, for {live.oldest_s:.1f} s"
    return waiting if live.products_per_s is None else f"{waiting}, {live.products_per_s:,.0f} products/s"


def _describe_low(low: LowLane) -> str:
    if not low.jobs:
        return "no fan-outs"
    amount = _describe_amount(low.products_done, low.products_total, low.rate_per_s, low.eta_s)
    return f"{_count(low.jobs, 'fan-out')}, {amount}"


def _describe_fanout(job: FanoutProgress) -> str:
    amount = _describe_amount(job.done, job.total, job.rate_per_s, job.eta_s)
    return amount if job.done or job.rate_per_s else f"waiting, {amount}"


def _describe_amount(done: int, total: int | None, rate_per_s: float | None, eta_s: float | None) -> str:
    """
    >>> _describe_amount(12_000, 60_000, 2_100.4, 22.9)
    '12,000 of 60,000 products, 2,100/s, 23 s left'
    >>> _describe_amount(0, None, None, None)
    '0 products'
    """
    parts = [f"{done:,} of {total:,} products" if total is not None else f"{done:,} products"]
    parts += [f"{rate_per_s:,.0f}/s"] if rate_per_s is not None else []
    parts += [f"{eta_s:,.0f} s left"] if eta_s is not None else []
    return ", ".join(parts)


def _describe_freshness(found: Freshness) -> str:
    if found.p50_ms is None or found.p99_ms is None:
        return "no change was followed yet"
    figures = f"p50 {found.p50_ms:,.0f} ms, p99 {found.p99_ms:,.0f} ms"
    return f"{figures} from commit to searchable, over {_count(found.samples, 'sample')}"


def _describe_proof(proof: GenerationProof, now: datetime) -> str:
    clean = "never proved clean"
    if proof.clean_at is not None:
        clean = f"clean {_describe_time(proof.clean_at, now)}, {_count(proof.clean_products or 0, 'product')}"
    drift = f"; the last proof left {_count(proof.drift, 'document')} WRONG" if proof.drift else ""
    return f"{proof.state:9}{proof.index_name}: {clean}{drift}"


def _describe_time(time: datetime, now: datetime) -> str:
    """
    >>> _describe_time(datetime(2026, 8, 1, 9, 0, 30, tzinfo=SHOP_TIME), datetime(2026, 8, 1, 9, 5, tzinfo=SHOP_TIME))
    '2026-08-01 09:00:30+09:00 (4 min ago)'
    """
    seconds = max(0, int((now - time).total_seconds()))
    size, unit = next(((size, unit) for size, unit in _UNITS if seconds >= size), (1, "s"))
    return f"{time.astimezone(SHOP_TIME).isoformat(' ', 'seconds')} ({seconds // size} {unit} ago)"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
