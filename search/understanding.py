"""Search text -> how it is read: words, what they exclude, prices, brands, categories, colours, sizes, synonyms. Pure.

What is recognised can be undone: the shopper names it in `literal`, and it is taken as written.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

from analyzers.synonyms import expand_synonyms
from analyzers.word import Word
from analyzers.words import read_words
from core.limits import QUERY_WORDS_MAX
from core.types import Yen
from search.price_words import PriceWord, find_price_words
from search.request import Filters, SearchRequest, Sort
from search.traits import Trait, find_traits
from search.vocabulary import SPAN_WORDS_MAX, Key, Name, Vocabulary, read_key

_EXCLUDED = re.compile(r"(?:^|(?<=\s))(?:[-‐−–](?![\s\d-])(?P<after>\S+)|(?P<before>[^\s-]\S*?)以外の?(?=\s|$))")
"""-ケース and ケース以外; not -5 (a temperature), nor the hyphen of a code."""

Span = tuple[Word, ...]
Found = tuple[tuple[Span, Name], ...]

_BLANK = "、"
"""A sign that parts words and is none; spaces would be collapsed."""


@dataclass(frozen=True, slots=True)
class Recognition:
    """`text` as it stands in the query, which is what `literal` takes to undo it; `label` in Japanese."""

    text: str
    label: str


@dataclass(frozen=True, slots=True)
class Understanding:
    """`request` has the filters and the order that the text asks for; its `text` is as it was typed."""

    request: SearchRequest
    given: Filters
    """The filters that the shopper chose, without those that the text asks for."""
    words: tuple[Word, ...]
    """All are needed; synonyms are among their alternatives."""
    excluded: tuple[Word, ...] = ()
    ignored: tuple[Word, ...] = ()
    """Words beyond `QUERY_WORDS_MAX`."""
    brand_ids: tuple[str, ...] = ()
    category_ids: tuple[str, ...] = ()
    """Products of these rank higher."""
    traits: tuple[Trait, ...] = ()
    """Colours and sizes: products that have them as a value of an attribute rank higher."""
    recognitions: tuple[Recognition, ...] = ()
    prices: tuple[PriceWord, ...] = ()
    named: frozenset[str] = frozenset()
    """Words that are a brand or category, or part of its name, as they stand in `words`."""

    @property
    def is_restricted(self) -> bool:
        """By filters, those that the text asks for too, or by what it excludes."""
        return self.request.filters != Filters() or bool(self.excluded)

    @property
    def finds_nothing(self) -> bool:
        """Only symbols: a text without a word, and without anything that was recognised."""
        return bool(self.request.text) and not (self.words or self.excluded or self.recognitions)


def understand(request: SearchRequest, vocabulary: Vocabulary) -> Understanding:
    return ask_with(read_text(request.text, request.literal, vocabulary), request)


def ask_with(reading: Understanding, request: SearchRequest) -> Understanding:
    """What `read_text` made of the request's text, with the filters and the order of that request."""
    return replace(reading, request=_with_prices(request, reading.prices), given=request.filters)


def read_text(text: str, literal: tuple[str, ...], vocabulary: Vocabulary) -> Understanding:
    """What is recognised is blanked in the text, so that the places of the rest stay what they are."""
    request, prices = SearchRequest(text, literal=literal), []
    for price in find_price_words(text):
        if text[price.start : price.end].strip() not in request.literal:
            prices.append(price)
            text = _blank(text, price.start, price.end)
    exclusions = [match for match in _EXCLUDED.finditer(text) if match[0].strip() not in request.literal]
    for match in exclusions:
        text = _blank(text, match.start(), match.end())
    words = read_words(text)
    kept, ignored = words[:QUERY_WORDS_MAX], words[QUERY_WORDS_MAX:]
    expanded = expand_synonyms(kept, vocabulary.synonyms)
    categories = tuple(_recognize(kept, vocabulary.categories, request))
    brands = tuple(_outside(categories, _recognize(kept, vocabulary.brands, request)))
    categories = categories or tuple(_recognize_synonyms(expanded, vocabulary.categories, request))
    named = frozenset(word.text for word in expanded if _is_in(word, (*brands, *categories)))
    traits = tuple(_recognize_traits(expanded, named, request))
    return Understanding(
        request=request,
        given=request.filters,
        prices=tuple(prices),
        words=expanded,
        excluded=tuple(chain.from_iterable(read_words(match["after"] or match["before"]) for match in exclusions)),
        ignored=ignored,
        brand_ids=_ids(brands),
        category_ids=_ids(categories),
        traits=traits,
        recognitions=(
            *(Recognition(request.text[each.start : each.end].strip(), _price_label(each)) for each in prices),
            *(Recognition(match[0].strip(), f"「{match['after'] or match['before']}」を除く") for match in exclusions),
            *(Recognition(_written(span, request), f"ブランド「{name.name}」を優先") for span, name in brands),
            *(Recognition(_written(span, request), f"カテゴリ「{name.name}」を優先") for span, name in categories),
            *(Recognition(_written(each.words, request), _trait_label(each, request)) for each in traits),
        ),
        named=named,
    )


