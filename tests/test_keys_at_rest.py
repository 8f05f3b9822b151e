"""A copy of the database signs no one in: what opens a door is a digest there, or sealed under a key that is elsewhere."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib import import_module
from typing import Any

import msgspec
import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, models
from django.test import Client, override_settings

from ventanilla.accounts import browser_sessions
from ventanilla.accounts.commands.installation import set_mail_server
from ventanilla.accounts.commands.one_time import Purpose, issue_one_time_token
from ventanilla.accounts.commands.platform import create_platform_app
from ventanilla.accounts.commands.sessions import open_session, set_password_by_link
from ventanilla.accounts.errors import LinkExpired
from ventanilla.accounts.models import AccessToken, ClientSession, User
from ventanilla.contacts.commands.identities import create_contact_inbox
from ventanilla.contacts.models import ContactInbox
from ventanilla.health.commands import alert_key
from ventanilla.kit.mail_server import server_of
from ventanilla.kit.sealed_keys import SealedKeyField, open_key, seal_column, seal_key
from ventanilla.notifications.commands import subscribe_to_push, unsubscribe_from_push
from ventanilla.notifications.models import PushSubscription
from ventanilla.realtime.permissions import find_contact, find_user
from ventanilla.testing.cast import PASSWORD, ApiClient

DIGEST, SEALED, NO_KEY = "digest", "sealed", "no key"
SUSPECT = re.compile(
    r"token|secret|key|digest|session|password|nonce|verifier|code$|uuid|identifier|source|sealed|claim"
)
COLUMNS = {
    "sessions.Session.session_key": DIGEST,
    "sessions.Session.session_data": NO_KEY,  # who it is, signed; it is found by the cookie alone
    "accounts.User.password": DIGEST,
    "accounts.User.pubsub_token": SEALED,
    "accounts.AccessToken.digest": DIGEST,
    "accounts.AccessToken.sealed": SEALED,
    "accounts.ClientSession.digest": DIGEST,
    "accounts.OneTimeToken.digest": DIGEST,
    "accounts.SystemMail.content": SEALED,  # its link
    "accounts.Installation.mail_server": SEALED,
    "signin.Authenticator.secret": SEALED,
    "signin.RecoveryCode.digest": DIGEST,
    "signin.SignIn.key": NO_KEY,  # the digest of the cookie, or the number of the phone
    "signin.KnownDevice.digest": NO_KEY,  # of a kind of device and a network
    "signin.EmailChange.digest": DIGEST,
    "signin.Spent.digest": DIGEST,
    "signin.SignInProvider.client_secret": SEALED,
    "signin.SignInProvider.claim": NO_KEY,  # the name of a claim
    "inboxes.Inbox.secrets": SEALED,
    "inboxes.Inbox.hmac_token": SEALED,
    "inboxes.Inbox.external_token": SEALED,
    "inboxes.Inbox.identifier": NO_KEY,  # stands in every page with the widget
    "contacts.ContactInbox.pubsub_token": SEALED,
    # The customer's own program chooses it and agents see it (contract A.7); whom it must not do for, signs (HMAC).
    "contacts.ContactInbox.source_id": NO_KEY,
    "contacts.Contact.identifier": NO_KEY,  # the company's number for a customer
    "conversations.Conversation.uuid": NO_KEY,  # stands in each mail of it
    "conversations.Message.source_id": NO_KEY,  # Message-ID
    "conversations.CannedResponse.short_code": NO_KEY,
    "contacts.Contact.country_code": NO_KEY,
    "attributes.AttributeDefinition.key": NO_KEY,
    "events.TimedJob.claim": NO_KEY,  # which process works on it
    "delivery.Incoming.claim": NO_KEY,
    "delivery.Outgoing.claim": NO_KEY,
    "delivery.Incoming.provider_key": NO_KEY,  # Message-ID
    "delivery.Outgoing.key": NO_KEY,
    "delivery.Invitation.uid_digest": DIGEST,
    "delivery.SignInAttempt.state_digest": DIGEST,
    "delivery.SignInAttempt.nonce": NO_KEY,  # proves to us that an answer is the provider's; opens nothing here
    "delivery.SignInAttempt.verifier": SEALED,
    "contacts.ContactImport.claim": NO_KEY,
    "automation.BulkChange.claim": NO_KEY,
    "upkeep.BackupRun.claim": NO_KEY,
    "exports.Export.claim": NO_KEY,
    "contacts.RefusedRow.code": NO_KEY,  # why a row was left out
    "notifications.PushKey.private_pem": SEALED,
    "health.AlertKey.key": SEALED,
    "health.Trouble.key": NO_KEY,  # which of the things that a check looks at
    "notifications.PushSubscription.key": SEALED,
    "notifications.PushSubscription.push_token": SEALED,
    "notifications.PushSubscription.attributes": SEALED,
    "notifications.PushSubscription.session": NO_KEY,  # digests: of the cookie, or of the access token
}  # fmt: skip


def text_columns() -> dict[str, tuple[type[models.Model], models.Field[Any, Any]]]:
    """Every column of every table that can hold a text."""
    kinds = (models.CharField, models.TextField, models.JSONField, models.UUIDField)
    return {
        f"{model._meta.label}.{field.name}": (model, field)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_concrete_fields
        if isinstance(field, kinds)
    }


def stored(name: str) -> list[str]:
    """What the database holds in that column, as whoever copies it reads it."""
    model, field = text_columns()[name]
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{field.column}" FROM "{model._meta.db_table}"')
        return [str(row[0]) for row in cursor.fetchall() if row[0]]


@pytest.fixture
def keys(acme, ana, carla, web_inbox, api_inbox) -> dict[str, str]:
    """One live key of each kind, each got at its own door."""
    browser = Client()
    body = msgspec.json.encode({"email": ana.email, "password": PASSWORD})
    signed_in = browser.post("/api/desk/session", body, content_type="application/json")
    assert signed_in.status_code == 200, signed_in.content
    device = open_session(ana, how="password")
    asked = browser.post("/auth/password", b'{"email":"ana@acme.example"}', content_type="application/json")
    assert asked.status_code == 200, asked.content
    visitor = create_contact_inbox(carla, inbox=web_inbox)
    server = server_of("smtp://us:mail-server-word@mail.example.com")
    set_mail_server(replace(server, sender="help@example.com"), by=None)
    api_inbox.secrets = {"imap_password": "mailbox-word"}
    api_inbox.external_token = "external-token-word"
    api_inbox.save()
    _app, program = create_platform_app("Panel")
    fcm = {"push_token": "device-token-word", "device_id": "device-id-word"}
    subscribe_to_push(ana, kind="fcm", attributes=fcm)
    subscribe_to_push(
        ana,
        kind="browser_push",
        attributes={"endpoint": "https://push.example/endpoint-word", "p256dh": "pair-word"},
    )
    return {
        "cookie": browser.cookies[settings.SESSION_COOKIE_NAME].value,
        "device": device.access_token,
        "api": AccessToken.objects.get(user=ana).sealed,
        "platform": program,
        "desk stream": User.objects.get(pk=ana.pk).pubsub_token,
        "visitor stream": visitor.pubsub_token,
        "hmac": web_inbox.hmac_token,
        **{
            purpose.value: issue_one_time_token(ana, purpose=purpose)
            for purpose in Purpose
            if purpose != Purpose.PASSWORD
        },
        "password": issue_one_time_token(ana, purpose=Purpose.PASSWORD),
        "mail server": "mail-server-word",
        "health webhook": alert_key(acme.pk).removeprefix("whsec_"),
        "mailbox": "mailbox-word",
        "external": "external-token-word",
        "push token": "device-token-word",
        "device id": "device-id-word",
        "push endpoint": "endpoint-word",
        "push pair": "pair-word",
    }  # fmt: skip


def test_no_column_of_any_table_holds_a_key_that_opens_something(keys):
    for name in text_columns():
        for value in stored(name):
            found = [kind for kind, key in keys.items() if key in value]
            assert not found, f"{name} holds the key of {found} in plain"


def test_each_column_that_could_hold_a_key_says_how_it_keeps_it(keys):
    columns = text_columns()
    suspects = {
        name
        for name, (_model, field) in columns.items()
        if SUSPECT.search(field.name)
        or "Encrypted" in type(field).__name__
        or "Sealed" in type(field).__name__
    }
    assert suspects == set(COLUMNS)
    forms = {
        DIGEST: re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?|(argon2|md5|pbkdf2_sha256)\$.+|!.*"),
        SEALED: re.compile(r"[vk]1\.[A-Za-z0-9_=-]+"),
    }
    for name, how in COLUMNS.items():
        if how != NO_KEY:
            assert all(forms[how].fullmatch(value) for value in stored(name)), name


def test_what_the_database_holds_opens_no_door(keys, acme, ana, api):
    def desk(cookie: str) -> bool:
        browser = Client()
        browser.cookies[settings.SESSION_COOKIE_NAME] = cookie
        return bool(browser.get("/api/desk/boot").json()["signed_in"])

    assert desk(keys["cookie"])
    assert not any(desk(value) for value in stored("sessions.Session.session_key"))

    def profile(**headers: str) -> int:
        return int(ApiClient(headers=headers).get("/api/v1/profile").status_code)

    client = ClientSession.objects.get().client
    assert profile(**{"access-token": keys["device"], "client": client, "uid": ana.email}) == 200
    for digest in stored("accounts.ClientSession.digest"):
        assert profile(**{"access-token": digest, "client": client, "uid": ana.email}) == 401
    assert profile(api_access_token=keys["api"]) == 200
    for value in stored("accounts.AccessToken.digest") + stored("accounts.AccessToken.sealed"):
        assert profile(api_access_token=value) == 401

    assert find_user(keys["desk stream"], user_id=ana.pk) == ana.pk
    assert find_contact(keys["visitor stream"]) is not None
    for value in stored("accounts.User.pubsub_token") + stored("contacts.ContactInbox.pubsub_token"):
        assert find_user(value, user_id=ana.pk) is None
        assert find_contact(value) is None

    for digest in stored("accounts.OneTimeToken.digest"):
        with pytest.raises(LinkExpired):
            set_password_by_link(token=digest, password="Another-2")
    set_password_by_link(token=keys["password"], password="Another-2")


@pytest.mark.django_db
def test_sign_ins_and_streams_of_before_go_on_after_the_upgrade(ana, carla, web_inbox):
    """The rows as the version before wrote them, then the migrations' own steps."""
    cookie = browser_sessions.SessionStore()
    cookie["who"] = "ana"
    cookie.create()
    Session.objects.all().update(session_key=cookie.session_key)
    visitor = create_contact_inbox(carla, inbox=web_inbox)
    plain = {User: (ana.pk, "a" * 24), ContactInbox: (visitor.pk, "b" * 24)}
    with connection.cursor() as cursor:
        for model, (pk, token) in plain.items():
            cursor.execute(
                f'UPDATE "{model._meta.db_table}" SET pubsub_token = %s WHERE id = %s', [token, pk]
            )
    assert find_contact("b" * 24) is None  # what stands there in plain opens nothing, and breaks nothing
    assert ContactInbox.objects.get(pk=visitor.pk).pubsub_token == "b" * 24

    step = import_module("ventanilla.accounts.migrations.0008_keys_at_rest")
    step.digest_cookies(apps, None)
    with connection.schema_editor(atomic=False) if connection.vendor == "postgresql" else _Editor() as editor:
        for model in plain:
            seal_column(editor, model, "pubsub_token")
            seal_column(editor, model, "pubsub_token")  # once more changes nothing

    assert browser_sessions.SessionStore(cookie.session_key)["who"] == "ana"
    assert find_user("a" * 24, user_id=ana.pk) == ana.pk
    assert find_contact("b" * 24) is not None
    assert not {"a" * 24, "b" * 24} & set(
        stored("accounts.User.pubsub_token") + stored("contacts.ContactInbox.pubsub_token")
    )


class _Editor:
    """SQLite's schema editor wants to be outside of a transaction, for what a seal does not do."""

    connection = connection

    def __enter__(self) -> _Editor:
        return self

    def __exit__(self, *_error: object) -> None: ...

    def quote_name(self, name: str) -> str:
        return f'"{name}"'


def test_a_key_is_found_after_the_secret_key_was_changed(ana, acme, db):
    with override_settings(SECRET_KEY="old", SECRET_KEY_FALLBACKS=[]):
        subscribe_to_push(ana, kind="fcm", attributes={"push_token": "t", "device_id": "d"})
        assert PushSubscription.objects.get(key="d").push_token == "t"
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=["old"]):
        found = PushSubscription.objects.get(key="d")
        assert (found.key, found.push_token) == ("d", "t")
        found.save()
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[]):
        assert PushSubscription.objects.get(key="d") == found
        assert unsubscribe_from_push(ana, push_token="t") == 1


def test_a_sealed_key_is_the_same_each_time_and_fits_its_column():
    token = "A" * 24
    assert seal_key(token) == seal_key(token) != seal_key("B" * 24)
    assert open_key(seal_key(token)) == token
    assert len(seal_key(token)) <= 64
    assert SealedKeyField().get_prep_value("") == ""
