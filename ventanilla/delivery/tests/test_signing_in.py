"""A mailbox is signed in at its provider, its tokens are kept fresh, and a refusal asks for a person once."""

from __future__ import annotations

import asyncio
import base64
import socketserver
import threading
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from django.db import connections
from django.test import Client

from ventanilla.accounts.models import Account, SystemMail, User
from ventanilla.channels.email.settings import imap_server, smtp_server
from ventanilla.delivery import pulling, renewing, sending
from ventanilla.delivery.health import note_failure
from ventanilla.delivery.models import SignInAttempt, Watch
from ventanilla.inboxes.channel import (
    OutgoingMessage,
    SendFailed,
    SendNeedsSignIn,
    SignInRefused,
    Unreachable,
)
from ventanilla.inboxes.commands.inboxes import create_inbox, update_inbox
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import now
from ventanilla.testing.cast import ApiClient, in_account
from ventanilla.testing.mailbox import free_port
from ventanilla.testing.provider import FakeProvider

Api = Callable[..., ApiClient]


@pytest.fixture
def browser(admin: User) -> Client:
    """The administrator's browser, signed in to the desk."""
    made = Client()
    made.force_login(admin)
    return made


def begin(api: ApiClient, account: Account, provider: str = "google", **given: Any) -> str:
    answer = api.post(in_account(account, f"{provider}/authorization"), given)
    assert answer.status_code == 200, answer.content
    assert answer.json()["success"] is True
    return str(answer.json()["url"])


def come_back(browser: Client, brought: dict[str, str], provider: str = "google") -> str:
    answer = browser.get(f"/{provider}/callback", brought)
    assert answer.status_code == 302
    assert answer["Referrer-Policy"] == "no-referrer"
    return str(answer["Location"])


@pytest.fixture
def inbox(acme: Account, admin: User, browser: Client, api: Api, provider: FakeProvider) -> Inbox:
    """A mailbox that was signed in."""
    url = begin(api(admin), acme, email=provider.address, name="Soporte", user_ids=[admin.pk])
    come_back(browser, provider.consent(url))
    return Inbox.objects.get(kind="email")


@pytest.mark.feature("I-03", "I-04")
@pytest.mark.parametrize("who", ["google", "microsoft"])
def test_a_sign_in_makes_an_inbox_with_sealed_tokens(
    acme: Account, admin: User, browser: Client, api: Api, provider: FakeProvider, who: str
) -> None:
    url = begin(api(admin), acme, who, email=provider.address, name="Soporte", user_ids=[admin.pk])
    assert "offline" in url
    assert come_back(browser, provider.consent(url), who).endswith(
        f"/app/accounts/{acme.pk}/settings/inboxes/{Inbox.objects.get().pk}?signed_in={who}"
    )
    made = Inbox.objects.get()
    assert (made.name, made.address, made.channel_settings["provider"]) == ("Soporte", provider.address, who)
    assert list(made.members.all()) == [admin]
    assert made.secrets["oauth_refresh_token"] == "refresh-1"
    reading, sending = (server(made.channel_settings, made.secrets) for server in (imap_server, smtp_server))
    assert reading is not None
    assert sending is not None
    assert (reading.access_token, sending.access_token, reading.user) == (
        "access-1",
        "access-1",
        provider.address,
    )
    shown = api(admin).get(in_account(acme, f"inboxes/{made.pk}"))
    assert shown.json()["signed_in_with"] == who
    assert "access-1" not in shown.content.decode()
    assert "refresh-1" not in shown.content.decode()


@pytest.mark.feature("I-03")
def test_a_state_counts_once_for_its_person_and_for_a_while(
    acme: Account, admin: User, ana: User, browser: Client, api: Api, provider: FakeProvider
) -> None:
    brought = provider.consent(begin(api(admin), acme, email=provider.address))
    stranger = Client()
    assert come_back(stranger, brought) == "/app/?sign_in_problem=other_person"
    stranger.force_login(ana)
    new = f"/app/accounts/{acme.pk}/settings/inboxes/new?sign_in_problem"
    assert come_back(stranger, brought) == f"{new}=other_person"
    assert come_back(browser, brought, "microsoft") == f"{new}=unknown"
    assert come_back(browser, brought | {"state": brought["state"] + "x"}) == f"{new}=unknown"
    assert not Inbox.objects.exists()
    assert "signed_in=google" in come_back(browser, brought)
    assert come_back(browser, brought) == f"{new}=unknown"
    late = provider.consent(begin(api(admin), acme, email=provider.address))
    SignInAttempt.objects.update(expires_at=now())
    assert come_back(browser, late).endswith("/settings/inboxes/new?sign_in_problem=expired")
    assert Inbox.objects.count() == 1


