"""What is sold: categories, brands, products with their images and variations."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Enum, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from catalog.models.base import (
    Base,
    Count,
    CreatedAt,
    JsonObject,
    Money,
    ShortText,
    UpdatedAt,
    UuidKey,
    is_amount,
    is_calendar_time,
    is_nfkc,
    is_object,
    not_blank,
    not_negative,
)

PRODUCT_STATUS = Enum("draft", "active", "out_of_stock", "discontinued", name="product_status", metadata=Base.metadata)


class Category(Base):
    """A node of the tree; longer cycles are refused by the trigger tanaban.refuse_category_cycle()."""

    __tablename__ = "categories"
    __table_args__ = (
        # Two roots of one name are the same category too; it also serves the children of a parent.
        UniqueConstraint("parent_id", "name", postgresql_nulls_not_distinct=True),
        CheckConstraint("parent_id <> id", name="parent_id_not_self"),
        not_blank("name"),
        not_blank("slug"),
    )

    id: Mapped[UuidKey]
    # NO ACTION: a subtree is moved or removed on purpose, never as a side effect.
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("categories.id"))
    name: Mapped[ShortText]
    slug: Mapped[ShortText] = mapped_column(unique=True)
    icon_url: Mapped[str | None]
    sort_order: Mapped[Count]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class Brand(Base):
    __tablename__ = "brands"
    __table_args__ = (not_blank("name"), is_nfkc("name"))

    id: Mapped[UuidKey]
    name: Mapped[ShortText] = mapped_column(unique=True)
    name_kana: Mapped[str | None]
    logo_url: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class Product(Base):
    __tablename__ = "products"
    __table_args__ = (
        not_blank("sku"),
        not_blank("name"),
        is_amount("base_price"),
        is_amount("sale_price"),
        CheckConstraint("sale_price <= base_price", name="sale_price_not_above_base"),
        not_negative("stock_quantity"),
        is_object("attributes"),
        is_object("shipping_info"),
        is_calendar_time("published_at"),
        Index("idx_products_seller_id", "seller_id"),
        Index("idx_products_category_id", "category_id"),
        Index("idx_products_status", "status"),
        Index("idx_products_price", "base_price"),
        Index("idx_products_created_at", "created_at"),
        Index("idx_products_brand_id", "brand_id"),
    )

    id: Mapped[UuidKey]
    # NO ACTION for all three: products must not vanish or lose their place because of a clean-up elsewhere;
    # sellers are banned, categories and brands deactivated, or their products moved first.
    seller_id: Mapped[UUID] = mapped_column(ForeignKey("sellers.id"))
    category_id: Mapped[UUID] = mapped_column(ForeignKey("categories.id"))
    brand_id: Mapped[UUID | None] = mapped_column(ForeignKey("brands.id"))
    sku: Mapped[ShortText] = mapped_column(unique=True)
    name: Mapped[str]
    description: Mapped[str | None]
    base_price: Mapped[Money]
    sale_price: Mapped[Money | None]
    stock_quantity: Mapped[Count]
    status: Mapped[str] = mapped_column(PRODUCT_STATUS, server_default=text("'draft'"))
    attributes: Mapped[JsonObject]
    shipping_info: Mapped[JsonObject]
    published_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class ProductImage(Base):
    __tablename__ = "product_images"
    __table_args__ = (
        not_blank("image_url"),
        Index("idx_product_images_product_id", "product_id", "sort_order"),
    )

    id: Mapped[UuidKey]
    # CASCADE: part of the product.
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"))
    image_url: Mapped[str]
    alt_text: Mapped[str | None]
    sort_order: Mapped[Count]
    is_primary: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[CreatedAt]


class ProductVariation(Base):
    """`price_adjustment` may be negative (a smaller size is cheaper). That price + adjustment stays >= 0 lies
    across two tables, where a CHECK can't reach; readers floor the sum at 0."""

    __tablename__ = "product_variations"
    __table_args__ = (
        # The target of order_items' key, and the index by product.
        UniqueConstraint("product_id", "id"),
        not_blank("sku"),
        CheckConstraint("price_adjustment <> 'NaN'", name="price_adjustment_is_number"),
        not_negative("stock_quantity"),
        is_object("attributes"),
    )

    id: Mapped[UuidKey]
    # CASCADE: part of the product.
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"))
    sku: Mapped[ShortText] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(server_default=text("''"))
    attributes: Mapped[JsonObject]
    price_adjustment: Mapped[Money] = mapped_column(server_default=text("0"))
    stock_quantity: Mapped[Count]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
