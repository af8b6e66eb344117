"""The frames of a seed.

A leaf has FRAMES_PER_WEIGHT frames for each point of its weight, each made at first use from its own random
numbers, so a frame does not depend on which products came before. That makes millions of products cheap and
memory flat, at the price that large samples repeat descriptions.
"""

from random import Random

from catalog.sample.draft import Draft
from catalog.sample.frame import Frame
from catalog.sample.words import BrandWords, CategoryWords, Words

FRAMES_PER_WEIGHT = 32


class Frames:
    """All frames of a seed."""

    def __init__(self, words: Words, seed: int) -> None:
        self._words = words
        self._seed = seed
        self._made: dict[tuple[str, int], Frame] = {}
        brands = {name: [b for b in words.brands if b.groups & set(p.brands)] for name, p in words.profiles.items()}
        self._brands: dict[str, list[BrandWords | None]] = {
            name: [*sold, *([None] * (len(sold) // 2 if "none" in words.profiles[name].brands else 0))]
            for name, sold in brands.items()
        }

    def frame(self, leaf: CategoryWords, number: int) -> Frame:
        """Frame `number` of a leaf, below FRAMES_PER_WEIGHT * weight."""
        key = (leaf.slug, number)
        if key not in self._made:
            rng = Random(f"{self._seed}/{leaf.slug}/{number}")
            brand = rng.choice(self._brands[leaf.profile])
            self._made[key] = Draft(self._words, leaf, brand, rng).build()
        return self._made[key]