@pytest.mark.feature("I-03")
@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        ("slow", "unreachable"),
        ("500", "unreachable"),
        ("html", "unreachable"),
        ("invalid_client", "unreachable"),
        ("invalid_grant", "refused"),
        ("no_refresh_token", "no_refresh_token"),
        ("wrong_nonce", "refused"),
        ("wrong_audience", "refused"),
        ("no_address", "refused"),
    ],
)
def test_a_provider_that_misbehaves_makes_no_inbox(
    acme: Account, admin: User, browser: Client, api: Api, provider: FakeProvider, fault: str, problem: str
) -> None:
    brought = provider.consent(begin(api(admin), acme, email=provider.address))
    provider.fault = fault
    assert come_back(browser, brought).endswith(f"inboxes/new?sign_in_problem={problem}")
    assert not Inbox.objects.exists()


def test_a_person_who_says_no_comes_back_to_where_they_were(
    acme: Account, admin: User, browser: Client, api: Api, inbox: Inbox, provider: FakeProvider
) -> None:
    brought = provider.consent(begin(api(admin), acme, inbox_id=inbox.pk))
    back = come_back(browser, {"state": brought["state"], "error": "access_denied"})
    assert back.endswith(f"inboxes/{inbox.pk}?sign_in_problem=denied")


@pytest.mark.feature("I-03")
def test_only_administrators_begin_and_only_where_the_installation_is_registered(
    acme: Account,
    globex: Account,
    admin: User,
    ana: User,
    gus: User,
    api: Api,
    provider: FakeProvider,
    settings: Any,
) -> None:
    path = in_account(acme, "google/authorization")
    assert api(ana).post(path, {"email": "x@x.example"}).status_code == 401
    assert api(gus).post(path, {"email": "x@x.example"}).status_code == 401
    foreign = create_inbox(
        globex, name="Suya", channel={"type": "email", "email": "g@globex.example"}, by=None
    )
    assert api(admin).post(path, {"inbox_id": foreign.pk}).status_code == 404
    settings.MAIL_SIGN_IN = {"google": provider.settings | {"client_secret": ""}}
    refused = api(admin).post(path, {"email": "x@x.example"})
    assert (refused.status_code, refused.json().get("code")) == (422, "sign_in_not_set_up")
    listed = api(admin).post(f"/api/desk/accounts/{acme.pk}/channels/email/tools/providers").json()
    assert listed["signs_in"] == []


@pytest.mark.feature("I-03")
def test_signing_in_again_ends_the_prompt_and_wants_the_same_mailbox(
    acme: Account, admin: User, browser: Client, api: Api, inbox: Inbox, provider: FakeProvider
) -> None:
    note_failure(inbox, "no", needs_sign_in=True)
    provider.address = "otra@acme.example"
    url = begin(api(admin), acme, inbox_id=inbox.pk)
    assert "login_hint=soporte%40acme.example" in url
    assert come_back(browser, provider.consent(url)).endswith("sign_in_problem=other_address")
    provider.address = inbox.address
    assert "signed_in=google" in come_back(
        browser, provider.consent(begin(api(admin), acme, inbox_id=inbox.pk))
    )
    inbox.refresh_from_db()
    assert (inbox.reauthorization_required, inbox.failure_reason) == (False, "")
    assert Watch.objects.get(inbox=inbox).alerted_at is None
    assert inbox.secrets["oauth_access_token"] == "access-3"
    assert Inbox.objects.count() == 1


