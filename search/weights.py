"""Every weight of a score, in one place. docs/japanese.md says how they were chosen; `tanaban explain` shows
them at work.

A word scores a constant by the field where it is worth most, so that a name stands above a description whatever the
catalog; rare words say no more than frequent ones, for all of them are needed. All words of a query are added up, then
the boosts. How far an alternative of a word is trusted (a reading, a synonym, a typo) is its own weight, from 0 to 1,
which multiplies these: analyzers/words.py, analyzers/loose.py and the synonyms say it.
"""

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

BRAND_BOOST = 2.0
CATEGORY_BOOST = 2.0
TRAIT_BOOST = 1.5
"""Above what a name has over an attribute: a 赤 that a product has as its colour says more than one in its name."""
IN_STOCK_BOOST = 0.3
FRESHNESS_BOOST = 0.1
FRESHNESS_PIVOT_DAYS = 30
