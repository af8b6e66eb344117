"""Shoppers and sellers."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Enum, ForeignKey, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from catalog.models.base import (
    Base,
    CreatedAt,
    JsonObject,
    ShortText,
    UpdatedAt,
    UuidKey,
    is_nfkc,
    is_object,
    not_blank,
)

SELLER_STATUS = Enum("pending", "active", "suspended", "banned", name="seller_status", metadata=Base.metadata)


class User(Base):
    """A shopper; `id` is the Cognito user id."""

    __tablename__ = "users"
    __table_args__ = (
        not_blank("email"),
        # The unique key under the name that the source design gives this column's index.
        UniqueConstraint("email", name="idx_users_email"),
        Index("idx_users_created_at", "created_at"),
    )

    id: Mapped[UuidKey]
    email: Mapped[ShortText]
    phone_number: Mapped[str | None]
    email_verified_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class UserProfile(Base):
    __tablename__ = "user_profiles"
    __table_args__ = (is_object("preferences"), Index("idx_user_profiles_user_id", "user_id"))

    id: Mapped[UuidKey]
    # CASCADE: personal data leaves with the person.
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    display_name: Mapped[str | None]
    avatar_url: Mapped[str | None]
    birth_date: Mapped[date | None]
    gender: Mapped[str | None]
    preferences: Mapped[JsonObject]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class Address(Base):
    __tablename__ = "addresses"
    __table_args__ = (Index("idx_addresses_user_id", "user_id"),)

    id: Mapped[UuidKey]
    # CASCADE: personal data leaves with the person; an address that an order was sent to is held by the order.
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    postal_code: Mapped[str]
    prefecture: Mapped[str]
    city: Mapped[str]
    address_line1: Mapped[str]
    address_line2: Mapped[str | None]
    phone_number: Mapped[str | None]
    is_default: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class Seller(Base):
    __tablename__ = "sellers"
    __table_args__ = (
        not_blank("company_name"),
        is_nfkc("company_name"),
        CheckConstraint("commission_rate BETWEEN 0 AND 1", name="commission_rate_is_fraction"),
    )

    id: Mapped[UuidKey]
    company_name: Mapped[ShortText] = mapped_column(unique=True)
    company_name_kana: Mapped[str | None]
    email: Mapped[ShortText | None] = mapped_column(unique=True)
    phone_number: Mapped[str | None]
    postal_code: Mapped[str | None]
    address: Mapped[str | None]
    business_license_number: Mapped[ShortText | None] = mapped_column(unique=True)
    status: Mapped[str] = mapped_column(SELLER_STATUS, server_default=text("'pending'"))
    commission_rate: Mapped[Decimal] = mapped_column(Numeric(5, 4), server_default=text("0"))
    """A fraction: 0.1 is ten percent."""
    approved_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class SellerProfile(Base):
    """One per seller."""

    __tablename__ = "seller_profiles"
    __table_args__ = (is_object("business_hours"), is_object("shipping_policies"), is_object("return_policies"))

    id: Mapped[UuidKey]
    # CASCADE: a description of nobody.
    seller_id: Mapped[UUID] = mapped_column(ForeignKey("sellers.id", ondelete="CASCADE"), unique=True)
    description: Mapped[str | None]
    logo_url: Mapped[str | None]
    banner_url: Mapped[str | None]
    business_hours: Mapped[JsonObject]
    shipping_policies: Mapped[JsonObject]
    return_policies: Mapped[JsonObject]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
