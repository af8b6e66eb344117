"""The filters in force as a shopper reads them, in Japanese, and as the request named them."""

from catalog.tree import CategoryTree
from search.filters import attribute_owner
from search.request import Filters
from search.result import Applied, Facets, FacetValue
from search.threshold_facets import STOCK_LABEL, rating_label
from search.understanding import Understanding


def list_applied(filters: Filters, facets: Facets, tree: CategoryTree) -> tuple[Applied, ...]:
    """One entry a value that can be undone. Brands and sellers given by id have the name that their facet found."""
    return (
        *_category(filters, tree),
        *_named("brand", filters.brands, facets.brand),
        *_named("seller", filters.sellers, facets.seller),
        *_thresholds(filters),
        *(
            Applied(attribute_owner(name), value, f"{name}: {value}")
            for name, values in filters.attributes
            for value in values
        ),
    )


def list_recognised(understanding: Understanding) -> tuple[Applied, ...]:
    """What the text itself asks for; undone by naming it in `literal`."""
    return tuple(Applied("literal", each.text, each.label) for each in understanding.recognitions)


def _category(filters: Filters, tree: CategoryTree) -> list[Applied]:
    if filters.category_id is None:
        return []
    category = tree.by_id[filters.category_id]
    return [Applied("category", category.slug, category.name)]


def _named(parameter: str, values: tuple[str, ...], facet: tuple[FacetValue, ...] | None) -> list[Applied]:
    names = {value.value: value.name for value in facet or ()}
    return [Applied(parameter, value, names.get(value, value)) for value in values]


def _thresholds(filters: Filters) -> list[Applied]:
    applied = []
    if filters.price_min_yen is not None:
        applied.append(Applied("price_min", str(filters.price_min_yen), f"{filters.price_min_yen:,}円以上"))
    if filters.price_max_yen is not None:
        applied.append(Applied("price_max", str(filters.price_max_yen), f"{filters.price_max_yen:,}円以下"))
    if filters.rating_min is not None:
        applied.append(Applied("rating_min", f"{filters.rating_min:g}", rating_label(filters.rating_min)))
    if filters.in_stock:
        applied.append(Applied("in_stock", "true", STOCK_LABEL))
    return applied
