"""JSON logs, one object a line, with the request id of whatever is being served."""

import logging
import sys
from typing import TextIO

import structlog

from core.settings import Settings


def configure_logging(settings: Settings, stream: TextIO | None = None) -> None:
    """Send our logs and the standard library's (uvicorn, opensearchpy) to one JSON stream; default stderr.

    `structlog.contextvars.bind_contextvars(request_id=...)` adds a field to all lines of one request.
    """
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=settings.log_level, force=True)
    for noisy in ("urllib3", "aiohttp.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # It logs each failed request with its traceback and then raises it, so whoever catches it would log it twice.
    logging.getLogger("opensearch").setLevel(logging.ERROR)
