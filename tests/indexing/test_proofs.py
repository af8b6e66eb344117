"""What a proof found is remembered, and the next one is due."""

import pytest

from core.errors import Cancelled
from core.settings import Settings
from core.types import ProductId
from indexing import proof
from indexing.proof import fetch_last_proof, is_proof_due, prove_served
from indexing.rebuild import rebuild
from indexing.registry import Connection, Generation
from tests.indexing.proving import look, rename, repair

pytestmark = [pytest.mark.live, pytest.mark.usefixtures("impatient")]


def test_a_proof_is_remembered(
    small: Settings, database: Connection, live: Generation, stocked: list[ProductId]
) -> None:
    before = fetch_last_proof(database, live.id)
    rename(database, *stocked[:3])
    database.execute("DELETE FROM products WHERE id = %s", [stocked[3]])
    look(small)
    assert fetch_last_proof(database, live.id) == proof.LastProof(4, before.clean_at, before.clean_products)
    repair(small)
    (last,) = database.execute(
        "SELECT products, found, repaired, remaining, repairs FROM tanaban.index_proofs ORDER BY id DESC LIMIT 1"
    ).fetchall()
    assert last == (11, {"stale": 3, "ghost": 1}, 4, 0, True)
    found = fetch_last_proof(database, live.id)
    assert (found.remaining, found.clean_products) == (0, 11)
    assert before.clean_at is not None
    assert found.clean_at is not None
    assert found.clean_at > before.clean_at


def test_a_proof_that_is_stopped_is_none(
    small: Settings, database: Connection, live: Generation, stocked: list[ProductId]
) -> None:
    before = fetch_last_proof(database, live.id)
    rename(database, stocked[0])
    with pytest.raises(Cancelled):
        prove_served(small, repair=False, should_stop=lambda: True)
    assert fetch_last_proof(database, live.id) == before


def test_a_proof_is_due_after_its_time_and_the_gate_is_one(small: Settings, database: Connection) -> None:
    assert not is_proof_due(database, 1), "nothing is served yet"
    live = rebuild(small).generation
    assert fetch_last_proof(database, live.id).clean_at
    assert not is_proof_due(database, 3_600)
    database.execute("UPDATE tanaban.index_proofs SET finished_at = finished_at - interval '61 minutes'")
    assert is_proof_due(database, 3_600)
    assert not is_proof_due(database, 0), "0 is never"
    look(small)
    assert is_proof_due(database, 3_600), "one that repairs nothing does not put it off"
    repair(small)
    assert not is_proof_due(database, 3_600)
