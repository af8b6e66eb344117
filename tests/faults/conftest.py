"""The fixtures of the indexing tests."""

from tests.indexing.conftest import add_generation, building, live, shop, small

__all__ = ["add_generation", "building", "live", "shop", "small"]
