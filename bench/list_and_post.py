"""Listing 25 conversations and posting a message, against a bare ASGI program on raw sqlite3 doing the same in one run.

    python -m bench.list_and_post            measures and prints; --record adds the figures to bench/RESULTS.md

20,000 conversations, 200,000 messages, one administrator with an access token. Each server is a process of its own;
what is compared is requests per second of its CPU time. They are asked in turns, a slice each, so that what else the
machine does meanwhile slows all of them alike. The bare program knows one account and checks the token, reads
the same columns with hand-written statements, builds the same JSON with the same encoder, and writes the same rows.
"cold" means that nothing rendered is kept between requests.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from bench.bridge import cpu_seconds

CONVERSATIONS = 20_000
MESSAGES_EACH = 10
CONTACTS = 5_000
CONNECTIONS = 2
SLICES = 10
PORT = 4790
TOKEN = "bench-token-of-the-administrator"
RESULTS = Path(__file__).with_name("RESULTS.md")
LIST = "/api/v1/accounts/1/conversations?status=open&assignee_type=all&page=1"
POST = "/api/v1/accounts/1/conversations/{}/messages"


# ── the data ──────────────────────────────────────────────────────────────────────────────────────────


def make_data() -> None:
    """Fill the database of VENTANILLA_DATA. Run in a process of its own."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    call_command("migrate", verbosity=0)
    with transaction.atomic():
        _people()
        _conversations()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _people() -> None:
    from ventanilla.accounts.commands.accounts import create_account
    from ventanilla.accounts.commands.users import add_member, create_user
    from ventanilla.accounts.models import AccessToken, Presence, Role
    from ventanilla.contacts.models import Contact, ContactInbox
    from ventanilla.inboxes.commands.inboxes import create_inbox
    from ventanilla.kit import tokens
    from ventanilla.kit.clock import now

    account = create_account("Bench", locale="en", by=None)
    for number in range(7):
        user = create_user(
            f"u{number}@bench.example", name=f"User {number}", password="Secreto-1", confirmed=True, by=None
        )
        add_member(account, user=user, role=Role.AGENT if number else Role.ADMINISTRATOR, by=None)
        Presence.objects.create(account=account, kind="user", ref_id=user.pk, last_seen_at=now())
        if number == 0:
            AccessToken.objects.filter(user=user).update(digest=tokens.digest(TOKEN))
    inbox = create_inbox(
        account, name="Web", channel={"type": "web_widget", "website_url": "https://bench.example"}, by=None
    )
    contacts = Contact.objects.bulk_create(
        Contact(
            account=account, name=f"Contact {number}", email=f"c{number}@bench.example",
            additional_attributes={"city": "Santiago", "country": "Chile"},
        )
        for number in range(CONTACTS)
    )  # fmt: skip
    ContactInbox.objects.bulk_create(
        ContactInbox(contact=contact, inbox=inbox, source_id=f"source-{contact.pk}") for contact in contacts
    )


def _conversations() -> None:
    from datetime import timedelta

    from ventanilla.accounts.models import Account
    from ventanilla.contacts.models import ContactInbox
    from ventanilla.conversations.models import Conversation, Message
    from ventanilla.kit.clock import now

    account, moment = Account.objects.get(), now()
    identities = list(ContactInbox.objects.values_list("pk", "contact_id", "inbox_id"))
    rows, messages = [], []
    text = "Hello, I would like to know where my order is, it has been on its way for a week now. "
    for number in range(CONVERSATIONS):
        identity_id, contact_id, inbox_id = identities[number % CONTACTS]
        at = moment - timedelta(minutes=CONVERSATIONS - number)
        last = number * MESSAGES_EACH + MESSAGES_EACH
        rows.append(
            Conversation(
                pk=number + 1, account=account, inbox_id=inbox_id, contact_id=contact_id, contact_inbox_id=identity_id,
                display_id=number + 1, status=0 if number % 4 == 0 else 1, assignee_id=number % 8 or None,
                additional_attributes={"referer": "https://bench.example/cart", "browser": {"browser_name": "Firefox"}},
                custom_attributes={"plan": "gold"}, label_titles=["vip"] if number % 3 == 0 else [],
                last_activity_at=at, last_incoming_at=at, waiting_since=at, unread_count=number % 5,
                last_message_id=last, last_non_activity_message_id=last, created_at=at,
            )
        )  # fmt: skip
        for position in range(MESSAGES_EACH):
            incoming = position % 2 == 1
            messages.append(
                Message(
                    account=account, inbox_id=inbox_id, conversation_id=number + 1, message_type=0 if incoming else 1,
                    content=f"{text} {position}", sender_type="Contact" if incoming else "User",
                    sender_id=contact_id if incoming else 1, created_at=at, updated_at=at,
                )
            )  # fmt: skip
    Conversation.objects.bulk_create(rows, batch_size=500)
    Message.objects.bulk_create(messages, batch_size=500)
    Account.objects.update(last_display_id=CONVERSATIONS)


