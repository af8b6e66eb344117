"""Every weight of a score, in one place. docs/japanese.md says how they were chosen; `tanaban explain` shows
them at work.

A word scores a constant by the field where it is worth most, so that a name stands above a description whatever the
catalog; rare words say no more than frequent ones, for all of them are needed. All words of a query are added up, then
the boosts. How far an alternative of a word is trusted (a reading, a synonym, a typo) is its own weight, from 0 to 1,
which multiplies these: analyzers/words.py, analyzers/loose.py and the synonyms say it.
"""

import math

# Where a word is found. Popularity adds TANABAN_POPULARITY_BOOST (2) at most: less than a name is above a description.
TERM_FIELDS = {
    "name_terms": 3.0,
    "brand_terms": 2.7,
    "category_terms": 2.0,
    "attribute_terms": 1.8,
}
DESCRIPTION_WEIGHT = 0.3
READING_WEIGHT = 2.0
"""A kana word that is said like a word of the product."""

QUANTITY_WEIGHT = 2.4

CODE_WEIGHT = 20.0
"""Above any other score of a short query: who pastes a JAN wants that product first."""

# Boosts.
NAME_SHARE_BOOST = 0.5
"""Of BM25 over `name_terms`: among names that have a word, the short one is more about it."""

HEAD_BOOST = 2.0
"""Of a word that ends a phrase of the name: a メガネ, and no メガネ対応 or メガネケース."""

BRAND_BOOST = 2.0
CATEGORY_BOOST = 2.0
TRAIT_BOOST = 2.5
"""Above what a name has over an attribute: a 赤 that a product has as its colour says more than one in its name."""
IN_STOCK_BOOST = 0.3
FRESHNESS_BOOST = 0.1
FRESHNESS_PIVOT_DAYS = 30

# When words may be missing.
INFORMATION_PRODUCTS = 10_000
"""Products beyond which a word is counted no further: it says next to nothing."""


def weigh_information(frequency: int) -> float:
    """How much of a text a word says that so many products have: about 1 for one in a hundred of ten thousand.

    >>> [round(weigh_information(frequency), 1) for frequency in (1, 100, 10_000)]
    [1.8, 1.0, 0.2]
    """
    return math.log(1 + INFORMATION_PRODUCTS / (frequency + 1)) / math.log(INFORMATION_PRODUCTS / 100)
