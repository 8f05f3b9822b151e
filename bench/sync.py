"""The first sync of a mailbox with 20,000 mails: mails fetched, kept and read per second, and memory as it continues.

    python -m bench.sync [MAILS]

Needs Dovecot and root. Memory is that of the process that fetches and reads, its server apart.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

STEPS = 10

_folder = tempfile.TemporaryDirectory(prefix="ventanilla-bench-")
os.environ["VENTANILLA_DATA"] = _folder.name
os.environ["VENTANILLA_ALLOW_PRIVATE_ADDRESSES"] = "1"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ventanilla.config.settings")


def memory() -> float:
    """Megabytes of its own that this process has in use now, without the pages of mapped files (Linux)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024


def fill(folder: Path, mails: int) -> None:
    """Write the mailbox by hand: a server takes minutes for what is a file each."""
    from bench.mail import a_mail

    new = folder / "new"
    for place in (new, folder / "cur", folder / "tmp"):
        place.mkdir(parents=True, exist_ok=True)
    owner = (folder.stat().st_uid, folder.stat().st_gid)
    for number in range(mails):
        path = new / f"{1_700_000_000 + number}.{number}.bench"
        path.write_bytes(a_mail(number))
        os.chown(path, *owner)
    for place in (new, folder / "cur", folder / "tmp"):
        os.chown(place, *owner)


def main(mails: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from ventanilla.accounts.commands.accounts import create_account
    from ventanilla.conversations.models import Message
    from ventanilla.delivery import in_tray, pulling
    from ventanilla.inboxes.commands.inboxes import create_inbox
    from ventanilla.testing.mailbox import PASSWORD, USER, running_dovecot, why_not

    if reason := why_not():
        sys.exit(reason)
    with running_dovecot("bench") as server:
        fill(server.folder / "mail", mails)
        channel = {
            "type": "email", "email": "soporte@acme.example", "imap_enabled": True, "imap_address": "127.0.0.1",
            "imap_port": server.port, "imap_login": USER, "imap_password": PASSWORD, "imap_enable_ssl": False,
            "imap_import": "all",
        }  # fmt: skip
        inbox = create_inbox(
            create_account("Bench", locale="es", by=None), name="Soporte", channel=channel, by=None
        )
        step = max(1, mails // STEPS)
        done, begin = 0, time.monotonic()

        def read_meanwhile() -> bool:
            nonlocal done
            done += 1
            if done % 50 == 0:
                in_tray.read_due()
            if done % step == 0:
                print(
                    f"{done:>6} fetched: {memory():.0f} MB, {done / (time.monotonic() - begin):.0f} mails a second"
                )
            return False

        print(f"     0 fetched: {memory():.0f} MB")
        pulling.pull(inbox, must_stop=read_meanwhile)
        while in_tray.read_due():
            pass
        stored = Message.objects.filter(content_type="incoming_email").count()
        print(f"{stored} of {mails} stored in {time.monotonic() - begin:.0f} s, {memory():.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
