"""Structured logs: one JSON object per line for machines, aligned colours for a terminal. Always on the error stream."""

from __future__ import annotations

import logging
import sys

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from ventanilla.kit.faults import fault_of, note_fault
from ventanilla.kit.masking import masked_values

_process = ""


def _name_the_process(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    if _process:
        event["process"] = _process
    return event


# Without the values of local variables: they hold customers' words and secrets.
_tracebacks = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)

_SHARED: list[Processor] = [
    _name_the_process,
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def _without_keys(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    return {key: masked_values(value) if key not in _AS_IS else value for key, value in event.items()}


_AS_IS = frozenset({"logger", "level", "timestamp", "process"})
_FROM_STRANGERS = ("Invalid HTTP request", "opening handshake", "connection rejected", "Unsupported upgrade")


def _is_passing(record: logging.LogRecord) -> bool:
    """Whether it tells, with a trace, of a fault that passes by itself: kit.faults says that in one line a minute."""
    said = record.msg if isinstance(record.msg, dict) else {}
    given = said.get("exc_info") or record.exc_info
    error = given if isinstance(given, BaseException) else given[1] if isinstance(given, tuple) else None
    if given is True:
        error = sys.exc_info()[1]
    fault = fault_of(error)
    if fault is not None and error is not None:
        note_fault(fault, error, where=str(said.get("event") or record.name))
    return fault is not None


class _Proportion(logging.Filter):
    """What a stranger can cause by sending nonsense is information; what passes is said by kit.faults, once a minute."""

    def filter(self, record: logging.LogRecord) -> bool:
        status = getattr(record, "status_code", None)
        if record.name == "django.request" and status == 503:
            return False
        if (
            (record.name == "django.request" and status is not None and status < 500)
            or record.name.startswith("django.security")
            or (record.name == "uvicorn.error" and record.getMessage().startswith(_FROM_STRANGERS))
        ):
            record.levelno, record.levelname = logging.INFO, "INFO"
        record.__dict__.pop("request", None)  # its repr repeats the address
        if _is_passing(record):
            return False
        return record.levelno >= logging.getLogger().level


def configure(*, level: str = "info", style: str = "auto", process: str = "") -> None:
    """Send every logger, ours and the libraries', through one formatter.

    `style` is json, console or auto (console on a terminal). `process` names this process on each line.
    """
    global _process
    _process = process
    console = style == "console" or (style == "auto" and sys.stderr.isatty())
    renderer: list[Processor] = (
        [structlog.processors.format_exc_info, _without_keys, structlog.dev.ConsoleRenderer()]
        if console
        else [_tracebacks, _without_keys, structlog.processors.JSONRenderer(ensure_ascii=False)]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_Proportion())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for noisy in ("httpx", "httpcore", "uvicorn.error", "mail.log"):
        logging.getLogger(noisy).setLevel(max(root.level, logging.WARNING))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