# ── the bare program ──────────────────────────────────────────────────────────────────────────────────

_AUTH = (
    "SELECT u.id, m.role, a.status FROM accounts_accesstoken t JOIN accounts_user u ON u.id = t.user_id"
    " JOIN accounts_membership m ON m.user_id = u.id AND m.account_id = ? JOIN accounts_account a ON a.id = m.account_id"
    " WHERE t.digest = ?"
)
_PAGE = (
    "SELECT c.id, c.display_id, c.uuid, c.status, c.close_reason, c.snoozed_until, c.priority, c.assignee_id, c.team_id,"
    " c.additional_attributes, c.custom_attributes, c.agent_last_seen_at, c.assignee_last_seen_at, c.contact_last_seen_at,"
    " c.first_reply_created_at, c.waiting_since, c.last_activity_at, c.unread_count, c.label_titles, c.version,"
    " c.created_at, c.inbox_id, ct.id, ct.name, ct.email, ct.phone_number, ct.identifier, ct.blocked,"
    " ct.additional_attributes, ct.custom_attributes, ct.last_activity_at, ct.created_at, ci.source_id, ci.hmac_verified,"
    " m.id, m.content, m.message_type, m.content_type, m.status, m.private, m.source_id, m.content_attributes,"
    " m.additional_attributes, m.sender_type, m.sender_id, m.created_at, m.updated_at, m.version"
    " FROM conversations_conversation c JOIN contacts_contact ct ON ct.id = c.contact_id"
    " JOIN contacts_contactinbox ci ON ci.id = c.contact_inbox_id"
    " LEFT JOIN conversations_message m ON m.id = c.last_message_id"
    " WHERE c.account_id = ? AND c.status = 0 ORDER BY c.last_activity_at DESC, c.id DESC LIMIT 25"
)
_COUNTS = (
    "SELECT count(*) FILTER (WHERE assignee_id = ?), count(assignee_id), count(*) FROM conversations_conversation"
    " WHERE account_id = ? AND status = 0"
)
_AGENTS = (
    "SELECT u.id, u.name, u.email, m.role, m.availability FROM accounts_membership m"
    " JOIN accounts_user u ON u.id = m.user_id WHERE m.account_id = ?"
)


