"""Asks GET /v1/search as a storefront does: the text as it was typed, no filters, page after page by cursor."""

import http.client
from collections.abc import Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

import orjson

from core.errors import SearchDown

PER_PAGE = 100
POPULAR = "popular"
REFUSED = "refused"
"""Stage of a text that the API answers with a 400, such as one that is too long."""

TIMEOUT_S = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """Skus in order of rank. `stage` is the rung of the zero-hit ladder that gave them."""

    stage: str
    skus: tuple[str, ...]

    @property
    def matches(self) -> tuple[str, ...]:
        """Nothing where the answer says that it shows what sells instead."""
        return () if self.stage == POPULAR else self.skus


class Shopper:
    """One connection to the API at `url` (http://host:port)."""

    def __init__(self, url: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=TIMEOUT_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._connection.close()

    def search(self, query: str, hits_max: int, until: Iterable[str] = ()) -> Answer:
        """The first `hits_max` hits, or fewer: a walk ends early when it has met every sku of `until`.

        Raises: SearchDown for an answer that is neither a 200 nor a 400.
        """
        skus: list[str] = []
        missing = set(until)
        body = self._fetch({"q": query})
        if body is None:
            return Answer(REFUSED, ())
        stage = str(body["query"]["stage"])
        while True:
            page = [hit["sku"] for hit in body["hits"]]
            skus += page
            missing.difference_update(page)
            if not page or not body["cursor"] or len(skus) >= hits_max or (until and not missing) or stage == POPULAR:
                return Answer(stage, tuple(skus[:hits_max]))
            body = self._fetch({"q": query, "cursor": body["cursor"]})

    def _fetch(self, parameters: dict[str, str]) -> Any:
        """The body, None for a 400."""
        target = f"/v1/search?{urlencode({**parameters, 'per_page': PER_PAGE, 'facets': 'none'})}"
        self._connection.request("GET", target)
        response = self._connection.getresponse()
        body = response.read()
        if response.status == 400:
            return None
        if response.status != 200:
            raise SearchDown(f"{target} answered {response.status}: {body[:300].decode(errors='replace')}")
        return orjson.loads(body)
