"""No mail of ours holds an address that a caller made up: each is asked for and written under a forged host."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ventanilla.accounts.commands.installation import adopt_first_account, set_address
from ventanilla.accounts.jobs import send_system_mail
from ventanilla.accounts.models import Account, User
from ventanilla.contacts.commands.identities import ensure_contact_inbox
from ventanilla.contacts.models import Contact
from ventanilla.conversations.commands import (
    NewMessage,
    assign_agent,
    post_message,
    receive_message,
    start_conversation,
)
from ventanilla.conversations.models import Conversation
from ventanilla.delivery import in_tray, out_tray
from ventanilla.delivery.health import write_to_administrators
from ventanilla.inboxes.commands.inboxes import create_inbox
from ventanilla.inboxes.commands.members import add_inbox_members
from ventanilla.inboxes.models import Inbox
from ventanilla.kit import links
from ventanilla.kit.clock import now
from ventanilla.notifications import commands as notifications
from ventanilla.notifications.kinds.conversation_creation import ConversationCreation
from ventanilla.notifications.registry import kinds
from ventanilla.signin.commands.providers import add_provider
from ventanilla.signin.jobs import write_company_links
from ventanilla.testing.cast import PASSWORD, ApiClient, in_account, membership
from ventanilla.testing.mailbox import PostOffice

EVIL, OURS = "evil.example", "desk.example"
FORGED = {
    "Host": EVIL, "X-Forwarded-Host": EVIL, "X-Forwarded-Server": EVIL, "Forwarded": f"host={EVIL}",
    "Origin": f"https://{EVIL}", "Referer": f"https://{EVIL}/", "X-Original-Host": EVIL,
}  # fmt: skip

# Who writes mail. A new one comes here with the door that causes it, or the first test fails.
WRITERS = {
    "accounts/commands/one_time.py write_invitation",
    "accounts/commands/one_time.py write_password_link",
    "accounts/commands/one_time.py write_confirmation",
    "delivery/health.py write_to_administrators",
    "health/telling.py _write",  # by the clock
    "signin/commands/sessions.py _write_about_new_device",
    "signin/commands/email_changes.py _tell",
    "signin/commands/company_mail.py _write",
    "signin/commands/rule.py _announce",
    "contacts/commands/import_ends.py _write_mail",  # caused by a worker, whom no one asked
    "exports/commands.py _write_mail",  # the same
    "api/application/contact_export.py export",
    "accounts/jobs.py _send",  # all of the above leave here
    "delivery/mails.py send_mail",  # transcript, notification (settings.MAIL_WRITERS)
    "api/desk/installation.py try_mail",
    "channels/email/composing.py compose",  # a reply and a survey, in the customer's thread
    "channels/email/trying.py _mail",  # a mailbox writes to itself: a subject, no address
}


def writers() -> set[str]:
    """Each function of the product that writes or sends a mail, by file."""
    root, found = Path(__file__).parents[1] / "ventanilla", set()
    calls = {"write_mail", "mailer.send", "EmailMessage"}
    for path in root.rglob("*.py"):
        if "tests" in path.parts or "testing" in path.parts:
            continue
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef) and any(
                isinstance(node, ast.Call) and ast.unparse(node.func) in calls for node in ast.walk(function)
            ):
                found.add(f"{path.relative_to(root)} {function.name}")
    return found


def test_every_writer_of_mail_is_known_here(settings: Any) -> None:
    assert writers() == WRITERS
    assert set(settings.MAIL_WRITERS) == {
        "conversation.transcript_requested",
        "notification.created",
        "notification.digest_due",
    }


@pytest.fixture
def mail_conversation(acme: Account, ana: User) -> Conversation:
    """Carla wrote to a mailbox that asks how it was."""
    inbox = create_inbox(
        acme, name="Soporte", channel={"type": "email", "email": "soporte@acme.example"}, by=None
    )
    Inbox.objects.filter(pk=inbox.pk).update(csat_survey_enabled=True)
    add_inbox_members(inbox, user_ids=[ana.pk], by=None)
    head = "From: carla@example.com|To: soporte@acme.example|Subject: Pedido|Message-ID: <uno@example.com>||Hola|"
    raw = head.replace("|", "\r\n").encode()
    in_tray.keep(raw, channel="email", inbox=inbox)
    in_tray.read_due()
    return Conversation.objects.get(inbox=inbox)


def hosts_in(letter: EmailMessage) -> set[str]:
    """The host of every address in its headers and in each of its parts."""
    texts = [f"{name}: {value}" for name, value in letter.items()]
    texts += [str(part.get_content()) for part in letter.walk() if part.get_content_maintype() == "text"]
    whole = "\n".join(texts)
    assert EVIL not in whole
    return set(re.findall(r"https?://([^/\s\"'<>?#]+)", whole)) - {
        "www.w3.org"
    }  # the name of HTML's language, no link


def test_what_we_write_leads_to_the_installation_whatever_host_was_named(
    acme: Account, admin: User, ana: User, bruno: User, carla: Contact, web_inbox: Inbox,
    mail_conversation: Conversation, post_office: PostOffice, drain_log: Callable[[], int], settings: Any,
) -> None:  # fmt: skip
    settings.BASE_URL, settings.EXTRA_HOSTS = "", ("*",)
    adopt_first_account(acme, by=None)
    set_address(f"https://{OURS}", by=None)
    boss, agent = (ApiClient(user, headers=FORGED) for user in (admin, ana))

    def ask(caller: ApiClient, method: str, path: str, body: Any) -> Any:
        answer = caller.call(method, path, body)
        assert answer.status_code in {200, 201}, (path, answer.content)
        return answer

    def mine(path: str) -> str:
        return in_account(acme, path)

    flags = [f"email_{kind.name}" for kind in kinds()]
    notifications.change_settings(membership(acme, bruno), email_flags=flags, push_flags=[])
    with links.seen_as(f"https://{EVIL}"):  # and what works for no one's request, as if it did
        talk = start_conversation(ensure_contact_inbox(carla, inbox=web_inbox), by=None)
        receive_message(talk, NewMessage("Hola"), sender=carla)
        assign_agent(talk, assignee=bruno, by=ana)
        note = f"[@Bruno](mention://user/{bruno.pk}/Bruno) mira"
        post_message(talk, NewMessage(note, private=True), by=ana)
        for kind in kinds():
            about = start_conversation(ensure_contact_inbox(carla, inbox=web_inbox), by=None)
            notifications.tell([notifications.Telling(membership(acme, bruno), about, kind, ("email",))])
        write_to_administrators(web_inbox, subject="Canal", paragraphs=["No va"])

        ask(boss, "POST", mine("agents"), {"email": "nora@acme.example", "name": "Nora", "role": "agent"})
        ask(boss, "POST", f"/api/desk/accounts/{acme.pk}/installation/mail/test", {})
        ask(boss, "POST", mine("contacts/export"), {})
        for browser in (
            "Firefox/140.0",
            "Chrome/140.0 (Android 15)",
        ):  # the second is a device not seen before
            body = {"email": "bruno@acme.example", "password": PASSWORD}
            ask(ApiClient(headers={**FORGED, "User-Agent": browser}), "POST", "/auth/sign_in", body)
        body = {"email": "ana@acme.example", "password": PASSWORD}
        came = ask(ApiClient(headers=FORGED), "POST", "/auth/sign_in", body)
        phone = {name: came[name] for name in ("access-token", "client", "uid")}
        ask(
            ApiClient(headers=FORGED | phone), "PATCH", "/api/v1/profile", {"email": "ana.nueva@acme.example"}
        )
        ask(
            agent, "POST", mine(f"conversations/{talk.display_id}/transcript"), {"email": "carla@example.com"}
        )
        number = mail_conversation.display_id
        given = {"attachments[]": _file(), "content": "Sí"}
        answer = Client().post(
            mine(f"conversations/{number}/messages"), given,
            headers={**FORGED, "api_access_token": ana.access_token.sealed},
        )  # fmt: skip
        assert answer.status_code == 200, answer.content
        ask(agent, "POST", mine(f"conversations/{number}/toggle_status"), {"status": "resolved"})
        for path in ("/auth/password", "/api/desk/password-reset"):
            ask(ApiClient(headers=FORGED), "POST", path, {"email": "bruno@acme.example"})
        provider = {"name": "Acme ID", "issuer": "https://id.acme.example", "client_id": "us"}
        add_provider(acme, by=admin, **provider)
        ask(ApiClient(headers=FORGED), "POST", "/api/desk/companies/mail", {"email": "bruno@acme.example"})
        write_company_links()

        for _round in range(2):
            drain_log()
            out_tray.send_due()
            send_system_mail()
        with time_machine.travel(now() + ConversationCreation.mail_waits, tick=False):
            out_tray.send_due()

    letters = post_office.read()
    to = {str(letter["To"]) for letter in letters}
    assert to >= {
        "nora@acme.example", "bruno@acme.example", "ana.nueva@acme.example", "admin@acme.example", "carla@example.com",
    }, to  # fmt: skip
    subjects = "\n".join(str(letter["Subject"]) for letter in letters)
    assert len(letters) >= 11, subjects
    with_links = 0
    for letter in letters:
        found = hosts_in(letter)
        assert found <= {OURS}, (letter["Subject"], found)
        with_links += bool(found)
    assert with_links >= 8, subjects
    assert "Your sign-in email is about to change" in subjects
    assert "Sign in to Acme" in subjects


def _file() -> SimpleUploadedFile:
    return SimpleUploadedFile("a.txt", b"hola", content_type="text/plain")