@pytest.mark.feature("I-03")
def test_a_password_takes_the_place_of_a_sign_in(inbox: Inbox) -> None:
    changed = update_inbox(inbox, channel={"imap_password": "Secreto-1"}, by=None)
    assert not {"oauth_access_token", "oauth_refresh_token", "oauth_expires_at"} & set(changed.secrets)


# ── Fresh tokens ─────────────────────────────────────────────────────────────────────────────────────────────


def expire(inbox: Inbox) -> None:
    inbox.secrets = {**inbox.secrets, "oauth_expires_at": str(int(now().timestamp()) + 60)}
    inbox.save(update_fields=["secrets"])


@pytest.mark.feature("I-03")
@pytest.mark.parametrize("rotates", [False, True])
def test_a_token_is_renewed_before_it_ends(inbox: Inbox, provider: FakeProvider, rotates: bool) -> None:
    provider.rotates = rotates
    renewing.renew_if_due(inbox)
    assert inbox.secrets["oauth_access_token"] == "access-1"
    expire(inbox)
    renewing.renew_if_due(inbox)
    kept = Inbox.objects.get(pk=inbox.pk).secrets
    assert inbox.secrets == kept
    assert kept["oauth_access_token"] == "access-2"
    assert kept["oauth_refresh_token"] == ("refresh-2" if rotates else "refresh-1")
    assert renewing.renew_refused(inbox)  # it says an hour, and is refused all the same
    assert inbox.secrets["oauth_access_token"] == "access-3"


@pytest.mark.feature("I-03")
def test_a_refused_renewal_asks_for_a_person_with_one_letter(
    inbox: Inbox, admin: User, provider: FakeProvider
) -> None:
    expire(inbox)
    provider.fault = "invalid_grant"
    for _ in range(3):
        with pytest.raises(SignInRefused):
            pulling.pull(inbox)
    inbox.refresh_from_db()
    assert inbox.reauthorization_required
    assert "Google" in inbox.failure_reason
    assert SystemMail.objects.filter(to=admin.email).count() == 1
    assert not pulling._watched().exists()


def test_a_provider_that_is_away_is_no_refusal(inbox: Inbox, provider: FakeProvider) -> None:
    expire(inbox)
    for provider.fault in ("500", "slow", "html", "invalid_client"):
        with pytest.raises(Unreachable):
            renewing.renew_if_due(inbox)
    inbox.refresh_from_db()
    assert not inbox.reauthorization_required
    provider.fault = ""
    renewing.renew_if_due(inbox)
    assert inbox.secrets["oauth_access_token"] == "access-2"


def test_who_signed_in_anew_meanwhile_is_not_overwritten(inbox: Inbox, provider: FakeProvider) -> None:
    channel = renewing.signing_in("email")
    assert channel is not None
    changes = channel.renew(inbox)
    anew = {**inbox.secrets, "oauth_refresh_token": "refresh-new", "oauth_access_token": "access-new"}
    Inbox.objects.filter(pk=inbox.pk).update(secrets=anew)
    renewing.keep_renewed_secrets(inbox, changes=changes, replacing="refresh-1", key=renewing.KEY)
    assert Inbox.objects.get(pk=inbox.pk).secrets == anew


@pytest.mark.feature("I-03")
def test_of_several_workers_one_renews(
    transactional_db: None, acme: Account, admin: User, browser: Client, api: Api, provider: FakeProvider
) -> None:
    come_back(browser, provider.consent(begin(api(admin), acme, email=provider.address)))
    inbox = Inbox.objects.get()
    expire(inbox)
    provider.pause_seconds = 0.5
    provider.asked.clear()
    got: list[str] = []

    def work() -> None:
        try:
            mine = Inbox.objects.get(pk=inbox.pk)
            renewing.renew_if_due(mine)
            got.append(mine.secrets["oauth_access_token"])
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert got == ["access-2"] * 4
    assert len(provider.asked) == 1


