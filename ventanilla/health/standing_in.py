"""What a web process does when no worker gives a sign of life: nobody else could tell that."""

from __future__ import annotations

import threading

import structlog
from django.db import connections

from ventanilla.accounts.jobs import send_system_mail
from ventanilla.delivery.out_tray import send_account_webhooks
from ventanilla.events import timed
from ventanilla.health import jobs

log = structlog.get_logger("health")
_thread: threading.Thread | None = None


def stand_in() -> None:
    """Look, tell, and send what tells it; on a thread of its own, one at a time, for a mail server may be slow.

    Claims keep it from doing what a worker that comes back does too. Nothing for customers is sent here.
    """
    global _thread
    if _thread is None or not _thread.is_alive():
        _thread = threading.Thread(target=_run, name="stand-in", daemon=True)
        _thread.start()


def _run() -> None:
    try:
        tell()
    except Exception:
        log.exception("health.stand_in_failed")
    finally:
        connections.close_all()


def tell() -> None:
    """One round of it."""
    timed.run_due([timed.REGISTRY[jobs.WATCH]])
    send_system_mail()
    send_account_webhooks()
