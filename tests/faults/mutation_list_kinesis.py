"""Mutations of the Kinesis transport."""

from tests.faults.mutation import FAULTS, INDEXING, Mutation

KINESIS_MUTATIONS: tuple[Mutation, ...] = (
    Mutation(
        "a stream's checkpoint moves before its batch is durable (I6)",
        "indexing/kinesis_source.py",
        """\
        if values:
            self._on_batch(values)
        for shard in shards:
            self._note(shard)
""",
        """\
        for shard in shards:
            self._note(shard)
        if values:
            self._on_batch(values)
""",
        f"{FAULTS}test_kinesis_faults.py::test_what_is_not_written_moves_no_checkpoint",
    ),
    Mutation(
        "a stream's checkpoint is moved by whoever once had the lease",
        "indexing/shard_leases.py",
        "AND token = %(token)s AND owner = %(owner)s\n            RETURNING shard\n",
        "\n            RETURNING shard\n",
        f"{INDEXING}test_shard_leases.py::test_a_consumer_that_lost_its_lease_moves_no_checkpoint",
    ),
    Mutation(
        "a stream's children are begun before their parents are finished",
        "indexing/shard_leases.py",
        " AND NOT parent.is_finished",
        " AND false",
        f"{FAULTS}test_kinesis_faults.py::test_shards_are_split_and_merged_while_they_are_read",
    ),
    Mutation(
        "what the stream refuses is not put again (I6)",
        "indexing/kinesis_sink.py",
        "            if not left:\n",
        "            if True:\n",
        f"{FAULTS}test_kinesis_faults.py::test_part_of_each_put_is_refused_and_only_that_is_put_again",
    ),
    Mutation(
        "records trimmed from the stream go unnoticed",
        "indexing/kinesis_source.py",
        "> self._stream.retention_s - _TRIM_MARGIN_S",
        "> 1e12",
        f"{FAULTS}test_kinesis_faults.py::test_records_are_trimmed_before_they_are_read",
    ),
    Mutation(
        "a new stream is trusted",
        "indexing/kinesis_source.py",
        "        if loss:\n",
        "        if False:\n",
        f"{FAULTS}test_kinesis_faults.py::test_the_stream_is_deleted_with_records_that_nobody_has_read",
    ),
    Mutation(
        "every consumer of the stream does the upkeep",
        "indexing/upkeep.py",
        "if not self._is_ours and try_lock(self._connection, Lock.UPKEEP):",
        "if not self._is_ours:",
        f"{FAULTS}test_kinesis_faults.py::test_a_consumer_is_killed_and_the_other_one_takes_over",
    ),
    Mutation(
        "a stream's tombstones are read as events",
        "indexing/kinesis_source.py",
        """ for record in records if record["Data"]]""",
        " for record in records]",
        f"{FAULTS}test_stock_debezium.py::test_a_stock_debezium_may_fill_the_stream",
    ),
)
