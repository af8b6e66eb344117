"""OpenSearch's failures in our own terms. Pure but for the metric."""

from typing import Any

import opensearchpy

from core.errors import BadCursor, BadRequest, SearchDown, TanabanError
from core.metrics import DEPENDENCY_FAILURES


def search_down(reason: str) -> SearchDown:
    """Counted as one answer that could not be given."""
    DEPENDENCY_FAILURES.labels("opensearch").inc()
    return SearchDown(f"OpenSearch {reason}. Is it running? `tanaban doctor` says more.")


def translate_failure(error: opensearchpy.OpenSearchException, with_cursor: bool) -> TanabanError:
    """A refused body is the caller's, whose text or cursor is in it; anything else is the server's."""
    match error:
        case opensearchpy.ConnectionError():
            return search_down(f"does not answer ({error.error})")
        case opensearchpy.RequestError() if with_cursor:
            return BadCursor("cursor: OpenSearch cannot go on from it; start again without `cursor`")
        case opensearchpy.RequestError():
            return BadRequest(f"OpenSearch refuses this search ({error.error}); make it simpler")
        case opensearchpy.TransportError():
            return search_down(f"answers {error.status_code} ({error.error})")
    return search_down(f"gives an answer that cannot be read ({error})")


def check_complete(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer, if it is one over all documents: counts of a part would be wrong (I10).

    Raises: SearchDown; NotFoundError where one search of an `_msearch` finds no index.
    """
    if "error" in answer:
        kind = answer["error"]["type"]
        if answer["status"] == 404:
            raise opensearchpy.NotFoundError(404, kind, answer)
        raise search_down(f"answers {answer['status']} ({kind})")
    if answer["timed_out"]:
        raise search_down("took longer than TANABAN_SEARCH_TIMEOUT_MS")
    return answer
