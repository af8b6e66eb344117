"""Orders, partitioned by month on `ordered_at` (catalog/partitions.py), and what hangs on them.

A unique key of a partitioned table must hold the partition key, so the primary key is (id, ordered_at) and the
children carry `ordered_at` for a real foreign key. ON UPDATE CASCADE lets an order move to another month. ON
DELETE is NO ACTION everywhere: with CASCADE, moving rows out of the default partition would delete the children
silently, and an order is a legal record. Number and id are unique over all months by tanaban.order_numbers.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from catalog.models.base import (
    Base,
    CreatedAt,
    JsonObject,
    Money,
    ShortText,
    UpdatedAt,
    UuidKey,
    is_amount,
    is_calendar_time,
    is_object,
    not_blank,
)

STEPS = ("pending", "processing", "shipped", "delivered", "cancelled", "refunded")
ORDER_STATUS = Enum(*STEPS, name="order_status", metadata=Base.metadata)
FULFILLMENT_STATUS = Enum(*STEPS, name="fulfillment_status", metadata=Base.metadata)
PAYMENT_STATUS = Enum(
    "pending",
    "processing",
    "succeeded",
    "failed",
    "cancelled",
    "refunded",
    name="payment_status",
    metadata=Base.metadata,
)
PENDING = text("'pending'")


def _order_key() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["order_id", "ordered_at"], ["orders.id", "orders.ordered_at"], onupdate="CASCADE")


class Order(Base):
    __tablename__ = "orders"
    __table_args__ = (
        not_blank("order_number"),
        is_amount("subtotal"),
        is_amount("tax_amount"),
        is_amount("shipping_fee"),
        is_amount("total_amount"),
        is_object("metadata"),
        is_calendar_time("ordered_at"),
        Index("idx_orders_user_id", "user_id"),
        Index("idx_orders_status", "status"),
        Index("idx_orders_created_at", "created_at"),
        Index("idx_orders_shipping_address_id", "shipping_address_id"),
        {"postgresql_partition_by": "RANGE (ordered_at)"},
    )

    id: Mapped[UuidKey]
    order_number: Mapped[ShortText]
    # NO ACTION for both: who bought, and where it went, are part of the record; a person is anonymised instead.
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    shipping_address_id: Mapped[UUID] = mapped_column(ForeignKey("addresses.id"))
    subtotal: Mapped[Money]
    tax_amount: Mapped[Money] = mapped_column(server_default=text("0"))
    shipping_fee: Mapped[Money] = mapped_column(server_default=text("0"))
    total_amount: Mapped[Money]
    status: Mapped[str] = mapped_column(ORDER_STATUS, server_default=PENDING)
    metadata_: Mapped[JsonObject] = mapped_column("metadata")
    ordered_at: Mapped[datetime] = mapped_column(primary_key=True, server_default=text("now()"))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class OrderItem(Base):
    __tablename__ = "order_items"
    __table_args__ = (
        _order_key(),
        # A variation of this very product. NO ACTION: what was bought stays known; deactivate it instead.
        ForeignKeyConstraint(
            ["product_variation_id", "product_id"], ["product_variations.id", "product_variations.product_id"]
        ),
        # The target of reviews' key, and the index by product that popularity and both product keys use.
        UniqueConstraint("product_id", "id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        is_amount("unit_price"),
        is_amount("total_price"),
        is_object("metadata"),
        Index("idx_order_items_seller_id", "seller_id"),
        Index("idx_order_items_order_id", "order_id", "ordered_at"),
    )

    id: Mapped[UuidKey]
    order_id: Mapped[UUID]
    ordered_at: Mapped[datetime]
    # NO ACTION: a product or seller that has sold is discontinued or banned, not deleted.
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"))
    product_variation_id: Mapped[UUID | None]
    seller_id: Mapped[UUID] = mapped_column(ForeignKey("sellers.id"))
    quantity: Mapped[int]
    unit_price: Mapped[Money]
    total_price: Mapped[Money]
    fulfillment_status: Mapped[str] = mapped_column(FULFILLMENT_STATUS, server_default=PENDING)
    metadata_: Mapped[JsonObject] = mapped_column("metadata")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class OrderPayment(Base):
    """One per order; the Stripe id is missing for cash on delivery and the like."""

    __tablename__ = "order_payments"
    __table_args__ = (
        _order_key(),
        UniqueConstraint("order_id", "ordered_at"),
        is_amount("amount"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_is_iso_4217"),
        is_object("payment_method_details"),
    )

    id: Mapped[UuidKey]
    order_id: Mapped[UUID]
    ordered_at: Mapped[datetime]
    stripe_payment_intent_id: Mapped[ShortText | None] = mapped_column(unique=True)
    amount: Mapped[Money]
    currency: Mapped[str] = mapped_column(String(3), server_default=text("'JPY'"))
    status: Mapped[str] = mapped_column(PAYMENT_STATUS, server_default=PENDING)
    payment_method_details: Mapped[JsonObject]
    paid_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class OrderStatusHistory(Base):
    """`changed_by` may be a user, an operator or a batch, so it has no key."""

    __tablename__ = "order_status_histories"
    __table_args__ = (
        _order_key(),
        Index("idx_order_status_histories_order_id", "order_id", "ordered_at"),
    )

    id: Mapped[UuidKey]
    order_id: Mapped[UUID]
    ordered_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(ORDER_STATUS)
    note: Mapped[str | None]
    changed_by: Mapped[UUID | None]
    created_at: Mapped[CreatedAt]
