"""What the serving alias points at, and what a query must know of it: normaliser, landmark and pivot together (I13)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from analyzers.normalizer import NORMALIZER_VERSION
from catalog.popularity import pivot_at
from core.errors import NoLiveGeneration
from core.settings import Settings
from core.types import GenerationId

_TERMS_SINCE_BUILDER = 2
"""Documents of builders before have no term fields; they are searched by kuromoji alone until they are rebuilt."""


@dataclass(frozen=True, slots=True)
class ServingIndex:
    """One generation, as the API searches it: by its concrete name, so that what is read here stays true."""

    index: str
    generation_id: GenerationId
    normalizer_version: str
    builder_version: int
    landmark: datetime
    pivot: float | None
    """p of I12 at the landmark; None when no product has any popularity."""
    half_life_days: float
    shards: int

    @property
    def degraded(self) -> bool:
        """Documents were normalised by another version than queries are: `tanaban index rebuild` mends it."""
        return self.normalizer_version != NORMALIZER_VERSION

    @property
    def has_terms(self) -> bool:
        return self.builder_version >= _TERMS_SINCE_BUILDER

    def pivot_at(self, now: datetime) -> float | None:
        """The popularity that scores half of the boost now; None when no product has any (I12)."""
        if self.pivot is None:
            return None
        return pivot_at(self.pivot, now, self.landmark, self.half_life_days)


def serving_alias(settings: Settings) -> str:
    """The name that a swap moves (I8)."""
    return f"{settings.opensearch_index_prefix}products"


def parse_serving_index(raw: dict[str, Any], alias: str) -> ServingIndex:
    """From `GET /<alias>`, which answers index name, `_meta` and settings in one call.

    Raises: NoLiveGeneration.
    """
    if not raw:
        raise NoLiveGeneration(f"nothing is behind {alias} yet; run `tanaban index rebuild`")
    index, answer = next(iter(raw.items()))
    meta = answer["mappings"]["_meta"]
    return ServingIndex(
        index=index,
        generation_id=GenerationId(meta["generation_id"]),
        normalizer_version=meta["normalizer_version"],
        builder_version=meta["builder_version"],
        landmark=datetime.fromisoformat(meta["landmark"]),
        pivot=meta["pivot"],
        half_life_days=meta["half_life_days"],
        shards=int(answer["settings"]["index"]["number_of_shards"]),
    )
