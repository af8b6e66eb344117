"""A frame: everything of a product but its number, price and stock, ready to be written many times."""

from dataclasses import dataclass

from catalog.sample.words import BrandWords, CategoryWords


@dataclass(frozen=True, slots=True)
class VariationFrame:
    sku_suffix: str
    name: str
    attributes: str
    """JSON without its closing brace."""
    share: float
    """Price above the cheapest one's, as a share of it."""


@dataclass(frozen=True, slots=True)
class Frame:
    leaf: CategoryWords
    brand: BrandWords | None
    name: tuple[str, ...]
    """One part, or two with a model number between them."""
    description: str
    attributes: str
    """JSON without its closing brace."""
    ladder: tuple[int, ...]
    price_indexes: tuple[int, int, int]
    """Of `ladder`: lowest, usual, highest."""
    variations: tuple[VariationFrame, ...]
    image_alts: tuple[str, ...]
    shipping: str
    voice: str
