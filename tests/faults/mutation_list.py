"""The invariants, each with a text that breaks it and the test that must fail then."""

from tests.faults.mutation import EVERY_EDIT, FAULTS, INDEXING, VISIBILITY, Mutation

MUTATIONS: tuple[Mutation, ...] = (
    Mutation(
        "acknowledge before the flush: what is only handed on (I6)",
        "indexing/capture.py",
        "            handle(join_values(records))\n",
        """\
            values = join_values(records)
            threading.Thread(target=handle, args=(values,), daemon=True).start()
""",
        f"{FAULTS}test_killed_sync.py::test_what_is_not_written_is_not_acknowledged",
    ),
    Mutation(
        "no version (I2)",
        "indexing/packing.py",
        """{"index":{"_id":"%s","version":%d,"version_type":"external_gte"}}\\n' % (id.encode(), version)\n""",
        """{"index":{"_id":"%s"}}\\n' % id.encode()\n""",
        f"{INDEXING}test_writer.py::test_a_late_old_write_does_not_overwrite_a_newer_one",
    ),
    Mutation(
        "a version drawn inside the snapshot's transaction (I2)",
        "indexing/pairs.py",
        """\
    version = _only(connection, "SELECT nextval('tanaban.index_version')")
    connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
""",
        """\
    connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
    version = _only(connection, "SELECT nextval('tanaban.index_version')")
""",
        f"{FAULTS}test_postgresql_crash.py",
    ),
    Mutation(
        "no lock around version and snapshot (I2)",
        "indexing/pairs.py",
        """    connection.execute("SELECT pg_advisory_lock(%s)", [Lock.PAIR])\n""",
        "",
        f"{INDEXING}test_pairs.py",
    ),
    Mutation(
        "targets read outside the snapshot (I3)",
        "indexing/pairs.py",
        """\
    connection.execute("SELECT pg_advisory_lock(%s)", [Lock.PAIR])
    version = _only(connection, "SELECT nextval('tanaban.index_version')")
    connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    snapshot = _only(connection, "SELECT pg_current_snapshot()::text")
    connection.execute("SELECT pg_advisory_unlock(%s)", [Lock.PAIR])
    targets = tuple(fetch_generations(connection, WRITTEN_STATES))
""",
        """\
    targets = tuple(fetch_generations(connection, WRITTEN_STATES))
    connection.execute("SELECT pg_advisory_lock(%s)", [Lock.PAIR])
    version = _only(connection, "SELECT nextval('tanaban.index_version')")
    connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    snapshot = _only(connection, "SELECT pg_current_snapshot()::text")
    connection.execute("SELECT pg_advisory_unlock(%s)", [Lock.PAIR])
""",
        f"{FAULTS}test_lanes.py::test_a_generation_opened_while_a_writer_waits_for_its_pair_is_a_target",
    ),
    Mutation(
        "a pair lives for ever (I2)",
        "indexing/pairs.py",
        "        if age_s > self.life_s:",
        "        if age_s > 1e9:",
        f"{INDEXING}test_writer.py::test_nothing_is_sent_once_the_pair_is_too_old",
    ),
    Mutation(
        "writes that may create an index (I3)",
        "indexing/writer.py",
        """            "require_alias": "true",\n""",
        "",
        f"{INDEXING}test_safe_cluster.py::test_a_write_to_a_pruned_generation_creates_nothing_even_where_auto_creation_was_allowed_again",
    ),
    Mutation(
        "the standby generation is not written (I8)",
        "indexing/registry.py",
        "WRITTEN_STATES = (State.BUILDING, State.LIVE, State.STANDBY)",
        "WRITTEN_STATES = (State.BUILDING, State.LIVE)",
        f"{FAULTS}test_poison.py::test_a_poison_product_is_parked_while_the_stream_goes_on",
    ),
    Mutation(
        "no visibility gate (I4)",
        "indexing/incremental.py",
        "                visible = _all_visible(connection, xids)\n",
        "                visible = True\n",
        f"{VISIBILITY}[alone]",
    ),
    Mutation(
        "the gate asks for one transaction of the batch (I4)",
        "indexing/incremental.py",
        "                visible = _all_visible(connection, xids)\n",
        "                visible = _all_visible(connection, xids[:1])\n",
        f"{VISIBILITY}[beside one that is visible]",
    ),
    Mutation(
        "announced commits are taken for visible ones, end to end (I4)",
        "indexing/changes.py",
        "            plan.xids.add(change.xid)",
        "            pass",
        f"{FAULTS}test_lost_servers_sync.py::test_a_commit_that_is_announced_long_before_it_is_visible",
    ),
    Mutation(
        "a fan-out does not wait for its rename (I4, I7)",
        "indexing/fanout_lane.py",
        "        self._writers.wait_until_visible(job.xids)\n",
        "",
        f"{FAULTS}test_lanes.py::test_a_page_of_a_fan_out_waits_for_the_rename_to_be_visible",
    ),
    Mutation(
        "no tombstone (I5)",
        "indexing/incremental.py",
        "    read = _Read(pair, ids, [built.get(text) or build_tombstone(text) for text in map(str, ids)])\n",
        """\
    ids = [id for id in ids if str(id) in built]
    read = _Read(pair, ids, [built[str(id)] for id in ids])
""",
        EVERY_EDIT,
    ),
    Mutation(
        "dropped without being parked (I6)",
        "indexing/incremental.py",
        "        dead_letters.park(self._connection, generation.id, read.pair.version, rejections)\n",
        "",
        f"{FAULTS}test_poison.py::test_a_poison_product_is_parked_while_the_stream_goes_on",
    ),
    Mutation(
        "parked for good",
        "indexing/incremental.py",
        "[id for id in read.ids if id not in rejected]",
        "[]",
        f"{FAULTS}test_poison.py::test_a_poison_product_is_parked_while_the_stream_goes_on",
    ),
    Mutation(
        "a rename is acknowledged without its job (I7)",
        "indexing/live_lane.py",
        "            fanout.store_fanouts(self._connection, plan.fanouts, xids)\n",
        "            pass\n",
        EVERY_EDIT,
    ),
    Mutation(
        "the cursor moves whoever moved it before (I7)",
        "indexing/fanout.py",
        "        WHERE id = %s AND cursor IS NOT DISTINCT FROM %s\n",
        "        WHERE id = %s AND (true OR cursor = %s)\n",
        f"{FAULTS}test_lanes.py::test_a_runner_that_was_paused_does_not_move_the_cursor_back",
    ),
    Mutation(
        "the cursor moves before its page is written (I7)",
        "indexing/fanout_lane.py",
        "        self._writers.write(ids)\n",
        """\
        if len(ids) == limit:
            fanout.move_cursor(self._connection, job, ids[-1], limit)
        self._writers.write(ids)
""",
        f"{FAULTS}test_killed_sync.py::test_killed_in_a_page_of_a_fan_out[page-half]",
    ),
    Mutation(
        "only the product that a child came to (map)",
        "indexing/changes.py",
        "for row in (change.before, change.after) if row is not None]",
        "for row in (change.after or change.before,) if row is not None]",
        EVERY_EDIT,
    ),
    Mutation(
        "a TRUNCATE means nothing (map)",
        "indexing/changes.py",
        "            plan.fanouts.add((Fanout.RECONCILE, None))\n",
        "            pass\n",
        EVERY_EDIT,
    ),
    Mutation(
        "a new slot is trusted (I3)",
        "indexing/upkeep.py",
        "    fanout.store_fanouts(connection, [(Fanout.RECONCILE, None)], [])\n",
        "    pass\n",
        f"{FAULTS}test_sync.py::test_a_slot_that_was_dropped_is_made_anew_and_the_index_compared",
    ),
    Mutation(
        "an invalidated slot is kept (I3)",
        "indexing/slot.py",
        "    if slot is not None and not slot.is_lost:",
        "    if slot is not None:",
        f"{FAULTS}test_lost_servers_sync.py::test_a_slot_that_is_invalidated_is_made_anew",
    ),
    Mutation(
        "a lost node goes unnoticed (I6)",
        "indexing/server_watch.py",
        "        if set(known_nodes) - fetch_node_runs(client):",
        "        if False:",
        f"{INDEXING}test_server_watch.py::test_a_node_that_was_known_and_is_gone_is_a_loss",
    ),
    Mutation(
        "a restore goes unnoticed (I2)",
        "indexing/lifecycle.py",
        "    if change:\n        past.jump_versions",
        "    if False:\n        past.jump_versions",
        f"{FAULTS}test_lost_servers_sync.py::test_postgresql_is_restored_to_an_earlier_point",
    ),
    Mutation(
        "an alias action without its epoch (I8)",
        "indexing/alias.py",
        """        {"remove": {"index": mark, "alias": f"{alias}.e{state.epoch}", "must_exist": True}},\n""",
        "",
        f"{INDEXING}test_lifecycle.py",
    ),
    Mutation(
        "a gate that looks and lets pass (I9)",
        "indexing/gate.py",
        "    if reasons:\n        raise GateRefused",
        "    if False:\n        raise GateRefused",
        f"{INDEXING}test_gate.py",
    ),
    Mutation(
        "a standby that cannot be written holds up the live one (I3)",
        "indexing/incremental.py",
        "key=lambda it: it.state is not State.LIVE)",
        "key=lambda it: it.state is State.LIVE)",
        f"{FAULTS}test_sync_ends.py::test_a_generation_that_nobody_searches_does_not_hold_up_the_one_that_is",
    ),
    Mutation(
        "an edited product stays old in Redis",
        "indexing/live_lane.py",
        "        self._caches.products_changed(plan.products.keys())\n",
        "",
        f"{FAULTS}test_sync_caches.py::test_an_edited_product_is_new_on_its_page[price]",
    ),
)
