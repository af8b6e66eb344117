"""A small hand-written shop for the tests that say what a search means."""

from typing import Any
from uuid import UUID, uuid5

from catalog.product import ProductRow
from tests.catalog.rows import product_row
from tests.search.categories import row_path

_NAMESPACE = UUID(int=8)


def product(
    name: str, *, category: str = "家電 > 音響 > イヤホン", brand: str | None = None, **changes: Any
) -> ProductRow:
    """A shown product; ids follow from names, so tests can say them."""
    return product_row(
        **{
            "id": product_id(name),
            "sku": name,
            "name": name,
            "description": "",
            "path": row_path(category),
            "brand_id": brand and str(uuid5(_NAMESPACE, brand)),
            "brand_name": brand,
            "brand_kana": None,
        }
        | changes
    )


def product_id(name: str) -> str:
    return str(uuid5(_NAMESPACE, name))


def variation(name: str, attributes: dict[str, Any], *, adjustment_yen: int = 0, stock: int = 1) -> list[Any]:
    return [str(uuid5(_NAMESPACE, name)), name, name, attributes, adjustment_yen, stock]
