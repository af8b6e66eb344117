"""Ids and units that cross package borders, as distinct types so that mypy sees a mix-up."""

from typing import NewType
from uuid import UUID

ProductId = NewType("ProductId", UUID)
CategoryId = NewType("CategoryId", UUID)
BrandId = NewType("BrandId", UUID)
SellerId = NewType("SellerId", UUID)
GenerationId = NewType("GenerationId", int)
JobId = NewType("JobId", UUID)
IndexVersion = NewType("IndexVersion", int)
"""A number drawn from the sequence `tanaban.index_version`: a larger one saw a newer snapshot (I2)."""
Yen = NewType("Yen", int)
