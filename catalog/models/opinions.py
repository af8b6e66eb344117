"""What shoppers think: reviews of products and sellers, favourites."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from catalog.models.base import (
    Base,
    Count,
    CreatedAt,
    JsonList,
    UpdatedAt,
    UuidKey,
    is_array,
    is_rating,
    not_negative,
)


class Review(Base):
    __tablename__ = "reviews"
    __table_args__ = (
        # A bought item of this very product. SET NULL: the review outlives the retention of old orders, and
        # `is_verified_purchase` stays true.
        ForeignKeyConstraint(
            ["order_item_id", "product_id"],
            ["order_items.id", "order_items.product_id"],
            ondelete="SET NULL (order_item_id)",
        ),
        is_rating("rating"),
        is_array("images"),
        not_negative("helpful_count"),
        # With the rating inside, a product's average and count read the index alone.
        Index("idx_reviews_product_id", "product_id", postgresql_include=["rating"]),
        Index("idx_reviews_user_id", "user_id"),
        Index("idx_reviews_rating", "rating"),
    )

    id: Mapped[UuidKey]
    # CASCADE for both: a review is the statement of a person about a product; without either it is nothing.
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"))
    order_item_id: Mapped[UUID | None]
    rating: Mapped[int]
    title: Mapped[str | None]
    comment: Mapped[str | None]
    images: Mapped[JsonList]
    helpful_count: Mapped[Count]
    is_verified_purchase: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class SellerReview(Base):
    __tablename__ = "seller_reviews"
    __table_args__ = (
        # NO ACTION as for all that hangs on an order (catalog/models/orders.py).
        ForeignKeyConstraint(["order_id", "ordered_at"], ["orders.id", "orders.ordered_at"], onupdate="CASCADE"),
        is_rating("rating"),
        Index("idx_seller_reviews_user_id", "user_id"),
        Index("idx_seller_reviews_seller_id", "seller_id"),
        Index("idx_seller_reviews_order_id", "order_id", "ordered_at"),
    )

    id: Mapped[UuidKey]
    # CASCADE for both, as for reviews.
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    seller_id: Mapped[UUID] = mapped_column(ForeignKey("sellers.id", ondelete="CASCADE"))
    order_id: Mapped[UUID]
    ordered_at: Mapped[datetime]
    rating: Mapped[int]
    comment: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class Favorite(Base):
    __tablename__ = "favorites"
    __table_args__ = (
        UniqueConstraint("user_id", "product_id"),
        Index("idx_favorites_product_id", "product_id"),
    )

    id: Mapped[UuidKey]
    # CASCADE for both: a bookmark has no life of its own.
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"))
    created_at: Mapped[CreatedAt]
