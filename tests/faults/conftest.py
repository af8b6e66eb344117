"""The fixtures of the indexing tests."""

from tests.indexing.conftest import add_generation, building, live, pairs, shop, small

__all__ = ["add_generation", "building", "live", "pairs", "shop", "small"]
