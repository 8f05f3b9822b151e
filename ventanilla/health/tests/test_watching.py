"""Administrators are told once when something stops working, and once when it works again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
import time_machine
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts import installation
from ventanilla.accounts.commands.accounts import update_account
from ventanilla.accounts.models import Account, Installation, SystemMail, User
from ventanilla.delivery import out_tray
from ventanilla.delivery.health import note_failure, note_success
from ventanilla.delivery.models import Outgoing
from ventanilla.events.models import Event, Heartbeat, SetAsideEvent
from ventanilla.health import looking, watching
from ventanilla.health.commands import alert_key
from ventanilla.health.models import Trouble
from ventanilla.health.standing_in import tell as stand_in
from ventanilla.inboxes.commands.inboxes import create_inbox
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Invalid
from ventanilla.kit.health import Check, Found, State, Whose, Words
from ventanilla.testing.mailbox import PostOffice

pytestmark = [pytest.mark.django_db, pytest.mark.feature("Z-28")]

Pass = Callable[..., None]


class Patient(Check):
    """Ill as long as the test says so."""

    name = "patient"
    title = _("Disk")
    place = 0
    group = "storage"
    patience = timedelta(minutes=2)
    state = State.WELL
    account_id: int | None = None

    def look(self, account_id: int | None) -> Sequence[Found]:
        return [
            Found(
                state=self.state, name=Words(self.title), says=Words(_("Up to date")), code=f"is_{self.state}",
                account_id=self.account_id,
            )
        ]  # fmt: skip


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch, acme: Account, admin: User, post_office: PostOffice) -> Patient:
    """The only check there is; acme looks after the installation."""
    Installation.objects.update_or_create(defaults={"account": acme, "base_url": "https://desk.example"})
    installation.forget()
    one = Patient()
    monkeypatch.setattr(looking, "checks", lambda: (one,))
    monkeypatch.setattr(watching, "checks", lambda: (one,))
    return one


@pytest.fixture
def after() -> Iterator[Pass]:
    """`after(minutes=2)`: so much later the job looks."""
    with time_machine.travel(now(), tick=False) as clock:

        def pass_by(**length: float) -> None:
            clock.shift(timedelta(**length))
            watching.watch()

        yield pass_by


def subjects() -> list[tuple[str, str]]:
    return [(mail.to, mail.content["subject"]) for mail in SystemMail.objects.order_by("pk")]


def told() -> list[str]:
    rows = Event.objects.filter(name="health.changed").order_by("pk").values_list("payload", flat=True)
    return [json.loads(row)["state"] for row in rows]


def test_it_is_told_once_and_once_when_it_is_well(patient: Patient, after: Pass, admin: User) -> None:
    patient.state = State.ILL
    after(seconds=0)
    after(seconds=90)
    assert (subjects(), told()) == ([], [])
    after(seconds=30)
    after(minutes=5)
    after(hours=3)
    assert (len(subjects()), told()) == (1, ["ill"])
    assert subjects()[0][0] == admin.email
    patient.state = State.WELL
    after(seconds=30)
    assert told() == ["ill"]
    after(minutes=2)
    after(hours=1)
    assert (len(subjects()), told()) == (2, ["ill", "well"])
    assert not Trouble.objects.exists()


def test_what_comes_and_goes_is_not_told(patient: Patient, after: Pass) -> None:
    for number in range(20):
        patient.state = State.ILL if number % 2 else State.WELL
        after(seconds=50)
    assert told() == []
    patient.state = State.ILL
    after(seconds=0)
    after(minutes=3)
    for number in range(20):  # and once it is told, a moment of health is no end
        patient.state = State.WELL if number % 2 else State.ILL
        after(seconds=50)
    assert told() == ["ill"]


def test_a_clock_that_ran_ahead_does_not_keep_it_quiet(patient: Patient, after: Pass) -> None:
    patient.state = State.ILL
    after(seconds=0)
    Trouble.objects.update(since=now() + timedelta(days=3))
    after(seconds=30)
    after(minutes=2)
    assert told() == ["ill"]


def test_another_accounts_administrators_are_told_of_theirs_alone(
    patient: Patient, after: Pass, globex: Account, gus: User
) -> None:
    patient.whose, patient.account_id, patient.state = Whose.ACCOUNT, globex.pk, State.ILL  # type: ignore[misc]
    after(seconds=0)
    after(minutes=2)
    assert {to for to, _subject in subjects()} == {gus.email}
    assert set(Event.objects.filter(name="health.changed").values_list("account_id", flat=True)) == {
        globex.pk
    }


def test_without_anyone_who_looks_after_the_installation_no_one_is_told_of_it(
    patient: Patient, after: Pass
) -> None:
    Installation.objects.update(account=None)
    installation.forget()
    patient.state = State.ILL
    after(seconds=0)
    after(minutes=5)
    assert subjects() == []


def test_mails_can_be_switched_off(patient: Patient, after: Pass, acme: Account, admin: User) -> None:
    update_account(acme, by=admin, health_mails=False)
    patient.state = State.ILL
    after(seconds=0)
    after(minutes=5)
    assert (subjects(), told()) == ([], ["ill"])


# ── the webhook ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def receiver(settings: Any) -> Iterator[Any]:
    """A program that fails at first, and keeps what it was sent."""
    settings.ALLOW_PRIVATE_ADDRESSES = True
    heard: list[tuple[dict[str, str], bytes]] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(500 if len(heard) == 1 else 204)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    Thread(target=server.serve_forever, daemon=True).start()
    server.heard = heard  # type: ignore[attr-defined]
    yield server
    server.shutdown()


def test_a_webhook_is_signed_and_tried_again_under_the_same_id(
    patient: Patient, after: Pass, acme: Account, admin: User, receiver: Any
) -> None:
    update_account(
        acme, by=admin, health_webhook_url=f"http://127.0.0.1:{receiver.server_port}/alerts?key=secret"
    )
    assert "secret" not in str(list(Event.objects.values_list("payload", flat=True)))
    patient.state = State.ILL
    after(seconds=0)
    after(minutes=2)
    out_tray.send_account_webhooks()
    assert Outgoing.objects.get(kind="webhook").state == "queued"
    after(minutes=10)
    out_tray.send_due()
    (first, _body), (second, body) = receiver.heard
    assert first["webhook-id"] == second["webhook-id"]
    assert Outgoing.objects.get(kind="webhook").state == "sent"
    said = json.loads(body)
    assert (said["type"], said["data"]["check"], said["data"]["state"]) == (
        "health.changed",
        "patient",
        "ill",
    )
    assert said["data"]["url"] == f"https://desk.example/app/accounts/{acme.pk}/settings/health"
    signed = f"{second['webhook-id']}.{second['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(alert_key(acme.pk).removeprefix("whsec_"))
    assert (
        second["webhook-signature"]
        == "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    )


def test_an_address_that_is_none_is_refused_by_name(acme: Account, admin: User) -> None:
    with pytest.raises(Invalid) as refused:
        update_account(acme, by=admin, health_webhook_url="ftp://example.com")
    assert set(refused.value.fields) == {"health_webhook_url"}


# ── channels, and no worker ───────────────────────────────────────────────────────────────────────────────────


def test_a_channel_is_told_of_once_by_its_own_mail_and_once_when_it_works(
    acme: Account, admin: User, post_office: PostOffice
) -> None:
    Installation.objects.update_or_create(defaults={"base_url": "https://desk.example"})
    installation.forget()
    inbox = create_inbox(acme, name="Soporte", channel={"type": "email", "email": "s@acme.example"}, by=None)
    note_failure(inbox, "no", needs_sign_in=True)
    watching.watch()
    Trouble.objects.update(since=now() - timedelta(hours=1))
    watching.watch()
    assert told() == ["ill"]
    assert len(subjects()) == 1
    note_success(Inbox.objects.get(pk=inbox.pk))
    note_success(Inbox.objects.get(pk=inbox.pk))
    assert [to for to, _subject in subjects()] == [admin.email] * 2
    assert "Soporte" in subjects()[1][1]


def test_a_web_process_tells_that_no_worker_works(
    acme: Account, admin: User, post_office: PostOffice
) -> None:
    Installation.objects.update_or_create(defaults={"account": acme, "base_url": "https://desk.example"})
    installation.forget()
    long_ago = now() - timedelta(minutes=10)
    Heartbeat.objects.create(
        id="w", kind="worker", host="elsewhere", pid=1, started_at=long_ago, beat_at=long_ago, ended=False
    )
    Heartbeat.objects.create(
        id="web", kind="web", host="here", pid=1, started_at=long_ago, beat_at=now(), ended=False
    )
    stand_in()
    assert Trouble.objects.filter(check_name="processes").exists()
    Trouble.objects.update(since=long_ago)
    with time_machine.travel(now() + timedelta(minutes=1)):
        Heartbeat.objects.filter(pk="web").update(beat_at=now())
        stand_in()
    letters = [letter for letter in post_office.letters if admin.email in letter[0]]
    assert len(letters) == 1


def test_changes_set_aside_are_told_to_their_account(
    globex: Account, gus: User, post_office: PostOffice
) -> None:
    Installation.objects.update_or_create(defaults={"base_url": "https://desk.example"})
    installation.forget()
    SetAsideEvent.objects.create(
        consumer="search.documents", event_id=1, account_id=globex.pk, name="x", attempts=6, error="e",
        set_aside_at=now(),
    )  # fmt: skip
    watching.watch()
    Trouble.objects.update(since=now() - timedelta(minutes=5))
    watching.watch()
    assert {to for to, _subject in subjects()} == {gus.email}