def excludes(text: str) -> bool:
    """Whether a normalised text says what a product may not be called.

    >>> [excludes(text) for text in ("靴下 -子供用", "赤以外の 靴下", "wh-1000xm5", "-5度")]
    [True, True, False, False]
    """
    return bool(_EXCLUDED.search(text))


def _blank(text: str, start: int, end: int) -> str:
    return f"{text[:start]}{_BLANK * (end - start)}{text[end:]}"


def _recognize(words: Span, names: dict[Key, Name], request: SearchRequest) -> Iterator[tuple[Span, Name]]:
    """Spans that are a name, the longest first from the left; each word belongs to one name at most."""
    start = 0
    while start < len(words):
        for size in range(min(SPAN_WORDS_MAX, len(words) - start), 0, -1):
            span = words[start : start + size]
            name = names.get(read_key(span))
            if name is not None and _written(span, request) not in request.literal:
                yield span, name
                start += size
                break
        else:
            start += 1


def _outside(categories: Found, brands: Iterator[tuple[Span, Name]]) -> Iterator[tuple[Span, Name]]:
    """Brands that are no part of a category's name: VELTO is said ベルト, but ベルト are belts."""
    taken = {word for span, _ in categories for word in span}
    return (found for found in brands if not taken.issuperset(found[0]))


def _recognize_synonyms(words: Span, names: dict[Key, Name], request: SearchRequest) -> Iterator[tuple[Span, Name]]:
    """Words that are called otherwise here: スマホ, where the category is スマートフォン."""
    for word in words:
        targets = (tuple(part for part in each.parts if isinstance(part, Word)) for each in word.alternatives)
        name = next(filter(None, (names.get(read_key(target)) for target in targets)), None)
        if name is not None and _written((word,), request) not in request.literal:
            yield (word,), name


def _recognize_traits(words: Span, named: frozenset[str], request: SearchRequest) -> Iterator[Trait]:
    """ブラウン that is a brand here is no colour."""
    for trait in find_traits(words):
        is_named = any(word.text in named for word in trait.words)
        if not is_named and _written(trait.words, request) not in request.literal:
            yield trait


def _is_in(word: Word, found: Found) -> bool:
    """Whether a word is one of these names or shares a part of it: synonyms make one word of several."""
    return any(span[0].start < word.end and word.start < span[-1].end for span, _ in found)


def _written(span: Span, request: SearchRequest) -> str:
    return request.text[span[0].start : span[-1].end]


def _ids(found: Found) -> tuple[str, ...]:
    return tuple(dict.fromkeys(id for _, name in found for id in name.ids))


def _with_prices(request: SearchRequest, prices: tuple[PriceWord, ...]) -> SearchRequest:
    """A filter or an order that the shopper chose stands above the text's."""
    if not prices:
        return request
    filters, sort = request.filters, request.sort
    free = filters.price_min_yen is None and filters.price_max_yen is None
    for price in prices:
        if free and price.min_yen is not None:
            filters = replace(filters, price_min_yen=Yen(max(price.min_yen, filters.price_min_yen or 0)))
        if free and price.max_yen is not None:
            highest = price.max_yen if filters.price_max_yen is None else min(price.max_yen, filters.price_max_yen)
            filters = replace(filters, price_max_yen=highest)
        if price.cheap and sort is Sort.RELEVANCE:
            sort = Sort.PRICE_ASC
    return replace(request, filters=filters, sort=sort)


def _trait_label(trait: Trait, request: SearchRequest) -> str:
    return f"{trait.kind}「{_written(trait.words, request)}」を優先"


def _price_label(price: PriceWord) -> str:
    low, high = price.min_yen, price.max_yen
    if price.cheap:
        return "価格の安い順"
    if low is not None and high is not None:
        return f"{low:,}〜{high:,}円"
    if low is not None:
        return f"{low:,}円以上"
    return "価格は税込" if high is None else f"{high:,}円以下"