class Bare:
    """The floor: ASGI, sqlite3, msgspec."""

    def __init__(self, database: str) -> None:
        from ventanilla.kit import tokens

        self.digest = tokens.digest
        self.db = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "cache_size=-16000"):
            self.db.execute(f"PRAGMA {pragma}")
        self.encode = msgspec.json.Encoder().encode
        self.decode = msgspec.json.decode
        self.agents: tuple[float, dict[int, dict[str, Any]]] = (0.0, {})

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        headers = dict(scope["headers"])
        token = headers.get(b"api_access_token", b"").decode()
        user = self.db.execute(_AUTH, (1, self.digest(token))).fetchone()
        if user is None:
            status, body = 401, b"{}"
        elif scope["method"] == "POST":
            given = self.decode((await receive())["body"])
            status, body = 200, self.post(int(scope["path"].split("/")[-2]), given, user[0])
        else:
            status, body = 200, self.page(user[0])
        head = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": head})
        await send({"type": "http.response.body", "body": body})

    def _people(self) -> dict[int, dict[str, Any]]:
        if time.monotonic() - self.agents[0] > 1:
            names = ("id", "name", "email", "role", "availability")
            rows = self.db.execute(_AGENTS, (1,)).fetchall()
            self.agents = (time.monotonic(), {row[0]: dict(zip(names, row, strict=True)) for row in rows})
        return self.agents[1]

    def page(self, user_id: int) -> bytes:
        mine, assigned, everything = self.db.execute(_COUNTS, (user_id, 1)).fetchone()
        agents = self._people()
        meta = {
            "mine_count": mine,
            "assigned_count": assigned,
            "unassigned_count": everything - assigned,
            "all_count": everything,
        }
        payload = [self._conversation(row, agents) for row in self.db.execute(_PAGE, (1,))]
        return self.encode({"data": {"meta": meta, "payload": payload}})

    def _conversation(self, row: Any, agents: dict[int, dict[str, Any]]) -> dict[str, Any]:
        raw = msgspec.Raw
        contact = {
            "id": row[22], "name": row[23], "email": row[24], "phone_number": row[25], "identifier": row[26],
            "blocked": bool(row[27]), "additional_attributes": raw(row[28].encode()),
            "custom_attributes": raw(row[29].encode()), "last_activity_at": _epoch(row[30]), "created_at": _epoch(row[31]),
            "availability_status": "offline", "thumbnail": "",
        }  # fmt: skip
        message = {
            "id": row[34], "content": row[35], "account_id": 1, "inbox_id": row[21], "conversation_id": row[1],
            "message_type": row[36], "content_type": row[37], "status": row[38], "private": bool(row[39]),
            "source_id": row[40], "content_attributes": raw(row[41].encode()),
            "additional_attributes": raw(row[42].encode()), "external_source_ids": {}, "processed_message_content": row[35],
            "sentiment": {}, "sender_type": row[43], "sender_id": row[44], "created_at": _epoch(row[45]),
            "updated_at": row[46], "version": row[47],
            "conversation": {
                "assignee_id": row[7], "unread_count": row[17], "last_activity_at": _epoch(row[16]),
                "contact_inbox": {"source_id": row[32]},
            },
            "sender": contact if row[43] == "Contact" else agents.get(row[44]),
        }  # fmt: skip
        return {
            "meta": {
                "sender": contact, "channel": "Channel::WebWidget", "hmac_verified": bool(row[33]),
                "assignee": agents.get(row[7]),
            },
            "id": row[1], "messages": [message], "account_id": 1, "uuid": row[2],
            "additional_attributes": raw(row[9].encode()), "can_reply": True, "custom_attributes": raw(row[10].encode()),
            "inbox_id": row[21], "labels": raw(row[18].encode()), "muted": bool(row[27]), "status": "open",
            "close_reason": row[4], "agent_last_seen_at": _epoch(row[11]), "assignee_last_seen_at": _epoch(row[12]),
            "contact_last_seen_at": _epoch(row[13]), "first_reply_created_at": _epoch(row[14]),
            "waiting_since": _epoch(row[15]), "timestamp": _epoch(row[16]), "last_activity_at": _epoch(row[16]),
            "unread_count": row[17], "version": row[19], "created_at": _epoch(row[20]), "snoozed_until": row[5],
            "priority": row[6], "last_non_activity_message": message, "sla_policy_id": None,
        }  # fmt: skip

    def post(self, display_id: int, given: dict[str, Any], user_id: int) -> bytes:
        db, at = self.db, datetime.now(UTC).replace(tzinfo=None).isoformat(sep=" ")
        db.execute("BEGIN IMMEDIATE")
        conversation_id, inbox_id = db.execute(
            "SELECT id, inbox_id FROM conversations_conversation WHERE account_id = 1 AND display_id = ?",
            (display_id,),
        ).fetchone()
        again = db.execute(
            "SELECT id FROM conversations_message WHERE conversation_id = ? AND sender_type = 'User' AND sender_id = ?"
            " AND echo_id = ?",
            (conversation_id, user_id, given["echo_id"]),
        ).fetchone()
        assert again is None
        message_id = db.execute(
            "INSERT INTO conversations_message (account_id, inbox_id, conversation_id, message_type, private, content,"
            " processed_content, content_type, content_attributes, additional_attributes, status, sender_type, sender_id,"
            " source_id, echo_id, has_attachments, version, created_at, updated_at)"
            " VALUES (1, ?, ?, 1, 0, ?, '', 'text', '{}', '{}', 0, 'User', ?, NULL, ?, 0, 1, ?, ?)",
            (inbox_id, conversation_id, given["content"], user_id, given["echo_id"], at, at),
        ).lastrowid
        db.execute(
            "UPDATE conversations_conversation SET last_message_id = ?, last_non_activity_message_id = ?,"
            " last_activity_at = ?, waiting_since = NULL, updated_at = ?, version = version + 1 WHERE id = ?",
            (message_id, message_id, at, at, conversation_id),
        )
        payload = {"message_id": message_id, "conversation_id": conversation_id, "echo_id": given["echo_id"]}
        db.execute(
            "INSERT INTO events_event (xid, account_id, name, payload, actor_kind, actor_id, caused_by, occurred_at)"
            " VALUES (0, 1, 'message.created', ?, 'user', ?, NULL, ?)",
            (self.encode(payload).decode(), user_id, at),
        )
        db.execute("COMMIT")
        return self.encode(
            {
                "id": message_id, "content": given["content"], "inbox_id": inbox_id, "conversation_id": display_id,
                "message_type": 1, "content_type": "text", "status": "sent", "content_attributes": {},
                "created_at": _epoch(at), "private": False, "source_id": None, "echo_id": given["echo_id"],
                "sender": self._people().get(user_id),
            }
        )  # fmt: skip


