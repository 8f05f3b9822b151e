"""What a delivered socket message costs: server CPU against a bare Starlette program doing the same, in one run.

    python -m bench.sockets [seconds]

2,000 sockets hear one broadcast a second; besides, 200 messages a second go to one socket each (200 more sockets).
The bare program sends a ready text of the same length from a timer; once with the ping that ActionCable wants every
3 s, once without. Ours follows the log: each message is an event
that another process records, is read, rendered, permitted and sent.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from bench.bridge import cpu_seconds

LISTENERS = 2_000
TARGETS = 200
PER_SECOND = 200
PORT = 4482
PING = '{"type":"ping","message":1767225600}'


# ── The bare program ─────────────────────────────────────────────────────────────────────────────────


def bare_application(text: str, *, pings: bool) -> Any:
    """Starlette and a loop over the sockets; with the protocol's ping every 3 s or without."""
    from starlette.applications import Starlette
    from starlette.routing import WebSocketRoute
    from starlette.websockets import WebSocket, WebSocketDisconnect

    sockets: dict[str, set[WebSocket]] = {"listener": set(), "target": set()}

    async def endpoint(websocket: WebSocket) -> None:
        await websocket.accept()
        kind = "target" if "target" in str(websocket.url) else "listener"
        sockets[kind].add(websocket)
        with suppress(WebSocketDisconnect):
            while True:
                await websocket.receive_text()
        sockets[kind].discard(websocket)

    async def broadcast() -> None:
        while True:
            await asyncio.sleep(1)
            for websocket in tuple(sockets["listener"]):
                await websocket.send_text(text)

    async def target() -> None:
        due = time.monotonic()
        turn = 0
        while True:
            due += 1 / PER_SECOND
            await asyncio.sleep(max(0, due - time.monotonic()))
            targets = tuple(sockets["target"])
            if targets:
                await targets[turn % len(targets)].send_text(text)
                turn += 1

    async def ping() -> None:
        while True:
            await asyncio.sleep(3)
            for websocket in (*sockets["listener"], *sockets["target"]):
                await websocket.send_text(PING)

    tasks: list[asyncio.Task[None]] = []

    async def start() -> None:
        tasks.extend([asyncio.create_task(broadcast()), asyncio.create_task(target())])
        if pings:
            tasks.append(asyncio.create_task(ping()))

    class Application:
        def __init__(self) -> None:
            self.inner = Starlette(routes=[WebSocketRoute("/cable", endpoint)])
            self.started = False

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            if not self.started:
                self.started = True
                await start()
            await self.inner(scope, receive, send)

    return Application()


# ── Ours ─────────────────────────────────────────────────────────────────────────────────────────────


