"""Building the index, feeding it, and asking it, on whichever database the environment names (else SQLite).

    python -m bench.search [--conversations 20000] [--each 10]

Prints messages a CPU-second of building (the database's own included), CPU per message of the consumer in batches,
and for each kind of question the server's time (p50, p95) beside the bare statements that fetch the same rows.
The data is made in a folder that is deleted again, or in the database of VENTANILLA_DATABASE_URL, which must be empty.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

VOCABULARY = 40_000
INBOXES, AGENTS = 15, 20
ROUNDS = 30
ASKED = {
    "absent word": "xilofonista",
    "rare word": "singularisimo",
    "one in a thousand": "palabramediana",
    "common word": "pedido",
    "two common words": "pedido gracias",
    "prefix of three letters": "ped",
    "misspelt": "singularisino",
    "phrase": '"el pedido"',
    "phone": "56911112222",
    "common, open alone": "pedido status:open",
    "common without common": "pedido -gracias",
    "common, by one contact": "pedido from:contacto17",
    "operators alone": "inbox:bandeja3 status:open",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=20_000)
    parser.add_argument("--each", type=int, default=10)
    given = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="bench-search-")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ventanilla.config.settings")
    os.environ["VENTANILLA_DATA"] = folder
    try:
        _measure(given.conversations, given.each)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _measure(conversations: int, each: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    account_id = _fill(conversations, each)
    total = conversations * each
    print(f"{connection.vendor}: {conversations:,} conversations, {total:,} messages")
    _build(total)
    _consume(min(total, 20_000))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE search_message")
            cursor.execute("VACUUM ANALYZE conversations_message")
            cursor.execute("VACUUM ANALYZE conversations_conversation")
    for who in ("administrator", "agent of three inboxes"):
        _ask(account_id, who)


# ── the data ──────────────────────────────────────────────────────────────────────────────────────────


def _words() -> tuple[list[str], list[float]]:
    letters = random.Random(7)
    syllables = [c + v for c in "bcdfglmnprstvz" for v in "aeiou"]
    words = {"".join(letters.choices(syllables, k=letters.randint(2, 5))) for _ in range(VOCABULARY)}
    ordered = ["el", "pedido", "gracias", "de", "que", *sorted(words)]
    return ordered, [1 / (rank + 8) for rank in range(len(ordered))]


def _fill(conversations: int, each: int) -> int:
    from django.db import transaction

    from ventanilla.accounts.commands.accounts import create_account
    from ventanilla.contacts.models import Contact, ContactInbox
    from ventanilla.conversations.models import Conversation, Message
    from ventanilla.inboxes.commands.inboxes import create_inbox

    account = create_account("Bench", locale="es", by=None)
    users = _users(account)
    inboxes = [
        create_inbox(account, name=f"bandeja{number}", channel={"type": "api"}, by=None)
        for number in range(INBOXES)
    ]
    _members(inboxes[:3], users[1])
    ordered, weights = _words()
    draw = random.Random(3)
    with transaction.atomic():
        people = Contact.objects.bulk_create(
            [
                Contact(
                    account=account,
                    name=f"contacto{number} {draw.choice(ordered)}",
                    email=f"c{number}@x.example",
                )
                for number in range(conversations * 6 // 10)
            ],
            batch_size=2000,
        )
        known = ContactInbox.objects.bulk_create(
            [
                ContactInbox(contact=one, inbox=inboxes[one.pk % INBOXES], source_id=f"s{one.pk}")
                for one in people
            ],
            batch_size=2000,
        )
    spread = ordered, weights
    for start in range(0, conversations, 2_000):
        with transaction.atomic():
            rows = Conversation.objects.bulk_create(
                [
                    Conversation(
                        account=account,
                        inbox_id=known[number % len(known)].inbox_id,
                        contact_id=known[number % len(known)].contact_id,
                        contact_inbox=known[number % len(known)],
                        display_id=number + 1,
                        status=0 if number % 20 == 0 else 1,
                        assignee=users[number % AGENTS],
                    )
                    for number in range(start, min(start + 2_000, conversations))
                ],
                batch_size=1000,
            )
            Message.objects.bulk_create(_messages(rows, each, spread, draw), batch_size=1000)
    middle, rare = conversations * each // 2, conversations * each // 3
    Message.objects.filter(pk=rare).update(content="un singularisimo florero, llama al +56 9 1111 2222")
    for number in range(0, conversations * each, 1000):
        Message.objects.filter(pk=number + 1).update(content=f"una palabramediana {middle}")
    return int(account.pk)


def _messages(rows: list[Any], each: int, spread: Any, draw: random.Random) -> list[Any]:
    from ventanilla.conversations.models import Message

    ordered, weights = spread
    drawn = iter(draw.choices(ordered, weights, k=len(rows) * each * 22))
    return [
        Message(
            account_id=row.account_id,
            inbox_id=row.inbox_id,
            conversation_id=row.pk,
            message_type=number % 2,
            content=" ".join(next(drawn) for _ in range(draw.randint(4, 22))).capitalize() + ".",
            sender_type="Contact" if number % 2 == 0 else "User",
            sender_id=row.contact_id if number % 2 == 0 else row.assignee_id,
        )
        for row in rows
        for number in range(each)
    ]


def _users(account: Any) -> list[Any]:
    from ventanilla.accounts.commands.users import add_member, create_user
    from ventanilla.accounts.models import Role

    users = []
    for number in range(AGENTS):
        email = f"u{number}@bench.example"
        user = create_user(email, name=f"Agente{number}", password="Secreto-1", confirmed=True, by=None)
        add_member(account, user=user, role=Role.AGENT if number else Role.ADMINISTRATOR, by=None)
        users.append(user)
    return users


def _members(inboxes: list[Any], user: Any) -> None:
    from ventanilla.inboxes.commands.members import add_inbox_members

    for inbox in inboxes:
        add_inbox_members(inbox, user_ids=[user.pk], by=None)


# ── building and feeding ──────────────────────────────────────────────────────────────────────────────


def _cpu() -> float:
    """Of this process and of the database's one behind its connection."""
    from django.db import connection

    own = time.process_time()
    if connection.vendor != "postgresql":
        return own
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return own + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _build(total: int) -> None:
    from ventanilla.search import commands

    began, clock = _cpu(), time.monotonic()
    commands.build()
    spent = _cpu() - began
    print(
        f"built: {total / spent:,.0f} messages a CPU-second ({time.monotonic() - clock:.0f} s on the clock)"
    )


