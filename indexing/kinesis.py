"""Kinesis as both ends of the stream see it: the client, the stream and its shards, errors in our words."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import boto3
import structlog
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, CredentialRetrievalError, NoCredentialsError

from core.errors import StreamDown, StreamGone, StreamRefused, TanabanError
from core.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient

log = structlog.get_logger("indexing.kinesis")

_REGION = "ap-northeast-1"
"""Tokyo, where the AWS environment names none."""

_PASSES = frozenset(
    {
        "ExpiredIteratorException",
        "InternalFailure",
        "KMSThrottlingException",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ResourceInUseException",
        "ServiceUnavailable",
        "ThrottlingException",
    }
)
"""Codes of refusals that end by themselves."""


@dataclass(frozen=True, slots=True)
class Stream:
    """What a consumer has to know of the stream."""

    name: str
    created_at: datetime
    """Tells a stream from one of the same name that was deleted."""
    retention_s: int


@dataclass(frozen=True, slots=True)
class Shard:
    id: str
    parents: tuple[str, ...]
    """One after a split, two after a merge; their records are the older ones."""


def create_kinesis(settings: Settings) -> "KinesisClient":
    """Credentials and region come from the usual AWS environment. No hidden retries: the callers decide."""
    session = boto3.Session()
    config = Config(connect_timeout=5, read_timeout=15, retries={"total_max_attempts": 1}, tcp_keepalive=True)
    with clear_stream_errors(settings):
        return session.client(
            "kinesis",
            region_name=session.region_name or _REGION,
            endpoint_url=settings.kinesis_url,
            config=config,
        )


@contextmanager
def clear_stream_errors(settings: Settings) -> Iterator[None]:
    """Turn boto3's errors into ours. Raises: StreamDown, StreamGone, StreamRefused."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise _explain(error, settings) from error


def _explain(error: BotoCoreError | ClientError, settings: Settings) -> TanabanError:
    if isinstance(error, NoCredentialsError | CredentialRetrievalError):
        return StreamRefused(
            f"{error}. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give this machine a role that may use the "
            f"stream {settings.kinesis_stream}."
        )
    if not isinstance(error, ClientError):
        return StreamDown(f"Kinesis does not answer: {error}. Is TANABAN_KINESIS_URL or the AWS region right?")
    code = error.response.get("Error", {}).get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code == "ResourceNotFoundException":
        return StreamGone(f"The stream {settings.kinesis_stream}, or a shard of it, is gone: {error}.")
    if code in _PASSES or status >= 500:
        return StreamDown(f"Kinesis cannot answer now: {error}. It is asked again.")
    return StreamRefused(f"{error}. Check the rights of this user, and the stream {settings.kinesis_stream}.")


def ensure_stream(client: "KinesisClient", settings: Settings) -> None:
    """Have the stream, made where there is none. Raises: StreamDown, StreamRefused."""
    name = settings.kinesis_stream
    with clear_stream_errors(settings):
        try:
            client.describe_stream_summary(StreamName=name)
        except client.exceptions.ResourceNotFoundException:
            client.create_stream(StreamName=name, ShardCount=settings.kinesis_shards)
            log.info("The stream is made", stream=name, shards=settings.kinesis_shards)
        client.get_waiter("stream_exists").wait(StreamName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})


def fetch_stream(client: "KinesisClient", settings: Settings) -> Stream:
    """Raises: StreamDown, StreamGone, StreamRefused."""
    with clear_stream_errors(settings):
        found = client.describe_stream_summary(StreamName=settings.kinesis_stream)["StreamDescriptionSummary"]
    return Stream(found["StreamName"], found["StreamCreationTimestamp"], found["RetentionPeriodHours"] * 3_600)


def fetch_shards(client: "KinesisClient", settings: Settings) -> list[Shard]:
    """Open ones, and closed ones whose records are not all trimmed. Raises: StreamDown, StreamGone, StreamRefused."""
    with clear_stream_errors(settings):
        pages = client.get_paginator("list_shards").paginate(StreamName=settings.kinesis_stream)
        found = [shard for page in pages for shard in page["Shards"]]
    return [
        Shard(
            shard["ShardId"],
            tuple(id for id in (shard.get("ParentShardId"), shard.get("AdjacentParentShardId")) if id),
        )
        for shard in found
    ]