def set_up() -> None:
    """Two accounts: one where everyone listens to all, one of customers who each hear their own conversation."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from ventanilla.accounts.commands.accounts import create_account
    from ventanilla.accounts.commands.users import add_member, create_user
    from ventanilla.accounts.models import Role
    from ventanilla.contacts.commands.contacts import create_contact
    from ventanilla.contacts.models import ContactInbox
    from ventanilla.conversations.commands import NewMessage, post_message, start_conversation
    from ventanilla.inboxes.commands.inboxes import create_inbox

    identifiers: dict[str, list[str]] = {"listener": [], "target": []}
    events: dict[str, list[list[int]]] = {"listener": [], "target": []}
    web = {"type": "web_widget", "website_url": "https://shop.example", "widget_color": "#0b5c66"}
    for kind, count in (("listener", 1), ("target", TARGETS)):
        account = create_account(f"Bench {kind}", locale="en", by=None)
        agent = create_user(
            f"{kind}@example.com", name="Agent", password="Secreto-1", confirmed=True, by=None
        )
        add_member(account, user=agent, role=Role.ADMINISTRATOR, by=None)
        inbox = create_inbox(account, name="Web", channel=web, by=None)
        for number in range(count):
            contact = create_contact(account, name=f"C{number}", email=f"{kind}{number}@example.com", by=None)
            identity = ContactInbox.objects.create(contact=contact, inbox=inbox, source_id=f"{kind}-{number}")
            conversation = start_conversation(identity, by=None)
            message = post_message(
                conversation, NewMessage("Your order has left our house today. " * 4), by=agent
            )
            events[kind].append([account.pk, message.pk, conversation.pk, inbox.pk])
            if kind == "target":
                identifiers[kind].append(
                    json.dumps({"channel": "RoomChannel", "pubsub_token": identity.pubsub_token})
                )
        if kind == "listener":
            who = {
                "channel": "RoomChannel",
                "pubsub_token": agent.pubsub_token,
                "account_id": account.pk,
                "user_id": agent.pk,
            }
            identifiers[kind].append(json.dumps(who))
    print(json.dumps({"identifiers": identifiers, "events": events}))


def drive(events: dict[str, list[list[int]]], seconds: float) -> None:
    """Record what the sockets shall hear, on time."""
    import django

    django.setup()
    from django.db import transaction

    from ventanilla.conversations.events import MessageCreated
    from ventanilla.events.log import record

    def say(account_id: int, message_id: int, conversation_id: int, inbox_id: int) -> None:
        with transaction.atomic():
            record(
                MessageCreated(
                    account_id=account_id,
                    message_id=message_id,
                    conversation_id=conversation_id,
                    inbox_id=inbox_id,
                    message_type=1,
                    private=False,
                )
            )

    due = time.monotonic()
    for turn in range(int(seconds * PER_SECOND)):
        due += 1 / PER_SECOND
        time.sleep(max(0.0, due - time.monotonic()))
        say(*events["target"][turn % TARGETS])
        if turn % PER_SECOND == 0:
            say(*events["listener"][0])


def serve(kind: str, text: str = "") -> None:
    """Run one of the servers; called in a process of its own."""
    import uvicorn

    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    if kind.startswith("bare"):
        application = bare_application(text, pings=kind == "bare with pings")
    else:
        from ventanilla.config.asgi import application
    uvicorn.run(
        application,
        port=PORT,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        log_level="error",
        access_log=False,
        timeout_graceful_shutdown=1,
    )


# ── The clients ──────────────────────────────────────────────────────────────────────────────────────


class Client(asyncio.Protocol):
    """A socket that counts the frames with an event in them. Leaner than a client library: it shares the machine."""

    def __init__(self, path: str, identifier: str | None, counts: dict[str, int]) -> None:
        self.path = path
        self.identifier = identifier
        self.counts = counts
        self.buffer = bytearray()
        self.open = False
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET {self.path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Protocol: actioncable-v1-json\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.open:
            head, found, rest = bytes(self.buffer).partition(b"\r\n\r\n")
            if not found:
                return
            assert b" 101 " in head, head
            self.open = True
            self.buffer = bytearray(rest)
            if self.identifier is None:
                self.ready.set_result(None)
            else:
                self.say(json.dumps({"command": "subscribe", "identifier": self.identifier}))
        while (frame := self.next_frame()) is not None:
            self.heard(frame)

    def next_frame(self) -> bytes | None:
        if len(self.buffer) < 2:
            return None
        length, begin = self.buffer[1] & 127, 2
        if length == 126:
            length, begin = int.from_bytes(self.buffer[2:4], "big"), 4
        elif length == 127:
            length, begin = int.from_bytes(self.buffer[2:10], "big"), 10
        if len(self.buffer) < begin + length:
            return None
        frame = bytes(self.buffer[begin : begin + length])
        del self.buffer[: begin + length]
        return frame

    def heard(self, frame: bytes) -> None:
        if b"message.created" in frame[:600]:
            self.counts["delivered"] += 1
            self.counts["bytes"] += len(frame)
        elif b"confirm_subscription" in frame and not self.ready.done():
            self.ready.set_result(None)

    def say(self, text: str) -> None:
        payload = text.encode()
        length = (
            bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2, "big")
        )
        self.transport.write(b"\x81" + length + b"\0\0\0\0" + payload)


async def _connect(identifiers: dict[str, list[str | None]], counts: dict[str, int]) -> None:
    loop = asyncio.get_running_loop()
    wanted = [("listener", identifiers["listener"][0])] * LISTENERS
    wanted += [
        ("target", identifiers["target"][number % len(identifiers["target"])]) for number in range(TARGETS)
    ]
    for begin in range(0, len(wanted), 50):
        clients = []
        for kind, identifier in wanted[begin : begin + 50]:
            path = f"/cable?{kind}"
            _, client = await loop.create_connection(
                lambda p=path, i=identifier: Client(p, i, counts), "127.0.0.1", PORT
            )
            clients.append(client)
        await asyncio.wait_for(asyncio.gather(*(client.ready for client in clients)), 30)


async def _watch(
    pid: int, identifiers: dict[str, list[str | None]], seconds: float, driver: list[str] | None
) -> dict[str, float]:
    counts = {"delivered": 0, "bytes": 0}
    await _connect(identifiers, counts)
    await asyncio.sleep(3)
    idle_before, idle_at = cpu_seconds(pid), time.monotonic()
    if driver is not None:
        await asyncio.sleep(5)
    idle = (cpu_seconds(pid) - idle_before) / max(0.001, time.monotonic() - idle_at)
    process = subprocess.Popen(driver) if driver is not None else None
    await asyncio.sleep(2)
    cpu, counts["delivered"], counts["bytes"] = cpu_seconds(pid), 0, 0
    await asyncio.sleep(seconds)
    used, delivered, size = cpu_seconds(pid) - cpu, counts["delivered"], counts["bytes"]
    if process is not None:
        process.wait()
    return {
        "delivered_per_second": delivered / seconds,
        "microseconds_each": used / delivered * 1e6,
        "bytes_each": size / delivered,
        "idle_cpu_percent": idle * 100,
        "rss_mb": int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 1e6,
    }


def measure(kind: str, seconds: float, text: str = "") -> dict[str, float]:
    """One of the two, from its start to its end."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "VENTANILLA_DATA": folder,
            "DJANGO_SETTINGS_MODULE": "ventanilla.config.settings",
        }
        os.environ.update(environment)
        identifiers: dict[str, list[str | None]] = {"listener": [None], "target": [None]}
        driver = None
        if kind == "ours":
            made = json.loads(subprocess.check_output([sys.executable, "-m", "bench.sockets", "set_up"]))
            identifiers = made["identifiers"]
            plan = Path(folder) / "plan.json"
            plan.write_text(json.dumps(made["events"]))
            driver = [sys.executable, "-m", "bench.sockets", "drive", str(plan), str(seconds + 4)]
        process = subprocess.Popen([sys.executable, "-m", "bench.sockets", "serve", kind, text])
        try:
            for _ in range(300):
                time.sleep(0.05)
                with suppress(OSError):
                    asyncio.run(_try())
                    break
            return asyncio.run(_watch(process.pid, identifiers, seconds, driver))
        finally:
            process.terminate()
            process.wait()


async def _try() -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", PORT)
    writer.close()


def main(arguments: list[str]) -> None:
    match arguments:
        case ["set_up"]:
            set_up()
        case ["drive", plan, seconds]:
            drive(json.loads(Path(plan).read_text()), float(seconds))
        case ["serve", kind, text]:
            serve(kind, text)
        case _:
            seconds = float(arguments[0]) if arguments else 20.0
            ours = measure("ours", seconds)
            filler = '{"identifier":"x","message":{"event":"message.created","data":{"content":"'
            text = filler + "x" * max(0, int(ours["bytes_each"]) - len(filler) - 4) + '"}}}'
            print("ours", {key: round(value, 2) for key, value in ours.items()})
            for kind in ("bare with pings", "bare"):
                bare = measure(kind, seconds, text)
                print(kind, {key: round(value, 2) for key, value in bare.items()})
                print(f"ours / {kind}: {ours['microseconds_each'] / bare['microseconds_each']:.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
