"""From the tray: pictures that were given as an address."""

from __future__ import annotations

import io
from datetime import timedelta

import structlog
from django.db import connection, transaction

from ventanilla.accounts.avatars import MAX_AVATAR_BYTES
from ventanilla.contacts.commands.contacts import give_up_avatar, postpone_avatar, set_downloaded_avatar
from ventanilla.contacts.models import AvatarDownload
from ventanilla.events import wakeup
from ventanilla.kit import row_by_row, safe_http
from ventanilla.kit.clock import now, over
from ventanilla.kit.errors import Refusal

log = structlog.get_logger("contacts")

_CLAIM = timedelta(minutes=2)
_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 10, 60))


@wakeup.rung_by(every_seconds=5.0)
def fetch_avatars() -> int:
    """Fetch pictures that are due; how many were tried. A tray of the worker."""
    downloads = _claim()
    row_by_row.each(downloads, _fetch, where="contacts.fetch_avatars", failed=_again_or_never)
    return len(downloads)


def _fetch(download: AvatarDownload) -> None:
    try:
        answer = safe_http.fetch("GET", download.url, max_bytes=MAX_AVATAR_BYTES, timeout_seconds=10)
        if not answer.is_success:
            give_up_avatar(download)
            return
        set_downloaded_avatar(download, content=io.BytesIO(answer.content))
    except safe_http.FetchFailed:
        _again_or_never(download)
    except Refusal as refusal:
        log.info("avatar.refused", contact=download.contact_id, reason=refusal.code)
        give_up_avatar(download)


def _again_or_never(download: AvatarDownload) -> None:
    """It was put off when it was claimed."""
    if download.attempts > len(_PAUSES):
        give_up_avatar(download)


@transaction.atomic
def _claim() -> list[AvatarDownload]:
    """Take what is due and put it off, so that it is tried again if no one comes back from fetching it."""
    due = over("due_at", longest=max(_CLAIM, *_PAUSES))
    rows = AvatarDownload.objects.select_related("contact").filter(due).order_by("due_at")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    downloads = list(rows[:20])
    for download in downloads:
        pause = _PAUSES[min(download.attempts, len(_PAUSES) - 1)]
        postpone_avatar(download, until=now() + max(pause, _CLAIM))
        download.attempts += 1
    return downloads
