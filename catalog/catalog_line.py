"""One line of a catalog file: its model, and why a line is refused. docs/catalog-file.md has the format. Pure.

    {"sku": "A-1", "name": "赤い靴", "category": ["靴", "レディース"], "price": 4980,
     "attributes": {"色": ["赤"], "素材": "牛革"}, "variations": [{"sku": "A-1-23", "name": "23cm", "stock": 3}]}

Beyond the contract a line may have `category_slugs`, one for each name of `category`, so that addresses survive an
export and an import; they count when a category is made.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Literal, Self

import orjson
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from catalog.line_values import (
    MONEY_MAX_YEN,
    AdjustmentYen,
    Attributes,
    CategoryName,
    ImageUrl,
    Key,
    OneLine,
    PartyName,
    PriceYen,
    PublishedAt,
    Slug,
    Stock,
    refuse_breaks,
    refuse_control,
)
from core.limits import CATALOG_LINE_MAX_BYTES, SHOWN_VARIATIONS_MAX

CATEGORY_DEPTH_MAX = 8
"""Levels that the index has fields for."""
IMAGES_MAX = 100


class LineRefused(ValueError):
    """A line that cannot be loaded; the message names the key and what is allowed. The import goes on."""


class VariationLine(BaseModel):
    """What can be put into the cart; its attributes override the product's, its price differs by an adjustment."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sku: Key
    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), AfterValidator(refuse_breaks)] = ""
    attributes: Attributes = Field(default_factory=dict)
    price_adjustment: AdjustmentYen = 0
    stock: Stock = 0


class CatalogLine(BaseModel):
    """One product. Prices are whole yen with tax; what a full line leaves out has the value that stands here."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sku: Key
    name: Annotated[OneLine, Field(max_length=1_000)]
    description: Annotated[str, Field(max_length=100_000), AfterValidator(refuse_control)] | None = None
    category: Annotated[list[CategoryName], Field(min_length=1, max_length=CATEGORY_DEPTH_MAX)]
    category_slugs: list[Slug] | None = None
    brand: PartyName | None = None
    brand_kana: Key | None = None
    seller: PartyName | None = None
    price: PriceYen
    sale_price: PriceYen | None = None
    stock: Stock = 0
    status: Literal["draft", "active", "out_of_stock", "discontinued"] = "active"
    attributes: Attributes = Field(default_factory=dict)
    images: Annotated[list[ImageUrl], Field(max_length=IMAGES_MAX)] = Field(default_factory=list)
    variations: Annotated[list[VariationLine], Field(max_length=SHOWN_VARIATIONS_MAX)] = Field(default_factory=list)
    published_at: PublishedAt | None = None

    @model_validator(mode="after")
    def _check_together(self) -> Self:
        if self.sale_price is not None and self.sale_price > self.price:
            raise ValueError(f"sale_price: {self.sale_price} is above the price, {self.price}")
        if self.category_slugs is not None and len(self.category_slugs) != len(self.category):
            raise ValueError(f"category_slugs: must be as many as category has names, {len(self.category)}")
        if self.brand_kana is not None and self.brand is None:
            raise ValueError("brand_kana: needs a brand")
        _refuse_repeated("images", self.images)
        _refuse_repeated("variations", [variation.sku for variation in self.variations])
        self._check_variation_prices()
        return self

    def _check_variation_prices(self) -> None:
        selling_yen = self.price if self.sale_price is None else self.sale_price
        for index, variation in enumerate(self.variations):
            if not 0 <= selling_yen + variation.price_adjustment <= MONEY_MAX_YEN:
                raise ValueError(
                    f"variations[{index}].price_adjustment: {variation.price_adjustment} makes the price "
                    f"{selling_yen + variation.price_adjustment}; it must be 0 to {MONEY_MAX_YEN}"
                )


def _refuse_repeated(key: str, values: list[str]) -> None:
    repeated = next((value for index, value in enumerate(values) if value in values[:index]), None)
    if repeated is not None:
        raise ValueError(f"{key}: {repeated!r} is there twice")


def parse_line(line: bytes) -> dict[str, Any]:
    """The JSON object of a line, not checked yet.

    Raises: LineRefused.
    """
    if len(line) > CATALOG_LINE_MAX_BYTES:
        raise LineRefused(f"is longer than {CATALOG_LINE_MAX_BYTES} bytes; is a line break missing?")
    try:
        line.decode("utf-8")
        value = orjson.loads(line)
    except UnicodeDecodeError as error:
        raise LineRefused(
            f"is not UTF-8: byte 0x{line[error.start]:02X} at position {error.start + 1}; save the file as UTF-8"
        ) from None
    except orjson.JSONDecodeError as error:
        raise LineRefused(f"is not JSON: {error.msg}, at character {error.pos + 1}") from None
    if not isinstance(value, dict):
        raise LineRefused('is not a JSON object; write {"sku": "...", "name": "...", ...} on each line')
    return value


def check_line(value: Mapping[str, Any]) -> CatalogLine:
    """The product of a line.

    >>> check_line({"sku": "A-1", "name": "靴", "category": ["靴"], "prise": 100})
    Traceback (most recent call last):
    catalog.catalog_line.LineRefused: price: is required; prise: is not a key; did you mean price?

    Raises: LineRefused, naming every wrong key.
    """
    try:
        return CatalogLine.model_validate(value)
    except ValidationError as error:
        raise LineRefused("; ".join(dict.fromkeys(_explain(found) for found in error.errors()))) from None


def _explain(found: Any) -> str:
    where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in found["loc"]).removeprefix(".")
    message = _message(found)
    return f"{where}: {message}" if where else message


def _message(found: Any) -> str:
    kind, given = found["type"], found["input"]
    if kind == "missing":
        return "is required"
    if kind == "extra_forbidden":
        return _unknown_key(found["loc"])
    if kind == "value_error":
        return str(found["ctx"]["error"])
    if kind == "string_pattern_mismatch" and "http" in found["ctx"]["pattern"]:
        return f"{given!r} is not an address that begins with https://, http:// or /"
    if kind == "list_type":
        return 'must be a list, such as ["大", "中", "小"]'
    text = str(found["msg"]).removeprefix("Input ")
    return f"{text}; found {given!r}"[:300]


def _unknown_key(location: tuple[Any, ...]) -> str:
    """Says which key was probably meant, else which there are."""
    model = VariationLine if len(location) > 1 else CatalogLine
    known = list(model.model_fields)
    near = get_close_matches(str(location[-1]), known, n=1)
    return f"is not a key; did you mean {near[0]}?" if near else f"is not a key; known are {', '.join(known)}"