def _consume(count: int) -> None:
    from django.db import transaction

    from ventanilla.conversations.events import MessageCreated
    from ventanilla.conversations.models import Message
    from ventanilla.events.log import LoggedEvent
    from ventanilla.kit.clock import now
    from ventanilla.search.consumers import Index

    ids = list(
        Message.objects.order_by("-pk").values_list("pk", "account_id", "conversation_id", "inbox_id")[:count]
    )
    events = []
    for pk, account_id, conversation_id, inbox_id in ids:
        fact = MessageCreated(
            account_id=account_id, message_id=pk, conversation_id=conversation_id, inbox_id=inbox_id,
            message_type=0, private=False,
        )  # fmt: skip
        payload = {"message_id": pk, "conversation_id": conversation_id, "inbox_id": inbox_id, "message_type": 0,
                   "private": False}  # fmt: skip
        events.append(LoggedEvent(pk, 0, account_id, fact.name, payload, None, None, now()))
    began = _cpu()
    for start in range(0, count, 250):
        with transaction.atomic():
            Index().handle(events[start : start + 250])
    print(f"consumer in batches of 250: {(_cpu() - began) / count * 1000:.3f} ms CPU a message")


# ── asking ────────────────────────────────────────────────────────────────────────────────────────────


def _timed(act: Callable[[], object], rounds: int) -> list[float]:
    act()
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        act()
        times.append((time.perf_counter() - began) * 1000)
    return sorted(times)


def _ask(account_id: int, who: str) -> None:
    from django.test import Client

    from ventanilla.accounts.models import AccessToken, Account, User
    from ventanilla.conversations.policies import visibility_for
    from ventanilla.search.language import read
    from ventanilla.search.operators import Reader

    user = User.objects.get(email="u0@bench.example" if who == "administrator" else "u1@bench.example")
    reader = Reader(visibility_for(user, Account.objects.get(pk=account_id)))
    token = AccessToken.objects.get(user=user).sealed
    client = Client(headers={"api_access_token": token, "host": "localhost"})
    print(f"\n{who}: ms, p50 / p95; bare statements p50; ratio of p50; facets p95")
    for name, text in ASKED.items():
        page = f"/api/desk/accounts/{account_id}/search"

        def ask(path: str = page, text: str = text) -> None:
            assert client.get(path, {"q": text, "kind": "messages"}).status_code == 200

        times = _timed(ask, ROUNDS)
        bare = statistics.median(_timed(_bare(reader, read(text, reader)), ROUNDS))
        counted = _timed(lambda: ask(f"{page}/facets"), ROUNDS // 3)  # noqa: B023
        middle, late = statistics.median(times), times[int(len(times) * 0.95)]
        print(
            f"{name:26} {middle:7.1f} / {late:7.1f}   bare {bare:7.1f}   {middle / bare:4.1f}"
            f"   facets {counted[int(len(counted) * 0.95)]:7.1f}"
        )


def _bare(reader: Any, question: Any) -> Callable[[], object]:
    """The statements alone, written out beforehand: the ids, and the rows of them."""
    from ventanilla.kit import statements
    from ventanilla.search.engines import EVERY, engine
    from ventanilla.search.selectors.messages import _statement

    expressions = [question.expression(reader, loosely=loosely) for loosely in (False, True)]
    written = [_statement(reader, question, one, ("pk",)) for one in expressions if one is not None]

    def run() -> None:
        for statement in written:
            ids: list[int] = []
            for span in engine().ranges("search_message", EVERY):
                sql, values = statement or ("", [])
                ids += [row[0] for row in statements.fetch_all(sql, [*values, *span, 25 - len(ids)])]
                if len(ids) >= 25:
                    break
            if ids:
                statements.fetch_among("SELECT * FROM conversations_message WHERE id IN ({})", ids)
                return

    return run


if __name__ == "__main__":
    main()
