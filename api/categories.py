"""From a slug in an address to a category that shoppers may see."""

from urllib.parse import quote, urlencode

from api.query_string import parse_query_string, shorten
from api.state import Shared
from catalog.queries import fetch_slug_successor
from catalog.tree import Category
from core.errors import NotFound
from core.limits import FILTER_VALUE_MAX_CHARS


class CategoryMoved(Exception):
    """The category's slug is `slug` now: the caller redirects."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug


async def find_category(shared: Shared, slug: str) -> Category:
    """The shown category with this slug.

    Raises: CategoryMoved when it has another slug now, NotFound, DatabaseDown.
    """
    tree = await shared.tree()
    category = tree.by_slug.get(slug)
    if category is None and (successor := await shared.in_thread(_fetch_successor, shared, slug)):
        raise CategoryMoved(successor)
    if category is None or not tree.is_shown(category.id):
        raise NotFound(f"no category has the slug {shorten(slug)}; GET /v1/categories lists them")
    return category


def moved_path(prefix: str, slug: str) -> str:
    """
    >>> moved_path("/c/", "本")
    '/c/%E6%9C%AC'
    """
    return prefix + quote(slug, safe="")


def with_category(query_string: bytes, slug: str) -> str:
    """The same query for another category.

    >>> with_category(b"q=a&category=old&brand=x&brand=y", "new")
    'q=a&category=new&brand=x&brand=y'
    """
    fields = parse_query_string(query_string) | {"category": [slug]}
    return urlencode(fields, doseq=True)


def _fetch_successor(shared: Shared, slug: str) -> str | None:
    if len(slug) > FILTER_VALUE_MAX_CHARS or "\x00" in slug:
        return None
    with shared.pool.connection() as connection:
        return fetch_slug_successor(connection, slug)
