"""What a change of the catalog makes old in Redis, for whoever hears of it; nothing old outlives an outage."""

from collections.abc import Collection
from uuid import UUID

from redis import Redis

from catalog.product_cache import create_product_cache
from catalog.tree_cache import create_tree_cache
from core.settings import Settings


class CacheInvalidation:
    """What could not be said while Redis was down is made up for by forgetting everything, once it answers again."""

    def __init__(self, redis: "Redis", settings: Settings) -> None:
        self._products = create_product_cache(redis, settings)
        self._tree = create_tree_cache(redis, settings)
        self._owes_all = False

    def products_changed(self, ids: Collection[UUID]) -> None:
        if ids and not self._owes_all:
            self._owes_all = not self._products.forget([str(id) for id in ids])

    def categories_changed(self) -> None:
        if not self._owes_all:
            self._owes_all = not self._tree.invalidate()

    def everything_changed(self) -> None:
        self._owes_all = True
        self.catch_up()

    def catch_up(self) -> None:
        """Call now and then."""
        if self._owes_all:
            self._owes_all = not (self._tree.invalidate() and self._products.invalidate())
