"""Did you mean: a text that was found by other spellings, spelt as the products found spell it. Pure."""

from collections.abc import Sequence

from analyzers.mark import find_spelling
from analyzers.normalizer import normalize_text
from search.ladder import Rung, Stage
from search.understanding import Understanding

_BENT = frozenset({Stage.LOOKALIKE, Stage.TYPO})


def suggest_spelling(understanding: Understanding, rung: Rung, names: Sequence[str]) -> str | None:
    """The text with each misspelt word as the first of `names` that has it; None when no name spells one otherwise.

    A word that some name has as it was typed stays.
    """
    if rung.stage not in _BENT:
        return None
    text = understanding.request.text
    for strict, bent in reversed(list(zip(understanding.words, rung.words, strict=True))):
        if strict != bent and not any(find_spelling(name, strict) for name in names):
            spelling = next(filter(None, (find_spelling(name, bent) for name in names)), None)
            if spelling is not None:
                text = f"{text[: bent.start]}{normalize_text(spelling)}{text[bent.end :]}"
    return text if text != understanding.request.text else None