class TokenSmtp:
    """An SMTP server that takes one token, as Google's and Microsoft's do."""

    accepts = "access-2"

    def __init__(self) -> None:
        self.tried: list[str] = []
        self.taken: list[bytes] = []

    async def auth_XOAUTH2(self, server: SMTP, words: list[str]) -> AuthResult:
        said = base64.b64decode(words[1]).decode()
        self.tried.append(said.partition("Bearer ")[2].strip("\x01"))
        if self.tried[-1] == self.accepts:
            return AuthResult(success=True, auth_data="soporte")
        await server.push("334 eyJzdGF0dXMiOiI0MDEifQ==")
        await asyncio.wait_for(server._reader.readline(), 5)
        return AuthResult(success=False, handled=False)

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        self.taken.append(envelope.content)
        return "250 OK"


@pytest.fixture
def token_smtp(inbox: Inbox) -> Iterator[TokenSmtp]:
    """The inbox sends by it."""
    made, port = TokenSmtp(), free_port()
    running = Controller(made, hostname="127.0.0.1", port=port, auth_required=True, auth_require_tls=False)
    running.start()
    inbox.channel_settings |= {
        "smtp_address": "127.0.0.1",
        "smtp_port": port,
        "smtp_enable_starttls_auto": False,
    }
    inbox.save()
    yield made
    running.stop()


@pytest.mark.feature("I-04")
def test_a_token_refused_while_sending_is_renewed_and_the_mail_leaves_once(
    inbox: Inbox, provider: FakeProvider, token_smtp: TokenSmtp
) -> None:
    receipt = sending._send(a_message(), inbox)
    assert receipt.external_id
    assert token_smtp.tried == ["access-1", "access-2"]
    assert len(token_smtp.taken) == 1
    token_smtp.accepts = "none"
    with pytest.raises(SendNeedsSignIn):
        sending._send(a_message(), inbox)
    assert token_smtp.tried[2:] == ["access-2", "access-3"]
    provider.fault = "invalid_grant"
    with pytest.raises(SendFailed) as failed:
        sending._send(a_message(), inbox)
    assert not failed.value.permanent
    inbox.refresh_from_db()
    assert inbox.reauthorization_required


def a_message() -> OutgoingMessage:
    about = {
        "uuid": "0f0e0d0c-0000-4000-8000-000000000000",
        "message_id": 1,
        "display_id": 1,
        "account_id": 1,
        "is_first": True,
        "subject": "Hola",
    }
    return OutgoingMessage(key="k", content="Hola", to="carla@example.com", conversation=about)


class TokenImap(socketserver.StreamRequestHandler):
    """An IMAP server with an empty mailbox that takes one token."""

    tried: ClassVar[list[str]] = []
    accepts: ClassVar[str] = "access-2"

    def handle(self) -> None:
        self.say("* OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2] ready")
        for line in self.rfile:
            tag, word, *rest = line.decode().split()
            if word.upper() == "AUTHENTICATE":
                self.say("+ ")
                said = base64.b64decode(self.rfile.readline()).decode()
                self.tried.append(said.partition("Bearer ")[2].strip("\x01"))
                if self.tried[-1] != self.accepts:
                    self.say("+ eyJzdGF0dXMiOiI0MDAifQ==")
                    self.rfile.readline()
                    self.say(f"{tag} NO [AUTHENTICATIONFAILED] Invalid credentials")
                    continue
            elif word.upper() == "CAPABILITY":
                self.say("* CAPABILITY IMAP4rev1 AUTH=XOAUTH2")
            elif word.upper() == "EXAMINE":
                self.say("* 0 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 1] x")
            elif word.upper() == "UID" and rest[0].upper() == "SEARCH":
                self.say("* SEARCH")
            self.say(f"{tag} OK done")
            if word.upper() == "LOGOUT":
                return

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@pytest.mark.feature("I-03")
def test_a_token_refused_while_reading_is_renewed(inbox: Inbox, provider: FakeProvider) -> None:
    TokenImap.tried.clear()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), TokenImap) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        inbox.channel_settings |= {
            "imap_address": "127.0.0.1",
            "imap_port": server.server_address[1],
            "imap_enable_ssl": False,
        }
        inbox.save()
        assert pulling.pull(inbox) == 0
        server.shutdown()
    assert TokenImap.tried == ["access-1", "access-2"]
    inbox.refresh_from_db()
    assert inbox.secrets["oauth_access_token"] == "access-2"
    assert not inbox.reauthorization_required
