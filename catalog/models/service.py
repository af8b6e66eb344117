"""Schema `tanaban`, the catalog's part: kept by triggers, popularity_fold.py, synonyms.py and search_queries.py."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Double,
    ForeignKey,
    Identity,
    Index,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from catalog.models.base import SERVICE_SCHEMA, Base, Count, CreatedAt, ShortText, not_blank

IN_SERVICE = {"schema": SERVICE_SCHEMA}


class TreeGuard(Base):
    """One row that every change of a parent updates: two concurrent moves meet here, in every isolation level."""

    __tablename__ = "tree_guard"
    __table_args__ = (CheckConstraint("only_row", name="only_row"), IN_SERVICE)

    only_row: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    n: Mapped[int] = mapped_column(BigInteger)


class OrderNumber(Base):
    """Makes `orders.order_number` and `orders.id` unique over all partitions; written by a trigger only."""

    __tablename__ = "order_numbers"
    __table_args__ = IN_SERVICE

    order_number: Mapped[ShortText] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(unique=True)


class CategorySlugHistory(Base):
    """A slug that a category had before, for 301 answers; a slug in use again leaves the table."""

    __tablename__ = "category_slug_history"
    __table_args__ = (Index("idx_category_slug_history_category_id", "category_id"), IN_SERVICE)

    slug: Mapped[ShortText] = mapped_column(primary_key=True)
    # CASCADE: nowhere to redirect to.
    category_id: Mapped[UUID] = mapped_column(ForeignKey("categories.id", ondelete="CASCADE"))
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class PopularityLandmark(Base):
    """What the stored popularities are relative to; one row, set by the migration."""

    __tablename__ = "popularity_landmark"
    __table_args__ = (CheckConstraint("only_row", name="only_row"), IN_SERVICE)

    only_row: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    landmark: Mapped[datetime]
    """L of I12: the moment whose events weigh 1."""
    basis: Mapped[str] = mapped_column(server_default=text("''"))
    """Weights and half-life of all stored numbers, in words; other settings make the next fold compute them all."""


class ProductPopularity(Base):
    """Forward-decayed popularity as indexed: 3 significant digits, no row when there is none."""

    __tablename__ = "product_popularity"
    __table_args__ = (CheckConstraint("popularity > 0", name="popularity_positive"), IN_SERVICE)

    # CASCADE: derived from the product.
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"), primary_key=True)
    popularity: Mapped[float] = mapped_column(Double)
    computed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class PopularityQueue(Base):
    """Products whose events changed, appended by triggers, taken by the fold.

    A product may be in it many times, and no key points anywhere: a checkout never waits for another one's
    row, and no id is lost between a fold's read and a commit. (One row per product would do both.)
    """

    __tablename__ = "popularity_queue"
    __table_args__ = IN_SERVICE

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    product_id: Mapped[UUID]
    queued_at: Mapped[datetime] = mapped_column(server_default=func.now())


class SyncState(Base):
    """What the process of change capture knows; one row, set by the migration."""

    __tablename__ = "sync_state"
    __table_args__ = (CheckConstraint("only_row", name="only_row"), IN_SERVICE)

    only_row: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    # The last crash recovery and the node starts that are known: another one means that everything is compared.
    postgresql_recovered_at: Mapped[datetime | None]
    opensearch_nodes: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'::text[]"))
    freshness_p50_ms: Mapped[float | None] = mapped_column(Double)
    freshness_p99_ms: Mapped[float | None] = mapped_column(Double)
    freshness_samples: Mapped[Count]
    # Taken from Debezium and not durable yet: how many events, since when the oldest waits; products written lately.
    live_events: Mapped[Count]
    live_oldest_s: Mapped[float | None] = mapped_column(Double)
    live_products_per_s: Mapped[float | None] = mapped_column(Double)
    updated_at: Mapped[CreatedAt]


class StreamLease(Base):
    """A shard of a Kinesis stream: who reads it until when, and how far it is read."""

    __tablename__ = "stream_leases"
    __table_args__ = IN_SERVICE

    stream: Mapped[str] = mapped_column(primary_key=True)
    shard: Mapped[str] = mapped_column(primary_key=True)
    # Of the stream: another one means that it was deleted and made anew.
    stream_created_at: Mapped[datetime]
    parents: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'::text[]"))
    # Sequence number of the last record that is durable.
    checkpoint: Mapped[str | None]
    # Everything that reached the shard before it is read; over the stream's retention ago, records were lost.
    read_through_at: Mapped[CreatedAt]
    is_finished: Mapped[bool] = mapped_column(server_default=text("false"))
    owner: Mapped[str | None]
    # Drawn anew with each change of hands; a checkpoint moves by compare-and-set on it.
    token: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    expires_at: Mapped[datetime | None]


class Synonym(Base):
    """Who asks for `source` also finds `target`: a shop's own rule, a fetched one, or one that is switched off."""

    __tablename__ = "synonyms"
    __table_args__ = (
        UniqueConstraint("source", "target", "kind"),
        not_blank("source"),
        not_blank("target"),
        CheckConstraint("weight > 0 AND weight <= 1", name="weight_is_share"),
        CheckConstraint("kind IN ('shop', 'sudachi', 'off')", name="kind_is_known"),
        IN_SERVICE,
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    source: Mapped[ShortText]
    target: Mapped[ShortText]
    weight: Mapped[float] = mapped_column(Double, server_default=text("0.7"))
    domain: Mapped[str] = mapped_column(server_default=text("'general'"))
    kind: Mapped[str] = mapped_column(server_default=text("'shop'"))
    note: Mapped[str | None]
    created_at: Mapped[CreatedAt]


class SynonymRevision(Base):
    """One row that a trigger moves with each change of the synonyms, so that a poll costs one number."""

    __tablename__ = "synonym_revision"
    __table_args__ = (CheckConstraint("only_row", name="only_row"), IN_SERVICE)

    only_row: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    n: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))


class SearchQuery(Base):
    """A text that shoppers search for: how much lately, and whether enough of them did; never who."""

    __tablename__ = "search_queries"
    __table_args__ = (not_blank("query"), IN_SERVICE)

    query: Mapped[ShortText] = mapped_column(primary_key=True)
    # Each ask counts 1 and loses half in a half-life; as of `last_at`.
    score: Mapped[float] = mapped_column(Double)
    asked: Mapped[int] = mapped_column(BigInteger)
    # One of 63 bits for each caller, by a keyed hash of text and address: a lower bound of how many they are.
    callers: Mapped[int] = mapped_column(BigInteger)
    last_at: Mapped[datetime]
    # By hand: never suggested.
    is_hidden: Mapped[bool] = mapped_column(server_default=text("false"))
