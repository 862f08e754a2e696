"""Logging: our events and those of the libraries in one stream and one form, without secrets."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from typing import Any, Literal

import structlog

HIDDEN = "[hidden]"
_QUIET = {
    "discord": logging.INFO,
    "aiosqlite": logging.INFO,
    "asyncio": logging.INFO,
    "alembic": logging.WARNING,
}
"""Libraries never log below these: at DEBUG discord.py writes out what members say."""


class _Hiding(structlog.stdlib.ProcessorFormatter):
    """Takes the secrets out of the finished line, wherever in it they stand."""

    secrets: tuple[str, ...] = ()

    def format(self, record: logging.LogRecord) -> str:
        """The line without the secrets."""
        line = super().format(record)
        for secret in self.secrets:
            line = line.replace(secret, HIDDEN)
        return line


SHORTEST_SECRET = 8
"""Anything shorter is no token, and hiding it would eat letters out of every word."""


def set_up_logging(level: str, form: Literal["console", "json"], secrets: Sequence[str]) -> None:
    """Log to stderr from `level` up. `secrets` never appear, not even inside a traceback.

    Tracebacks are logged without the values of variables: those may be what a member wrote.
    """
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    formatter = _Hiding(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering(form)],
    )
    formatter.secrets = tuple(secret for secret in secrets if len(secret) >= SHORTEST_SECRET)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(max(least, root.level))


def _rendering(form: Literal["console", "json"]) -> list[Any]:
    if form == "json":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    colors = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    return [structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=structlog.dev.plain_traceback)]