def _epoch(value: str | None) -> int:
    return int(datetime.fromisoformat(value).replace(tzinfo=UTC).timestamp()) if value else 0


# ── servers and load ──────────────────────────────────────────────────────────────────────────────────


def serve(kind: str, port: int) -> None:
    """Run one of the servers; called in a process of its own."""
    import uvicorn

    if kind == "bare":
        application: Any = Bare(os.environ["VENTANILLA_DATA"] + "/ventanilla.sqlite3")
    else:
        from ventanilla.config.asgi import application
        from ventanilla.conversations.rendering import conversations
        from ventanilla.conversations.selectors import lists

        if kind == "cold":
            conversations._cache._max_bytes = 0
            lists._answers.get = lambda _key, ask: ask()  # type: ignore[method-assign, assignment]
    uvicorn.run(
        application, port=port, loop="uvloop", http="httptools", lifespan="off" if kind == "bare" else "on",
        log_level="error", access_log=False, proxy_headers=False,
    )  # fmt: skip


def get_list(_number: int, _tag: bytes) -> bytes:
    return f"GET {LIST} HTTP/1.1\r\nHost: localhost\r\napi_access_token: {TOKEN}\r\n\r\n".encode()


def get_known_list(number: int, tag: bytes) -> bytes:
    known = get_list(number, tag)
    return known[:-2] + b"If-None-Match: " + tag + b"\r\n\r\n" if tag else known


def post_message(number: int, _tag: bytes) -> bytes:
    body = msgspec.json.encode(
        {"content": f"Your order {number} is on its way.", "echo_id": f"echo-{number}-{time.time_ns()}"}
    )
    path = POST.format(1 + number * 7 % CONVERSATIONS)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\napi_access_token: {TOKEN}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


Request = Callable[[int, bytes], bytes]  # its number and the ETag of the answer before it: the bytes to send


async def _client(port: int, first: int, count: int, request: Request) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    size, tag = 0, b""
    for number in range(first, first + count):
        writer.write(request(number, tag))
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 304")):
            raise RuntimeError(head.decode())
        fields = dict(line.split(b": ", 1) for line in head.lower().split(b"\r\n")[1:] if line)
        size, tag = int(fields.get(b"content-length", 0)), fields.get(b"etag", b"")
        await reader.readexactly(size)
    writer.close()
    return size


