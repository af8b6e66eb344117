"""The PostgreSQL schema as SQLAlchemy models: `public` is the shop's, `tanaban` is this service's.

The living description: each foreign key says why its ON DELETE is what it is. The migrations create the same
(tests/catalog/test_migrations.py compares the two catalogs entry by entry) plus what a model cannot say:
triggers, the first partitions, single rows.
"""

from catalog.models.base import Base
from catalog.models.goods import Brand, Category, Product, ProductImage, ProductVariation
from catalog.models.indexing import DeadLetter, FanoutJob, Heartbeat, IndexGeneration, IndexProof, Job, RebuildPage
from catalog.models.opinions import Favorite, Review, SellerReview
from catalog.models.orders import Order, OrderItem, OrderPayment, OrderStatusHistory
from catalog.models.people import Address, Seller, SellerProfile, User, UserProfile
from catalog.models.service import (
    CategorySlugHistory,
    OrderNumber,
    PopularityLandmark,
    PopularityQueue,
    ProductPopularity,
    SearchQuery,
    StreamLease,
    SyncState,
    Synonym,
    SynonymRevision,
    TreeGuard,
)

__all__ = [
    "Address",
    "Base",
    "Brand",
    "Category",
    "CategorySlugHistory",
    "DeadLetter",
    "FanoutJob",
    "Favorite",
    "Heartbeat",
    "IndexGeneration",
    "IndexProof",
    "Job",
    "Order",
    "OrderItem",
    "OrderNumber",
    "OrderPayment",
    "OrderStatusHistory",
    "PopularityLandmark",
    "PopularityQueue",
    "Product",
    "ProductImage",
    "ProductPopularity",
    "ProductVariation",
    "RebuildPage",
    "Review",
    "SearchQuery",
    "Seller",
    "SellerProfile",
    "SellerReview",
    "StreamLease",
    "SyncState",
    "Synonym",
    "SynonymRevision",
    "TreeGuard",
    "User",
    "UserProfile",
]
