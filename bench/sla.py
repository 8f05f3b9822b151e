"""What a tick of the service levels costs with many running clocks of which few are due.

.venv/bin/python -m bench.sla [clocks]
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from datetime import timedelta

DUE = 100


def main() -> None:
    """Lay out an account with so many running clocks, and measure ticks with nothing, with few and with many due."""
    folder = tempfile.mkdtemp()
    os.environ["VENTANILLA_DATA"] = folder
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ventanilla.config.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    _measure(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)


def _measure(clocks: int) -> None:
    from ventanilla.service_levels.jobs import tick
    from ventanilla.service_levels.models import AppliedSla

    _lay_out(clocks)
    for due in (0, DUE, 10 * DUE):
        ids = list(AppliedSla.objects.order_by("pk").values_list("pk", flat=True)[:due])
        for start in range(0, due, 500):
            _make_due(ids[start : start + 500])
        began, spent = time.perf_counter(), time.process_time()
        told = tick()
        wall, cpu = time.perf_counter() - began, time.process_time() - spent
        each = f", {1000 * cpu / due:.2f} ms each" if due else ""
        sys.stdout.write(
            f"{clocks} clocks, {due} due: {told} told, {1000 * wall:.1f} ms, CPU {1000 * cpu:.1f} ms{each}\n"
        )


def _make_due(ids: list[int]) -> None:
    from ventanilla.kit.clock import now
    from ventanilla.service_levels.models import AppliedSla

    late = now() - timedelta(hours=2)
    AppliedSla.objects.filter(pk__in=ids).update(
        next_at=late, waiting_since=late, told={}, states=[[late.timestamp(), 0]]
    )


def _lay_out(clocks: int) -> None:
    from ventanilla.accounts.models import Account
    from ventanilla.contacts.models import Contact, ContactInbox
    from ventanilla.conversations.models import Conversation
    from ventanilla.inboxes.models import Inbox
    from ventanilla.kit.clock import now
    from ventanilla.service_levels.models import AppliedSla, ServiceLevel

    at = now()
    account = Account.objects.create(name="Bench")
    inbox = Inbox.objects.create(account=account, kind="api", name="Bench")
    ServiceLevel.objects.create(account=account, first_response=3600, in_business_hours=False)
    contact = Contact.objects.create(account=account, name="Camila")
    identity = ContactInbox.objects.create(contact=contact, inbox=inbox, source_id="bench")
    for start in range(0, clocks, 5_000):
        rows = Conversation.objects.bulk_create(
            Conversation(
                account=account, inbox=inbox, contact=contact, contact_inbox=identity, display_id=number + 1,
                waiting_since=at, created_at=at, last_activity_at=at,
            )
            for number in range(start, min(start + 5_000, clocks))
        )  # fmt: skip
        AppliedSla.objects.bulk_create(
            AppliedSla(
                account=account, conversation=row, states=[[at.timestamp(), 0]], waiting_since=at,
                next_at=at + timedelta(minutes=30), created_at=at,
            )
            for row in rows
        )  # fmt: skip


if __name__ == "__main__":
    main()
