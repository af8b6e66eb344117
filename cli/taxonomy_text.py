"""What `tanaban relevance taxonomy` has measured: as text, as JSON, and what of it is not good enough. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from relevance.scale import Outcome, format_outcomes, summarize_outcomes
from relevance.shopper import FAILED

UNDERSTANDING_MAX_MS = 1.5
"""p99 on one core, and `RSS_MAX_MB` of an API process with everything loaded: what the project sets itself."""
RSS_MAX_MB = 400.0


@dataclass(frozen=True, slots=True)
class Understood:
    """CPU time of reading a text, its normalising included, and what names it was taken for."""

    texts: int
    p50_ms: float
    p99_ms: float
    as_category: int
    """Names of categories that are recognised as just these; names of more than three words never are."""
    as_brand: tuple[str, ...]
    """Names of categories in which a brand is recognised: right only where the brand is called like a thing."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Part -> outcomes of Tanaban and of stock kuromoji; words of one kanji -> what they must not have found."""

    categories: int
    products: int
    outcomes: dict[str, tuple[list[Outcome], list[Outcome]]]
    part_words: int
    wrong_parts: dict[str, frozenset[str]]
    understood: Understood
    rss_mb: float

    def list_faults(self) -> list[str]:
        """Why this is not good enough; nothing when it is."""
        faults = [f"{word} finds {min(skus)} ({len(skus)} such)" for word, skus in self.wrong_parts.items()]
        if failed := [it.query for own, _ in self.outcomes.values() for it in own if it.stage == FAILED]:
            faults.append(f"{failed[0]} gets an error ({len(failed)} such)")
        if self.understood.p99_ms > UNDERSTANDING_MAX_MS:
            faults.append(f"understanding takes {self.understood.p99_ms:.2f} ms, more than {UNDERSTANDING_MAX_MS} ms")
        if self.rss_mb > RSS_MAX_MB:
            faults.append(f"the API holds {self.rss_mb:.0f} MB, more than {RSS_MAX_MB:.0f} MB")
        return faults


def describe_measured(measured: Measured, faults: Sequence[str]) -> str:
    understood, names = measured.understood, len(measured.outcomes["category"][0])
    missed = [it.query for it in measured.outcomes["category"][0] if it.rank is None]
    return "\n".join([
        f"{measured.products:,} products in {measured.categories:,} leaf categories",
        format_outcomes(measured.outcomes),
        f"  names without a product among the first ten: {len(missed)}{_list_some(missed)}",
        f"  names recognised as the category: {understood.as_category:,} of {names:,}",
        f"  names in which a brand is recognised: {len(understood.as_brand)}{_list_some(understood.as_brand)}",
        f"  words of one kanji that find parts of words: {len(measured.wrong_parts)} of {measured.part_words}",
        f"  understanding: {understood.p50_ms:.2f} ms median, {understood.p99_ms:.2f} ms p99 of {understood.texts:,}",
        f"  API process: {measured.rss_mb:.0f} MB",
        *faults,
    ])  # fmt: skip


def _list_some(names: Sequence[str]) -> str:
    """
    >>> _list_some(["鏡", "砂"]), _list_some([])
    (', such as 鏡, 砂', '')
    """
    return f", such as {', '.join(names[:10])}" if names else ""


def build_measured_json(measured: Measured, faults: Sequence[str]) -> dict[str, Any]:
    return {
        "categories": measured.categories,
        "products": measured.products,
        **{name: _build_part(own, plain) for name, (own, plain) in measured.outcomes.items()},
        "part_words": {"asked": measured.part_words, "wrong": _sort_skus(measured.wrong_parts)},
        "understanding": asdict(measured.understood),
        "rss_mb": measured.rss_mb,
        "faults": list(faults),
    }


def _build_part(own: Sequence[Outcome], plain: Sequence[Outcome]) -> dict[str, Any]:
    kuromoji = summarize_outcomes(plain)
    return {
        "tanaban": asdict(summarize_outcomes(own)),
        "kuromoji": {"first": kuromoji.first, "in_first_ten": kuromoji.in_first_ten, "zero_hits": kuromoji.zero_hits},
        "missed": [{"query": it.query, "stage": it.stage} for it in own if it.rank is None],
    }


def _sort_skus(found: Mapping[str, frozenset[str]]) -> dict[str, list[str]]:
    return {word: sorted(skus) for word, skus in found.items()}