class Server:
    """A server of that kind in a process of its own, on a copy of the data, and what it needed to answer."""

    def __init__(self, kind: str, data: Path, *, port: int, request: Request) -> None:
        self._port, self._request = port, request
        self._folder = tempfile.TemporaryDirectory()
        copy = self._folder.name
        shutil.copytree(data, copy, dirs_exist_ok=True, ignore=shutil.ignore_patterns("run"))  # sockets
        environment = {**os.environ, "VENTANILLA_DATA": copy, "VENTANILLA_RATE_LIMITS": "off"}
        command = [sys.executable, "-m", "bench.list_and_post", "serve", kind, str(port)]
        self._process = subprocess.Popen(command, env=environment)
        self._asked = 0
        self._cpu_seconds = 0.0
        self.size = 0

    async def ask(self, count: int) -> None:
        """Send that many over a few connections."""
        each = count // CONNECTIONS
        firsts = [self._asked + place * each for place in range(CONNECTIONS)]
        before = cpu_seconds(self._process.pid)
        sizes = await asyncio.gather(*(_client(self._port, first, each, self._request) for first in firsts))
        self._cpu_seconds += cpu_seconds(self._process.pid) - before
        self._asked += count
        self.size = sizes[0]

    def warm(self) -> None:
        """Wait until it answers; nothing of this counts."""
        for _ in range(300):
            try:
                asyncio.run(self.ask(CONNECTIONS * 50))
                break
            except OSError:
                time.sleep(0.1)
        self._asked, self._cpu_seconds = 0, 0.0

    @property
    def speed(self) -> float:
        """Requests per CPU second."""
        return self._asked / self._cpu_seconds

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()
        self._folder.cleanup()


def measure(data: Path, requests: Mapping[str, tuple[str, Request]], *, count: int) -> dict[str, Server]:
    """Ask a server for each name (its kind and what to ask), in turns; they are stopped already."""
    servers = {
        name: Server(kind, data, port=PORT + place, request=request)
        for place, (name, (kind, request)) in enumerate(requests.items())
    }
    try:
        for server in servers.values():
            server.warm()
        for _ in range(SLICES):
            for server in servers.values():
                asyncio.run(server.ask(count // SLICES))
    finally:
        for server in servers.values():
            server.stop()
    return servers


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "ventanilla.config.settings"
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        environment = {**os.environ, "VENTANILLA_DATA": folder}
        subprocess.run([sys.executable, "-m", "bench.list_and_post", "data"], env=environment, check=True)
        asked = {kind: (kind, get_list) for kind in ("bare", "cold", "warm")} | {
            "known": ("warm", get_known_list)
        }
        lists = measure(data, asked, count=2_400)
        posts = measure(data, {kind: (kind, post_message) for kind in ("bare", "warm")}, count=6_000)
    rows = []
    for name, kind, figures, target in (
        ("list of 25, nothing rendered kept", "cold", lists, "≥ 0.55"),
        ("list of 25, kept", "warm", lists, "≥ 1.0"),
        ("list of 25, kept, and the caller has it already (304)", "known", lists, ""),
        ("post a message", "warm", posts, "≥ 0.35"),
    ):
        ours, floor = figures[kind].speed, figures["bare"].speed
        rows.append(
            f"| {datetime.now(UTC):%Y-%m-%d} | `bench.list_and_post`: {name}; requests per CPU second |"
            f" ours {ours:,.0f}, bare ASGI and sqlite3 {floor:,.0f}: **{ours / floor:.2f}** | {target} |\n"
        )
    print("".join(rows))
    sizes = {kind: f"{server.size:,}" for kind, server in lists.items()}
    print(
        f"Bytes of an answer: {sizes['warm']}, {sizes['known']} to who has it; the bare program's {sizes['bare']}."
    )
    if "--record" in sys.argv:
        head, line, rest = RESULTS.read_text().partition("|---|---|---|---|\n")
        RESULTS.write_text(head + line + "".join(rows) + rest)


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(sys.argv[2], int(sys.argv[3]))
    elif sys.argv[1:2] == ["data"]:
        make_data()
    else:
        main()
