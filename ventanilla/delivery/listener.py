"""Keeps our own SMTP listener running where the settings ask for it (VENTANILLA_MAIL_LISTEN). The server itself is
delivery.receiver, which comes with its library where it is wanted: most installations have none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from django.conf import settings

from ventanilla.delivery.certificates import certificate_of_settings
from ventanilla.events import wakeup

if TYPE_CHECKING:
    from ventanilla.delivery.receiver import Listener

log = structlog.get_logger("delivery.listener")

_running: Listener | None = None


@wakeup.rung_by(every_seconds=5.0)
def keep_listening() -> int:
    """See to it that this worker listens, when the settings ask for it. A tray of the worker; always 0."""
    global _running
    if _running is None and settings.MAIL_LISTEN:
        from ventanilla.delivery.receiver import make_listener

        listener = make_listener(settings.MAIL_LISTEN, certificate=certificate_of_settings())
        try:
            listener.start()
        except OSError:  # another worker of this machine has the port: one is enough
            return 0
        _running = listener
        log.info("listener.started", address=settings.MAIL_LISTEN)
    return 0


def stop_listening() -> None:
    """Close the port."""
    global _running
    if _running is not None:
        _running.stop()
        _running = None
