"""The fixtures of the indexing tests."""

from tests.indexing.conftest import shop, small

__all__ = ["shop", "small"]
