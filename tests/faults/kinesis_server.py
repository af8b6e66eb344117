"""moto's Kinesis as a process: `python -m tests.faults.kinesis_server PORT FAULTS`.

It is mended where AWS acts otherwise: a closed shard keeps its records, takes no more and has an end, records that are
put at the same time get numbers of their own, and MillisBehindLatest is the age of what was read. FAULTS is a file that
a test may write: the share of records that each PutRecords refuses, such as 0.4.
"""

import hashlib
import random
import sys
import threading
import time
from collections import OrderedDict
from pathlib import Path
from typing import Any

from moto.kinesis.models import KinesisBackend, Shard, Stream
from moto.kinesis.utils import decompose_shard_iterator
from moto.server import main

_ONE_AT_A_TIME = threading.Lock()
_REFUSED = {"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "Rate exceeded for shard"}

_split_shard, _merge_shards = Stream.split_shard, Stream.merge_shards
_put_records, _get_records = KinesisBackend.put_records, KinesisBackend.get_records


def split_shard(stream: Stream, shard_to_split: str, new_starting_hash_key: str) -> None:
    with _ONE_AT_A_TIME:
        _keep_records(stream, [shard_to_split], lambda: _split_shard(stream, shard_to_split, new_starting_hash_key))


def merge_shards(stream: Stream, shard_to_merge: str, adjacent_shard_to_merge: str) -> None:
    with _ONE_AT_A_TIME:
        parents = [shard_to_merge, adjacent_shard_to_merge]
        _keep_records(stream, parents, lambda: _merge_shards(stream, *parents))


def _keep_records(stream: Stream, parents: list[str], reshard: Any) -> None:
    kept = {id: stream.shards[id].records for id in parents}
    before = set(stream.shards)
    reshard()
    for id in stream.shards.keys() - before:
        stream.shards[id].records = OrderedDict()
    for id, records in kept.items():
        stream.shards[id].records = records


def get_shard_for_key(stream: Stream, partition_key: str, explicit_hash_key: str) -> Shard:  # noqa: ARG001
    key = int(hashlib.md5(partition_key.encode()).hexdigest(), 16)
    return next(it for it in stream.shards.values() if it.is_open and it.starting_hash <= key <= it.ending_hash)


def put_records(backend: KinesisBackend, stream_arn: Any, stream_name: Any, records: list[Any]) -> dict[str, Any]:
    share = float(FAULTS.read_text()) if FAULTS.exists() else 0.0
    with _ONE_AT_A_TIME:
        refused = [CHANCE.random() < share for _ in records]
        taken = [record for record, is_refused in zip(records, refused, strict=True) if not is_refused]
        answers = iter(_put_records(backend, stream_arn, stream_name, taken)["Records"])
    found = [_REFUSED if is_refused else next(answers) for is_refused in refused]
    return {"FailedRecordCount": sum(refused), "Records": found}


def get_records(backend: KinesisBackend, stream_arn: Any, shard_iterator: str, limit: Any) -> tuple[Any, Any, int]:
    stream_name, shard_id, _ = decompose_shard_iterator(shard_iterator)
    with _ONE_AT_A_TIME:
        shard: Shard = backend.describe_stream(stream_arn=stream_arn, stream_name=stream_name).get_shard(shard_id)
        iterator, records, _ = _get_records(backend, stream_arn, shard_iterator, limit)
        read = int(decompose_shard_iterator(iterator)[2])
        is_all = read >= shard.get_max_sequence_number()
        behind_s = 0.0 if is_all else time.time() - shard.records[read].created_at
    return None if is_all and not shard.is_open else iterator, records, int(behind_s * 1_000)


if __name__ == "__main__":
    FAULTS, CHANCE = Path(sys.argv[2]), random.Random(1)
    for owner, mended in (
        (Stream, split_shard),
        (Stream, merge_shards),
        (Stream, get_shard_for_key),
        (KinesisBackend, put_records),
        (KinesisBackend, get_records),
    ):
        setattr(owner, mended.__name__, mended)
    main(["--port", sys.argv[1]])
