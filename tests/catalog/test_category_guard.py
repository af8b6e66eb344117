"""Categories stay a tree whoever writes them, and an old slug leads to the new one."""

from concurrent.futures import ThreadPoolExecutor, wait

import psycopg
import pytest
from psycopg import IsolationLevel
from psycopg.rows import TupleRow

from catalog.queries import fetch_category_tree, fetch_slug_successor
from core.clients import connect_database
from core.settings import Settings
from core.types import CategoryId
from tests.catalog.factory import Shop

pytestmark = pytest.mark.live

Database = psycopg.Connection[TupleRow]
MOVE = "UPDATE categories SET parent_id = %s WHERE id = %s"


def test_a_category_cannot_be_moved_below_itself(shop: Shop, database: Database) -> None:
    top, bottom = shop.category("本"), shop.category("本 > 漫画 > 少年漫画")
    with pytest.raises(psycopg.errors.CheckViolation, match="its own ancestor") as refused:
        database.execute(MOVE, [bottom, top])
    assert refused.value.diag.constraint_name == "categories_no_cycle"
    database.execute(MOVE, [None, bottom])
    database.execute(MOVE, [bottom, top])


def test_one_statement_cannot_insert_a_cycle(database: Database) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="its own ancestor"):
        database.execute(
            "INSERT INTO categories (id, parent_id, name, slug) VALUES "
            "('00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0000-00000000000b', 'a', 'a'), "
            "('00000000-0000-0000-0000-00000000000b', '00000000-0000-0000-0000-00000000000a', 'b', 'b')"
        )


def test_one_statement_cannot_swap_two_into_a_cycle(shop: Shop, database: Database) -> None:
    one, other = shop.category("本"), shop.category("服")
    with pytest.raises(psycopg.errors.CheckViolation, match="its own ancestor"):
        database.execute(
            "UPDATE categories SET parent_id = CASE id WHEN %(one)s THEN %(other)s ELSE %(one)s END",
            {"one": one, "other": other},
        )


@pytest.mark.parametrize("level", [level for level in IsolationLevel if level != IsolationLevel.READ_UNCOMMITTED])
@pytest.mark.parametrize("second_starts", ["before the first move", "after it", "after its commit"])
def test_two_sessions_cannot_make_a_cycle_together(
    settings: Settings, shop: Shop, level: IsolationLevel, second_starts: str
) -> None:
    """One moves 本 below 服 > 靴, the other 服 below 本 > 漫画: no row is touched by both."""
    books, comics = shop.category("本"), shop.category("本 > 漫画")
    clothes, shoes = shop.category("服"), shop.category("服 > 靴")
    with (
        connect_database(settings) as first,
        connect_database(settings) as second,
        ThreadPoolExecutor(1) as thread,
    ):
        first.isolation_level = second.isolation_level = level
        if second_starts == "before the first move":
            second.execute("SELECT FROM categories").fetchall()
        first.execute(MOVE, [shoes, books])
        if second_starts == "after its commit":
            first.commit()
        meets = thread.submit(_move_and_commit, second, clothes, comics)
        wait([meets], timeout=0.2)  # until it is at the guard, or through if there were none
        first.commit()
        assert isinstance(meets.result(), psycopg.errors.CheckViolation | psycopg.errors.SerializationFailure)
    assert [category.name for category in fetch_category_tree(shop.database).path(books)] == ["服", "靴", "本"]


def _move_and_commit(connection: Database, category: CategoryId, below: CategoryId) -> psycopg.Error | None:
    try:
        connection.execute(MOVE, [below, category])
        connection.commit()
    except psycopg.Error as error:
        connection.rollback()
        return error
    return None


def test_changes_that_move_nothing_do_not_wait_for_each_other(settings: Settings, shop: Shop) -> None:
    books, clothes = shop.category("本"), shop.category("服")
    with connect_database(settings) as first, connect_database(settings) as second:
        first.execute("UPDATE categories SET sort_order = 1 WHERE id = %s", [books])
        second.execute("SET LOCAL lock_timeout = '1s'")
        second.execute("UPDATE categories SET sort_order = 1 WHERE id = %s", [clothes])
        second.execute("INSERT INTO categories (parent_id, name, slug) VALUES (%s, '靴', 'kutsu')", [clothes])


def test_an_old_slug_leads_to_the_newest_one(shop: Shop, database: Database) -> None:
    books = shop.category("本", slug="hon")
    rename = "UPDATE categories SET slug = %s WHERE id = %s"
    database.execute(rename, ["shoseki", books])
    database.execute(rename, ["books", books])
    assert fetch_slug_successor(database, "hon") == "books"
    assert fetch_slug_successor(database, "shoseki") == "books"
    assert fetch_slug_successor(database, "books") is None
    assert fetch_slug_successor(database, "ne\0ver") is None


def test_a_slug_in_use_again_leads_nowhere_else(shop: Shop, database: Database) -> None:
    books = shop.category("本", slug="hon")
    database.execute("UPDATE categories SET slug = 'books' WHERE id = %s", [books])
    shop.category("古本", slug="hon")
    assert fetch_slug_successor(database, "hon") is None
    database.execute("UPDATE categories SET slug = 'hon-2' WHERE name = '古本'")
    assert fetch_slug_successor(database, "hon") == "hon-2"


def test_a_chain_of_slugs_in_one_statement_keeps_only_what_is_free(shop: Shop, database: Database) -> None:
    """A: x -> y while B: y -> z: x is A's old slug, y is in use."""
    shop.category("B", slug="y")
    shop.category("A", slug="x")
    database.execute("UPDATE categories SET slug = CASE slug WHEN 'x' THEN 'y' ELSE 'z' END")
    assert fetch_slug_successor(database, "x") == "y"
    assert fetch_slug_successor(database, "y") is None
