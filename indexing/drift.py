"""What a comparison found, by cause, in bounded memory. Pure."""

from collections import Counter
from dataclasses import dataclass, field

from core.types import IndexVersion
from indexing.compare import Cause
from indexing.dead_letters import Rejection

SAMPLES = 10
"""Ids that a report names for each cause, and rejections that it keeps."""


@dataclass
class Drift:
    """How many documents, and the first few ids of them, by cause."""

    counts: Counter[Cause] = field(default_factory=Counter)
    samples: dict[Cause, list[str]] = field(default_factory=dict)

    def add(self, id: str, cause: Cause) -> None:
        self.counts[cause] += 1
        sample = self.samples.setdefault(cause, [])
        if len(sample) < SAMPLES:
            sample.append(id)

    def merge(self, other: "Drift") -> None:
        self.counts.update(other.counts)
        for cause, ids in other.samples.items():
            self.samples[cause] = (self.samples.get(cause, []) + ids)[:SAMPLES]


@dataclass
class Comparison:
    """What comparing a range, or a whole generation, found."""

    walked: int = 0
    """Products passed, compared or not."""
    products: int = 0
    """Products compared."""
    repaired: Drift = field(default_factory=Drift)
    left: Drift = field(default_factory=Drift)
    """Drift that no round of repair ended, and all drift when nothing is repaired."""
    rejections: list[tuple[IndexVersion, Rejection]] = field(default_factory=list)
    """Documents that OpenSearch rejects; they are in `left` as parked. Of a whole generation only the first few."""

    def merge(self, other: "Comparison") -> None:
        self.walked += other.walked
        self.products += other.products
        self.repaired.merge(other.repaired)
        self.left.merge(other.left)
        self.rejections = (self.rejections + other.rejections)[:SAMPLES]
