"""A Kinesis stream for a test, with the processes at both ends, and what happens to it."""

import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from core.settings import Settings
from indexing.kinesis import create_kinesis
from indexing.registry import Connection
from indexing.slot import fetch_slot
from stack.ports import find_free_port, is_free
from tests.faults.processes import (
    PROJECT,
    start_capture,
    start_consumer,
    start_stock_debezium,
    wait_for,
    wait_until_released,
)

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient
    from mypy_boto3_kinesis.type_defs import RecordTypeDef, ShardTypeDef


class KinesisServer:
    """moto's, as a process."""

    def __init__(self, folder: Path) -> None:
        port = find_free_port(20_000, 30_000)
        self.url, self._faults = f"http://127.0.0.1:{port}", folder / "faults"
        command = [sys.executable, "-m", "tests.faults.kinesis_server", str(port), str(self._faults)]
        with (folder / "kinesis.log").open("wb") as log:
            self._process = subprocess.Popen(command, cwd=PROJECT, stdout=log, stderr=log)
        wait_for(lambda: not is_free(port))

    def refuse(self, share: float) -> None:
        """From now on each PutRecords refuses this share of its records."""
        self._faults.write_text(str(share))
        print(f"injected: each PutRecords refuses {share:.0%} of its records")

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


class StreamUnderTest:
    """The stream that `settings` name, and the processes that fill and read it."""

    def __init__(self, settings: Settings, database: Connection) -> None:
        self.settings, self._database = settings, database
        self.client: KinesisClient = create_kinesis(settings)
        self._name = settings.kinesis_stream
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.kill()
            process.wait()
        self.client.close()
        wait_until_released(self.settings)

    def run(self) -> "list[subprocess.Popen[bytes]]":
        """A capture and a consumer, as far as `capture` and `consume` bring them."""
        before = self.owners()
        self._processes += [start_capture(self.settings), start_consumer(self.settings)]
        wait_for(self._is_captured)
        wait_for(lambda: self.owners() - before)
        return self._processes[-2:]

    def capture(self) -> "subprocess.Popen[bytes]":
        """`tanaban sync capture`, running."""
        self._processes.append(start_capture(self.settings))
        wait_for(self._is_captured)
        return self._processes[-1]

    def capture_with_stock_debezium(self) -> None:
        """In place of `capture` (stock_debezium.py)."""
        self._processes.append(start_stock_debezium(self.settings))
        wait_for(self._is_captured)

    def consume(self) -> "subprocess.Popen[bytes]":
        """`tanaban sync run --from kinesis`, once it has its share of the shards."""
        before = self.owners()
        self._processes.append(start_consumer(self.settings))
        wait_for(lambda: self.owners() - before)
        return self._processes[-1]

    def _is_captured(self) -> bool:
        slot = fetch_slot(self._database, self.settings)
        return slot is not None and slot.is_active

    def owners(self) -> set[str]:
        """The consumers that hold a lease now."""
        sql = "SELECT DISTINCT owner FROM tanaban.stream_leases WHERE owner IS NOT NULL AND expires_at > now()"
        return {owner for (owner,) in self._database.execute(sql)}

    def checkpoints(self) -> dict[str, str]:
        """Of the shards that were read at all."""
        sql = "SELECT shard, checkpoint FROM tanaban.stream_leases WHERE checkpoint IS NOT NULL"
        return dict(self._database.execute(sql).fetchall())

    def finished(self) -> set[str]:
        sql = "SELECT shard FROM tanaban.stream_leases WHERE is_finished"
        return {shard for (shard,) in self._database.execute(sql)}

    def skip_unread(self) -> None:
        """As if all that is unread had been trimmed, a day after the consumer was last there."""
        for shard in self.shards():
            records = self._read_shard(shard)
            self._database.execute(
                "UPDATE tanaban.stream_leases SET checkpoint = %s, read_through_at = now() - interval '25 hours' "
                "WHERE shard = %s",
                [records[-1]["SequenceNumber"] if records else None, shard["ShardId"]],
            )

    def delete(self) -> None:
        self.client.delete_stream(StreamName=self._name)
        print("injected: the stream is deleted")

    def shards(self, is_open: bool = True) -> "list[ShardTypeDef]":
        """Open or closed ones."""
        found = self.client.list_shards(StreamName=self._name)["Shards"]
        return [it for it in found if is_open == ("EndingSequenceNumber" not in it["SequenceNumberRange"])]

    def read(self) -> "list[RecordTypeDef]":
        """All records that it has."""
        return [record for shard in self.shards(False) + self.shards() for record in self._read_shard(shard)]

    def _read_shard(self, shard: "ShardTypeDef") -> "list[RecordTypeDef]":
        first = self.client.get_shard_iterator(
            StreamName=self._name, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )
        return self.client.get_records(ShardIterator=first["ShardIterator"])["Records"]

    def put_again(self, chance: random.Random) -> int:
        """Every record once more, in another order, also those of one row. Returns how many."""
        records = self.read()
        chance.shuffle(records)
        for start in range(0, len(records), 500):
            self.client.put_records(
                StreamName=self._name,
                Records=[
                    {"Data": it["Data"], "PartitionKey": it["PartitionKey"]} for it in records[start : start + 500]
                ],
            )
        return len(records)

    def split(self) -> None:
        """The first open shard, in the middle."""
        shard = self.shards()[0]
        first, last = (int(shard["HashKeyRange"][name]) for name in ("StartingHashKey", "EndingHashKey"))
        self.client.split_shard(
            StreamName=self._name, ShardToSplit=shard["ShardId"], NewStartingHashKey=str((first + last) // 2)
        )
        print(f"injected: {shard['ShardId']} is split")

    def merge(self) -> None:
        """Two open shards that are neighbours."""
        by_start = sorted(self.shards(), key=lambda it: int(it["HashKeyRange"]["StartingHashKey"]))
        one, other = (it["ShardId"] for it in by_start[:2])
        self.client.merge_shards(StreamName=self._name, ShardToMerge=one, AdjacentShardToMerge=other)
        print(f"injected: {one} and {other} are merged")


@contextmanager
def kinesis_server(folder: Path) -> Iterator[KinesisServer]:
    server = KinesisServer(folder)
    try:
        yield server
    finally:
        server.stop()
