"""Terms aggregations that count exactly, on one shard and on several."""

from typing import Any

from core.limits import FACET_SHARD_VALUES_MAX


def build_terms(field: str, size: int, shards: int) -> dict[str, Any]:
    """The `size` most frequent values, ties by value.

    One shard (and one slice: the index forbids concurrent segment search) counts all its values, so its order is
    right. With several, a value may be frequent in sum and rare on one shard, so each must send all it has.
    """
    wide = {"shard_size": FACET_SHARD_VALUES_MAX} if shards > 1 else {}
    return {"terms": {"field": field, "size": size, **wide}}
