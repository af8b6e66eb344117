"""ESCI's Japanese part, from tiny files in its format."""

from io import BytesIO
from pathlib import Path
from typing import Any

import orjson
import pyarrow
import pyarrow.parquet
import pytest

from analyzers.reading import romaji_slug
from catalog.importer import import_catalog
from core.clients import connect_database, create_opensearch
from core.errors import InvalidParameter
from core.settings import Settings
from indexing.rebuild import rebuild
from relevance.esci import EXAMPLES, PRODUCTS, USEFUL_GAIN, read_esci_gains, read_esci_lines
from relevance.judging import ask_both
from relevance.kuromoji import plain_search
from relevance.shopper import Shopper
from tests.api.server import serve


def example(query: str, product_id: str, label: str, locale: str = "jp", split: str = "test") -> dict[str, Any]:
    return {
        "example_id": 1,
        "query": query,
        "query_id": 1,
        "product_id": product_id,
        "product_locale": locale,
        "esci_label": label,
        "small_version": 1,
        "large_version": 1,
        "split": split,
    }


def product(product_id: str, title: str | None, locale: str = "jp", **texts: str) -> dict[str, Any]:
    empty = dict.fromkeys(
        ("product_description", "product_bullet_point", "product_brand", "product_color"),
    )
    return {"product_id": product_id, "product_title": title, **empty, **texts, "product_locale": locale}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    examples = [
        example("折り畳み傘", "B01", "E"),
        example("折り畳み傘", "B02", "S"),
        example("折り畳み傘", "B03", "I"),
        example("スーツケース", "B04", "E"),
        example("傘", "B01", "E", split="train"),
        example("umbrella", "B05", "E", locale="us"),
    ]
    products = [
        product("B01", "折りたたみ傘 軽量", product_brand="雨宿り", product_color="黒"),
        product("B02", "長傘 ジャンプ式", product_description="<b>丈夫な</b>\n傘\u2028です"),
        product("B03", "レインブーツ", product_bullet_point="防水"),
        product("B04", "スーツケース 機内持ち込み"),
        product("B05", "Umbrella", locale="us"),
        product("B06", None),
    ]
    write(tmp_path / EXAMPLES, examples)
    write(tmp_path / PRODUCTS, products)
    return tmp_path


def write(file: Path, rows: list[dict[str, Any]]) -> None:
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), file)


def test_only_japanese_queries_of_the_test_split_are_judged(folder: Path) -> None:
    assert read_esci_gains(folder) == {"折り畳み傘": {"B01": 100, "B02": 10, "B03": 0}, "スーツケース": {"B04": 100}}


def test_products_become_lines_of_a_catalog_file(folder: Path) -> None:
    lines = {line["sku"]: line for line in read_esci_lines(folder)}

    assert list(lines) == ["B01", "B02", "B03", "B04"]
    assert lines["B01"]["brand"] == "雨宿り"
    assert lines["B01"]["attributes"] == {"色": ["黒"]}
    assert lines["B02"]["description"] == "丈夫な 傘 です"


def test_a_folder_without_the_files_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameter, match=EXAMPLES):
        read_esci_gains(tmp_path)


@pytest.mark.live
def test_both_systems_are_measured_on_it(settings: Settings, folder: Path) -> None:
    lines = b"".join(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in read_esci_lines(folder))
    with connect_database(settings, autocommit=True) as connection:
        assert import_catalog(connection, BytesIO(lines), slugify=romaji_slug).created == 4
    rebuild(settings)
    with (
        create_opensearch(settings) as opensearch,
        plain_search(opensearch, read_esci_lines(folder)) as plain,
        serve(settings) as client,
        Shopper(str(client.base_url)) as shopper,
    ):
        own, kuromoji = ask_both(shopper, plain, read_esci_gains(folder), USEFUL_GAIN).compare().summarize()

    assert own.queries == kuromoji.queries == 2
    assert own.ndcg10 > 0.5
    assert 0 < kuromoji.ndcg10 <= 1
    assert own.zero_hits == 0
