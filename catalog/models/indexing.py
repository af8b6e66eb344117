"""Schema `tanaban`, the indexer's part: generations, pages of a rebuild, dead letters, jobs (I2, I3, I8, I9)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Double,
    Enum,
    ForeignKey,
    Identity,
    Index,
    Sequence,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from catalog.models.base import SERVICE_SCHEMA, Base, Count, CreatedAt, UuidKey
from catalog.models.service import IN_SERVICE

GENERATION_STATE = Enum(
    "building",
    "live",
    "standby",
    "failed",
    "retired",
    name="generation_state",
    schema=SERVICE_SCHEMA,
    metadata=Base.metadata,
)
JOB_STATE = Enum(
    "queued",
    "running",
    "checking",
    "done",
    "refused",
    "failed",
    "cancelled",
    name="job_state",
    schema=SERVICE_SCHEMA,
    metadata=Base.metadata,
)

FANOUT_KIND = Enum(
    "brand", "seller", "category", "reconcile", name="fanout_kind", schema=SERVICE_SCHEMA, metadata=Base.metadata
)

# CACHE 1: with more, a session would hand out numbers out of order (I2).
INDEX_VERSION = Sequence("index_version", schema=SERVICE_SCHEMA, cache=1, data_type=BigInteger, metadata=Base.metadata)


class IndexMark(Base):
    """The version drawn by the last life-cycle command; OpenSearch has a copy. A restored database has an older one."""

    __tablename__ = "index_mark"
    __table_args__ = (CheckConstraint("only_row", name="only_row"), IN_SERVICE)

    only_row: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    mark: Mapped[int] = mapped_column(BigInteger)


class IndexGeneration(Base):
    """One OpenSearch index of the products, with what its documents were built by."""

    __tablename__ = "index_generations"
    __table_args__ = (
        # At most one live and one building.
        Index(
            "index_generations_one_live_one_building",
            "state",
            unique=True,
            postgresql_where=text("state IN ('live', 'building')"),
        ),
        IN_SERVICE,
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    index_name: Mapped[str] = mapped_column(unique=True)
    write_alias: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(GENERATION_STATE)
    builder_version: Mapped[int]
    normalizer_version: Mapped[str]
    landmark: Mapped[datetime]
    pivot: Mapped[float | None] = mapped_column(Double)
    half_life_days: Mapped[float] = mapped_column(Double)
    products_total: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    built_at: Mapped[datetime | None]
    live_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class RebuildPage(Base):
    """Products with after_id < id <= through_id, null is open; `written_at` null is still to do."""

    __tablename__ = "rebuild_pages"
    __table_args__ = IN_SERVICE

    # CASCADE: the plan of that generation.
    generation_id: Mapped[int] = mapped_column(
        ForeignKey(f"{SERVICE_SCHEMA}.index_generations.id", ondelete="CASCADE"), primary_key=True
    )
    page_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    after_id: Mapped[UUID | None]
    through_id: Mapped[UUID | None]
    written_version: Mapped[int | None] = mapped_column(BigInteger)
    documents: Mapped[int | None]
    bytes: Mapped[int | None] = mapped_column(BigInteger)
    written_at: Mapped[datetime | None]


class DeadLetter(Base):
    """A document that OpenSearch rejects, parked with its reason. No key to products: it outlives them."""

    __tablename__ = "dead_letters"
    __table_args__ = (UniqueConstraint("generation_id", "product_id"), IN_SERVICE)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    # CASCADE: a rejection by an index that is gone.
    generation_id: Mapped[int] = mapped_column(ForeignKey(f"{SERVICE_SCHEMA}.index_generations.id", ondelete="CASCADE"))
    product_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(BigInteger)
    error_type: Mapped[str]
    reason: Mapped[str]
    attempts: Mapped[int] = mapped_column(server_default=text("1"))
    created_at: Mapped[CreatedAt]


class IndexProof(Base):
    """One comparison of a whole generation with PostgreSQL; it was cut short while `finished_at` is null."""

    __tablename__ = "index_proofs"
    __table_args__ = (
        CheckConstraint(
            "num_nulls(finished_at, products, found, repaired, remaining, purged) IN (0, 6)", name="finished_is_whole"
        ),
        Index("idx_index_proofs_generation_id", "generation_id", "id"),
        IN_SERVICE,
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    # CASCADE: the proof of an index that is gone.
    generation_id: Mapped[int] = mapped_column(ForeignKey(f"{SERVICE_SCHEMA}.index_generations.id", ondelete="CASCADE"))
    # Drawn before `started_at`, as every smaller one was: what is that old is known without anybody's clock (I5).
    version: Mapped[int] = mapped_column(BigInteger)
    repairs: Mapped[bool]
    started_at: Mapped[CreatedAt]
    finished_at: Mapped[datetime | None]
    products: Mapped[int | None] = mapped_column(BigInteger)
    # Documents by cause, repaired or not.
    found: Mapped[dict[str, int] | None] = mapped_column(JSONB)
    repaired: Mapped[int | None] = mapped_column(BigInteger)
    remaining: Mapped[int | None] = mapped_column(BigInteger)
    purged: Mapped[int | None] = mapped_column(BigInteger)


class Job(Base):
    """A reindex, a comparison or a replay of dead letters that an admin asked for and a worker does."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("kind IN ('reindex', 'reconcile', 'replay')", name="kind_known"),
        Index(
            "jobs_one_active",
            "kind",
            unique=True,
            postgresql_where=text("state IN ('queued', 'running', 'checking')"),
        ),
        Index("idx_jobs_generation_id", "generation_id"),
        IN_SERVICE,
    )

    id: Mapped[UuidKey]
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(JOB_STATE, server_default=text("'queued'"))
    # SET NULL: the job's story is kept when its generation is pruned.
    generation_id: Mapped[int | None] = mapped_column(
        ForeignKey(f"{SERVICE_SCHEMA}.index_generations.id", ondelete="SET NULL")
    )
    done: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    total: Mapped[int | None] = mapped_column(BigInteger)
    rate_per_s: Mapped[float | None] = mapped_column(Double)
    reason: Mapped[str | None]
    cancel_requested: Mapped[bool] = mapped_column(server_default=text("false"))
    allow_dead_letters: Mapped[Count]
    repair: Mapped[bool] = mapped_column(server_default=text("false"))
    # What a comparison or a replay found.
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    worker: Mapped[str | None]
    heartbeat_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Heartbeat(Base):
    """One row that capture updates, so that its slot moves on while the shop's tables are quiet."""

    __tablename__ = "heartbeat"
    __table_args__ = (CheckConstraint("only_row", name="only_row"), IN_SERVICE)

    only_row: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    beat_at: Mapped[CreatedAt]


class FanoutJob(Base):
    """A change that touches many products, worked off by keyset pages in a low lane (I7)."""

    __tablename__ = "fanout_jobs"
    __table_args__ = (CheckConstraint("(kind = 'reconcile') = (key IS NULL)", name="key_fits_kind"), IN_SERVICE)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str] = mapped_column(FANOUT_KIND)
    # No foreign key: the brand, seller or category may be gone when its products are written.
    key: Mapped[UUID | None]
    # The transactions that must be visible to a page's snapshot (I4).
    xids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    # The last product id that is done; null at the start.
    cursor: Mapped[UUID | None]
    done: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    # Counted once, by the low lane.
    total: Mapped[int | None] = mapped_column(BigInteger)
    rate_per_s: Mapped[float | None] = mapped_column(Double)
    reason: Mapped[str | None]
    created_at: Mapped[CreatedAt]
