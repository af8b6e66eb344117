"""The Japanese part of the ESCI data set (Shopping Queries Dataset), from a user's own copy.

The folder holds shopping_queries_dataset_examples.parquet (query, query_id, product_id, product_locale, esci_label,
split, ...) and shopping_queries_dataset_products.parquet (product_id, product_title, product_description,
product_bullet_point, product_brand, product_color, product_locale). Labels become gains as in the paper (Reddy et al.,
2022, arXiv:2206.06588): exact 1, substitute 0.1, complement 0.01, irrelevant 0; times 100, because trec_eval takes
whole numbers, which leaves nDCG as it is.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.errors import InvalidParameter
from relevance.pairs import PUBLISHED_AT

EXAMPLES = "shopping_queries_dataset_examples.parquet"
PRODUCTS = "shopping_queries_dataset_products.parquet"
GAINS = {"E": 100, "S": 10, "C": 1, "I": 0}
USEFUL_GAIN = GAINS["E"]
"""Recall counts exact products only."""

LOCALE = "jp"
SPLIT = "test"
NAME_MAX_CHARS = 1_000
BRAND_MAX_CHARS = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_TAGS = re.compile(r"<[^>]*>")


def read_esci_gains(folder: Path) -> dict[str, dict[str, int]]:
    """Query -> sku -> gain, of the test split's Japanese queries. Raises: InvalidParameter."""
    columns = ["query", "product_id", "product_locale", "esci_label", "split"]
    gains: dict[str, dict[str, int]] = {}
    for row in _read(folder / EXAMPLES, columns):
        if row["product_locale"] == LOCALE and row["split"] == SPLIT:
            gains.setdefault(row["query"], {})[row["product_id"]] = GAINS[row["esci_label"]]
    return gains


def read_esci_lines(folder: Path) -> Iterator[dict[str, Any]]:
    """Japanese products as lines of a catalog file; one without a title is left out. Raises: InvalidParameter."""
    texts = ["product_title", "product_description", "product_bullet_point", "product_brand", "product_color"]
    for row in _read(folder / PRODUCTS, ["product_id", "product_locale", *texts]):
        if row["product_locale"] == LOCALE and (title := _clean(row["product_title"])):
            yield _build_line(row, title[:NAME_MAX_CHARS])


def _build_line(row: dict[str, Any], title: str) -> dict[str, Any]:
    """The data set has no categories and no prices."""
    description = " ".join(filter(None, map(_clean, (row["product_description"], row["product_bullet_point"]))))
    color = _clean(row["product_color"])
    return {
        "sku": row["product_id"],
        "name": title,
        "description": description or None,
        "category": ["商品"],
        "brand": _clean(row["product_brand"])[:BRAND_MAX_CHARS] or None,
        "price": 1_000,
        "stock": 10,
        "published_at": PUBLISHED_AT,
        "attributes": {"色": [color[:BRAND_MAX_CHARS]]} if color else {},
    }


def _clean(text: str | None) -> str:
    """
    >>> _clean("<b>軽い</b> 靴\\n\\n丈夫")
    '軽い 靴 丈夫'
    """
    return " ".join(_CONTROL.sub(" ", _TAGS.sub(" ", text or "")).split())


def _read(file: Path, columns: list[str]) -> Iterator[dict[str, Any]]:
    """Rows in batches, so that a file of gigabytes needs little memory."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise InvalidParameter("Reading ESCI needs pyarrow: pip install 'tanaban[relevance]'.") from None
    try:
        with pyarrow.parquet.ParquetFile(file) as parquet:
            for batch in parquet.iter_batches(columns=columns):
                yield from batch.to_pylist()
    except (OSError, pyarrow.ArrowInvalid, KeyError) as error:
        raise InvalidParameter(f"{file} cannot be read as ESCI's parquet: {error}") from error
