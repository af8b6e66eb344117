"""Asks GET /v1/search as a storefront does: the text as it was typed, no filters, page after page by cursor."""

import http.client
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

import orjson

from core.errors import SearchDown

PER_PAGE = 100
POPULAR = "popular"
FAILED = "failed"
"""Stage of a text that the API answers with an error; one query that fails doesn't end a measurement."""

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

        Raises: SearchDown when the API does not answer.
        """
        skus: list[str] = []
        missing, stage = set(until), ""
        for body in self._walk(query):
            if body is None:
                return Answer(FAILED, ())
            stage = str(body["query"]["stage"])
            page = [hit["sku"] for hit in body["hits"]]
            skus += page
            missing.difference_update(page)
            if len(skus) >= hits_max or (until and not missing) or stage == POPULAR:
                break
        return Answer(stage, tuple(skus[:hits_max]))

    def _walk(self, query: str) -> Iterator[Any]:
        """Pages of hits until one is empty, or None for an error."""
        body = self._fetch({"q": query})
        while body and body["hits"]:
            yield body
            if not body["cursor"]:
                return
            body = self._fetch({"q": query, "cursor": body["cursor"]})
        yield body

    def _fetch(self, parameters: dict[str, str]) -> Any:
        """The body, None for an error."""
        target = f"/v1/search?{urlencode({**parameters, 'per_page': PER_PAGE, 'facets': 'none'})}"
        try:
            status, body = self._get(target)
        except (OSError, http.client.HTTPException) as error:
            raise SearchDown(f"{target} was not answered: {error!r}") from error
        return orjson.loads(body) if status == 200 else None

    def _get(self, target: str) -> tuple[int, bytes]:
        """Asks again once: the API closes a connection on which nobody asked for a few seconds."""
        try:
            return self._get_once(target)
        except ConnectionError:
            self._connection.close()
            return self._get_once(target)

    def _get_once(self, target: str) -> tuple[int, bytes]:
        self._connection.request("GET", target)
        response = self._connection.getresponse()
        return response.status, response.read()
