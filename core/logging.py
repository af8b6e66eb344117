"""JSON logs, one object a line, with the request id of whatever is being served."""

import json
import logging
import sys
from contextlib import suppress
from typing import Any, TextIO

import orjson
import structlog

from core.settings import Settings

_QUIET = {
    "urllib3": logging.WARNING,
    "aiohttp.access": logging.WARNING,
    "botocore": logging.WARNING,
    "opensearch": logging.ERROR,
}
"""opensearch logs each failed request with its traceback and then raises it: whoever catches it would log it twice."""


def configure_logging(settings: Settings, stream: TextIO | None = None) -> None:
    """Send our logs and the standard library's (uvicorn, opensearchpy) to one JSON stream; default stderr.

    `structlog.contextvars.bind_contextvars(request_id=...)` adds a field to all lines of one request. Our own lines
    do not pass through the standard library, which would make an access line three times as dear.
    """
    out = stream or sys.stderr
    enrich: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        structlog.processors.format_exc_info,
    ]
    render = structlog.processors.JSONRenderer(_to_json)
    level = logging.getLevelNamesMapping()[settings.log_level]
    structlog.configure(
        processors=[*enrich, render],
        logger_factory=lambda *names: _Lines(out, *names),
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=enrich,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(least)


class _Lines:
    """Writes each finished line at once, so that lines of several threads stay whole; one that nobody can read any
    more is dropped, as the standard library does, because a full disk or a closed pipe must not stop the work."""

    def __init__(self, out: TextIO, name: str = "tanaban") -> None:
        self._out = out
        self.name = name

    def msg(self, line: str) -> None:
        with suppress(OSError, ValueError):
            self._out.write(f"{line}\n")
            self._out.flush()

    debug = info = warning = error = critical = msg


def _to_json(fields: Any, **options: Any) -> str:
    try:
        return orjson.dumps(fields, default=options["default"]).decode()
    except TypeError:  # a lone surrogate or a huge number, which JSON may hold but orjson refuses
        return json.dumps(fields, **options)
