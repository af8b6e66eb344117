"""`explain` accounts for every score."""

import pytest

from tests.search.shop import product
from tests.search.workbench import META, Workbench

pytestmark = pytest.mark.live

ROWS = [
    product("ワイヤレスイヤホン", brand="ソニー", popularity=1e6),
    product("黒いイヤホン", category="本"),
    *(product(f"他の品 {n}", category="本") for n in range(9)),
]


def test_a_score_is_its_text_and_its_popularity(workbench: Workbench) -> None:
    with workbench.searcher(ROWS) as searcher:
        explanation = searcher.explain("ｲﾔﾎﾝ")
        scores = {hit.id: hit.score for hit in searcher.search("イヤホン").hits}

        assert explanation.stage == "strict"
        assert list(explanation.words) == ["イヤホン"]
        assert explanation.index == searcher.index
        assert explanation.total == len(explanation.hits) == 2
        for hit in explanation.hits:
            assert hit.score == pytest.approx(scores[hit.id])
            assert hit.score == pytest.approx(hit.text + hit.popularity)
            assert {"name_terms:イヤホン", "in_stock:T", "published_at"} <= {part.term for part in hit.parts}
            assert sum(part.score for part in hit.parts) == pytest.approx(hit.text)


def test_the_popularity_share_is_saturation_by_the_pivot_of_now(workbench: Workbench) -> None:
    with workbench.searcher(ROWS) as searcher:
        explanation = searcher.explain("ワイヤレスイヤホン")
        (hit,) = explanation.hits

        pivot, boost = explanation.pivot, searcher.settings.popularity_boost
        assert pivot is not None
        assert pivot > META["pivot"]
        assert hit.popularity == pytest.approx(boost * 1e6 / (1e6 + pivot), rel=0.01)


def test_without_a_pivot_popularity_scores_nothing(workbench: Workbench) -> None:
    with workbench.searcher(ROWS, meta=META | {"pivot": None}) as searcher:
        explanation = searcher.explain("イヤホン")

        assert explanation.pivot is None
        assert [hit.popularity for hit in explanation.hits] == [0, 0]
