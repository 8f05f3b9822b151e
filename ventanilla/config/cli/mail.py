"""`ventanilla mail`: mail by a pipe, and what could not be read.

`ventanilla mail ingest --rcpt soporte@example.com < message.eml` is what a mail server's pipe or .forward calls: it
ends with 0 once the mail is safely kept.
"""

from __future__ import annotations

import argparse
import sys
import tempfile

from ventanilla.config.cli.output import Stop, answer
from ventanilla.config.cli.texts import text
from ventanilla.delivery import in_tray, reasons
from ventanilla.delivery.mail_room import NobodyHere, accept, find_home
from ventanilla.delivery.models import Incoming

_SPOOL_BYTES = 1024 * 1024


def run(arguments: argparse.Namespace) -> int:
    """Do what `action` says."""
    actions = {"ingest": _ingest, "quarantine": _quarantine, "rerun": _rerun}
    return actions[arguments.action](arguments)


def _ingest(arguments: argparse.Namespace) -> int:
    if not arguments.rcpt:
        raise Stop("no_recipient")
    with tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES) as raw:
        while chunk := sys.stdin.buffer.read(1 << 16):
            raw.write(chunk)
        if raw.tell() == 0:
            raise Stop("empty_mail")
        raw.seek(0)
        try:
            kept = accept(raw, recipients=arguments.rcpt, meta={"by": "pipe"})
        except NobodyHere as nobody:
            raise Stop("nobody_here", addresses=", ".join(arguments.rcpt)) from nobody
    answer(arguments.json, text("mail_kept", count=len(kept)), kept=[row.pk for row in kept])
    return 0


def _rows(arguments: argparse.Namespace) -> list[Incoming]:
    rows = Incoming.objects.filter(state=Incoming.State.QUARANTINED).select_related("inbox", "inbox__account")
    return list(rows.filter(pk__in=arguments.id) if arguments.id else rows.order_by("pk"))


def _quarantine(arguments: argparse.Namespace) -> int:
    rows = _rows(arguments)
    lines = [
        "\t".join(
            [
                str(row.pk),
                f"{row.received_at:%Y-%m-%d %H:%M}",
                str(row.inbox or "-"),
                reasons.words_of(row.reason),
                row.sender,
                row.subject,
            ]
        )
        for row in rows
    ]
    shown = [
        {
            "id": row.pk,
            "inbox": row.inbox_id,
            "received_at": row.received_at,
            "reason": row.reason,
            "sender": row.sender,
            "subject": row.subject,
        }
        for row in rows
    ]
    answer(arguments.json, "\n".join(lines) or text("mail_quarantine_empty"), quarantine=shown)
    return 0


def _rerun(arguments: argparse.Namespace) -> int:
    rows = _rows(arguments)
    for row in rows:
        find_home(row)
    read = sum(in_tray.run_again(row).state != Incoming.State.QUARANTINED for row in rows)
    answer(arguments.json, text("mail_rerun", read=read, count=len(rows)), read=read, count=len(rows))
    return 0
