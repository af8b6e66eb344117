"""The fixtures of the indexing tests."""

from tests.indexing.conftest import building, live, shop, small

__all__ = ["building", "live", "shop", "small"]
