"""Did you mean: the spelling that the products found have."""

import pytest

from search.ladder import Stage, build_rungs
from search.request import SearchRequest
from search.suggestion import suggest_spelling
from search.understanding import understand
from tests.search.workbench import VOCABULARY


def suggest(text: str, stage: Stage, *names: str) -> str | None:
    understanding = understand(SearchRequest(text), VOCABULARY)
    rung = next(rung for rung in build_rungs(understanding) if rung.stage is stage)
    return suggest_spelling(understanding, rung, names)


@pytest.mark.parametrize(
    ("text", "stage", "name", "suggestion"),
    [
        ("kutsushita", Stage.LOOKALIKE, "靴下 メンズ 5足組", "靴下"),
        ("メンズ kutsushita", Stage.LOOKALIKE, "靴下 メンズ 5足組", "メンズ 靴下"),
        ("コードレヌ 掃除機", Stage.TYPO, "コードレス掃除機 軽量", "コードレス 掃除機"),
        ("ネクッレス", Stage.TYPO, "パール ネックレス", "ネックレス"),
    ],
)
def test_a_misspelt_word_is_spelt_as_the_hits_have_it(text: str, stage: Stage, name: str, suggestion: str) -> None:
    assert suggest(text, stage, name) == suggestion


def test_names_that_have_the_word_otherwise_suggest_nothing() -> None:
    assert suggest("ネクッレス", Stage.TYPO, "指輪 シルバー") is None
    assert suggest("ネクッレス", Stage.TYPO) is None


def test_only_other_spellings_suggest_one() -> None:
    assert suggest("ネクッレス 指輪", Stage.PARTIAL, "パール ネックレス") is None
