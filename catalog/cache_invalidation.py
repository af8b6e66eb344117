"""What a change of the catalog makes old in Redis, for whoever hears of it; nothing old outlives an outage."""

from collections.abc import Collection
from uuid import UUID

from redis import Redis

from catalog.product_cache import create_product_cache
from catalog.tree_cache import create_tree_cache
from core.settings import Settings


class CacheInvalidation:
    """What could not be said while Redis was down is made up for by forgetting everything, once it answers again.
    Threads may share one."""

    def __init__(self, redis: "Redis", settings: Settings) -> None:
        self._products = create_product_cache(redis, settings)
        self._tree = create_tree_cache(redis, settings)
        self._owes_all = False

    def products_changed(self, ids: Collection[UUID]) -> None:
        if ids and not self._owes_all and not self._products.forget([str(id) for id in ids]):
            self._owes_all = True

    def categories_changed(self) -> None:
        if not self._owes_all and not self._tree.invalidate():
            self._owes_all = True

    def everything_changed(self) -> None:
        self._owes_all = True
        self.catch_up()

    def catch_up(self) -> None:
        """Call now and then. What changes after the debt is taken up owes anew, or is said by itself."""
        if self._owes_all:
            self._owes_all = False
            if not (self._tree.invalidate() and self._products.invalidate()):
                self._owes_all = True
