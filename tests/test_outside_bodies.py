"""Every field of every body of the doors for outsiders (widget, public, platform, sign-in): it does something, or it is
refused by name, or it stands in SILENT with the reason. None is taken and dropped in silence.

A field does something when the same call without it leaves another answer or other rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.test import Client

from tests.test_every_door import WITH_BODY, fields_of
from ventanilla.accounts.commands.one_time import issue_one_time_token, sso_url
from ventanilla.accounts.commands.platform import create_account_for, create_platform_app, create_user_for
from ventanilla.accounts.commands.users import create_user
from ventanilla.accounts.models import OneTimeToken, User
from ventanilla.contacts.commands.hearing import hear_visitor
from ventanilla.contacts.models import ContactInbox
from ventanilla.conversations.commands import (
    NewMessage,
    post_message,
    set_custom_attributes,
    start_conversation,
)
from ventanilla.kit import tokens
from ventanilla.labels.commands import create_label
from ventanilla.testing.cast import PASSWORD

pytestmark = pytest.mark.django_db

ROOTS = ("/public/", "/platform/", "/auth/", "/api/v1/widget/", "/api/v1/accounts", "/api/v2/accounts")
OUTSIDE = {
    f"{method} {path}": operation
    for method, path, operation in WITH_BODY
    if path.startswith(ROOTS) and "{account_id}" not in path.removeprefix("/platform/api/v1/accounts/{")
}
ANOTHER = "Muy-secreta-7"
# What differs from one call to the next whatever is sent.
_VOLATILE = (
    "_at",
    "_since",
    "token",
    "uuid",
    "password",
    "digest",
    "salt",
    "key",
    "sealed",
    "client",
    "state",
    "request",
)
_TELLING = ("source_id", "echo_id", "initiated_at")
_NESTED = ("contact", "message")  # objects whose own fields count each for itself

WIDGET, INBOX = "/api/v1/widget", "/public/api/v1/inboxes/{inbox_identifier}"
SESSION = INBOX + "/contacts/{source_id}"
TALK = SESSION + "/conversations/{conversation_id}"
PERSON = {"name": "Nora", "email": "nora@example.com", "phone_number": "+34600111222"}
PICTURE = {"avatar_url": "https://example.com/nora.png"}
SIGN_UP = {
    "account_name": "Nueva",
    "user_full_name": "Nora",
    "email": "n@example.com",
    "password": ANOTHER,
    "locale": "en",
}

BODIES: dict[str, dict[str, Any]] = {
    "POST /auth/sign_in": {"email": "ana@acme.example", "password": PASSWORD, "sso_auth_token": "{sso}"},
    "POST /auth/password": {"email": "ana@acme.example"},
    "PATCH /auth/password": {"reset_password_token": "{reset}", "password": ANOTHER, "password_confirmation": ANOTHER},
    "POST /auth/confirmation": {"confirmation_token": "{confirm}"},
    "POST /api/v1/accounts": SIGN_UP,
    "POST /api/v2/accounts": SIGN_UP,
    f"POST {WIDGET}/events": {"name": "webwidget.triggered", "event_info": {"place": "home"}},
    f"POST {WIDGET}/direct_uploads": {
        "filename": "a.txt", "byte_size": 3, "checksum": "x", "content_type": "text/plain", "metadata": {"a": 1},
    },
    f"PATCH {WIDGET}/contact": {
        **PERSON, **PICTURE, "custom_attributes": {"plan": "oro"}, "additional_attributes": {"city": "Vigo"},
    },
    f"PATCH {WIDGET}/contact/set_user": {
        **PERSON, **PICTURE, "custom_attributes": {"plan": "oro"}, "additional_attributes": {"city": "Vigo"},
        "identifier": "crm-7", "identifier_hash": "{hmac}",
    },
    f"POST {WIDGET}/contact/destroy_custom_attributes": {"custom_attributes": ["known"]},
    f"POST {WIDGET}/conversations": {
        "contact": PERSON,
        "message": {
            "content": "Hola", "timestamp": "Mon Jan 05 2026", "referer_url": "https://tienda.example/", "echo_id": "e1",
        },
        "custom_attributes": {"plan": "oro"},
    },
    f"POST {WIDGET}/conversations/toggle_typing": {"typing_status": "on"},
    f"POST {WIDGET}/conversations/set_custom_attributes": {"custom_attributes": {"plan": "oro"}},
    f"POST {WIDGET}/conversations/destroy_custom_attributes": {"custom_attribute": ["known"]},
    f"POST {WIDGET}/labels": {"label": "vip"},
    f"POST {WIDGET}/messages": {
        "content": "Hola", "reply_to": "{asked}", "timestamp": "Mon Jan 05 2026", "referer_url": "https://tienda.example/",
        "echo_id": "e1", "attachments": [],
    },
    f"PATCH {WIDGET}/messages/{{message_id}}": {
        "contact": {"email": "nora@example.com", "name": "Nora"}, "submitted_email": "otra@example.com",
        "submitted_values": [{"name": "x", "value": "y"}],
    },
    f"POST {INBOX}/contacts": {
        **PERSON, **PICTURE, "source_id": "of-the-app", "identifier": "crm-7", "identifier_hash": "{hmac}",
        "custom_attributes": {"plan": "oro"},
    },
    f"PATCH {SESSION}": {
        **PERSON, **PICTURE, "source_id": "of-the-app", "identifier": "crm-7", "identifier_hash": "{hmac}",
        "custom_attributes": {"plan": "oro"},
    },
    f"POST {SESSION}/conversations": {"custom_attributes": {"plan": "oro"}},
    f"POST {TALK}/toggle_typing": {"typing_status": "on"},
    f"POST {TALK}/messages": {"content": "Hola", "echo_id": "e1", "attachments": []},
    f"PATCH {TALK}/messages/{{message_id}}": {"submitted_values": [{"name": "x", "value": "y"}]},
    "PATCH /public/api/v1/csat_survey/{conversation_uuid}": {
        "submitted_values": {"csat_survey_response": {"rating": 5, "feedback_message": "Bien"}},
    },
    "POST /platform/api/v1/accounts": {
        "name": "Otra", "locale": "en", "domain": "otra.example", "support_email": "ayuda@otra.example",
        "status": "suspended", "features": {"disable_branding": True}, "limits": {"agents": 3},
        "custom_attributes": {"plan": "oro"},
    },
    "POST /platform/api/v1/accounts/{account_id}/account_users": {"user_id": "{person}", "role": "administrator"},
    "DELETE /platform/api/v1/accounts/{account_id}/account_users": {"user_id": "{member}", "role": "agent"},
    "POST /platform/api/v1/users": {
        "email": "n@example.com", "name": "Nora", "display_name": "N.", "password": ANOTHER,
        "custom_attributes": {"plan": "oro"},
    },
}  # fmt: skip
BODIES["PATCH /platform/api/v1/accounts/{account_id}"] = BODIES["POST /platform/api/v1/accounts"]
BODIES["PATCH /platform/api/v1/users/{user_id}"] = BODIES["POST /platform/api/v1/users"]

# Proven where they belong: who gives these is in the second step of signing in, and gives nothing else.
ELSEWHERE = {
    "POST /auth/sign_in": {"mfa_token", "otp_code", "backup_code"}
}  # signin/tests/test_second_step.py

# Fields that leave no trace where the walk sends them, by operation and name, and why.
SILENT: dict[tuple[str, str], str] = {
    (
        "PATCH /auth/password",
        "password_confirmation",
    ): "the same as the password; another one is refused by name",
    ("POST /auth/sign_in", "password"): "a single sign-on link is given, which needs none",
    (f"POST {WIDGET}/conversations/toggle_typing", "typing_status"): "told to agents and not kept: test_live",
    (f"POST {TALK}/toggle_typing", "typing_status"): "told to agents and not kept: test_live",
    (
        f"POST {WIDGET}/direct_uploads",
        "content_type",
    ): "what a file is, its bytes say when they come: test_uploads",
    (
        f"POST {WIDGET}/direct_uploads",
        "metadata",
    ): "the sender's own note, which the contract sends and nobody reads",
    (f"POST {WIDGET}/messages", "timestamp"): "of a conversation that begins (C.2); this one goes on",
    (f"POST {WIDGET}/messages", "referer_url"): "of a conversation that begins (C.2); this one goes on",
    (f"POST {WIDGET}/messages", "attachments"): "none is named here; files are proven in test_uploads",
    (f"PATCH {SESSION}", "source_id"): "the address names the session (C.3)",
    (f"POST {TALK}/messages", "attachments"): "none is named here; files are proven in test_uploads",
    (
        f"PATCH {WIDGET}/messages/{{message_id}}",
        "submitted_email",
    ): "the older form of contact.email, which is given",
    (f"PATCH {WIDGET}/messages/{{message_id}}", "submitted_values"): "this question asks for the e-mail",
    ("DELETE /platform/api/v1/accounts/{account_id}/account_users", "role"): "whoever goes has none",
}


def ways(body: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for name, value in body.items():
        if name in _NESTED and isinstance(value, dict):
            yield from ((name, *rest) for rest in ways(value))
        else:
            yield (name,)


def without(body: dict[str, Any], way: tuple[str, ...]) -> dict[str, Any]:
    name, *rest = way
    if not rest:
        return {key: value for key, value in body.items() if key != name}
    return {**body, name: without(body[name], tuple(rest))}


def test_every_operation_and_field_is_walked():
    assert set(BODIES) == set(OUTSIDE)
    for operation, described in OUTSIDE.items():
        proven = set(BODIES[operation]) | ELSEWHERE.get(operation, set())
        assert proven == set(fields_of(described)), operation
    assert {operation for operation, _field in SILENT} <= set(BODIES)


class Outsider:
    """Calls an operation about things that exist, and says what it left."""

    def __init__(self, headers: dict[str, dict[str, str]], known: dict[str, Any]) -> None:
        self.headers, self.known = headers, known

    def call(self, operation: str, body: dict[str, Any]) -> tuple[int, Any, Any]:
        """Status, answer and rows after the call, which is then undone."""
        with transaction.atomic():
            answer = self._send(operation, body)
            left = (answer.status_code, _lasting(_read(answer.content)), _rows())
            transaction.set_rollback(True)
        return left

    def _send(self, operation: str, body: dict[str, Any]) -> Any:
        method, path = operation.split(" ")
        sent = next((found for prefix, found in self.headers.items() if path.startswith(prefix)), {})
        for name, value in self.known.items():
            path = path.replace(f"{{{name}}}", str(value))
        text = json.dumps(body)
        for name, value in self.known.items():
            text = text.replace(f'"{{{name}}}"', json.dumps(value))
        return Client().generic(method, path, text, content_type="application/json", headers=sent)


def _read(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None


def _lasting(value: Any) -> Any:
    """Without ids, times and whatever is drawn by lot."""
    if isinstance(value, dict):
        return {
            key: _lasting(item)
            for key, item in value.items()
            if key in _TELLING or not (key in ("id", "url") or key.endswith(("_id", *_VOLATILE)))
        }
    if isinstance(value, str) and value.startswith("{"):  # an event's payload
        return _lasting(_read(value.encode()))
    return [_lasting(item) for item in value] if isinstance(value, list) else value


def _rows() -> dict[str, list[Any]]:
    """Every row of ours, without what differs each time; and which of the known passwords a user has."""
    found: dict[str, list[Any]] = {}
    for model in apps.get_models():
        if model.__module__.startswith("ventanilla."):
            rows = [_lasting(row) for row in model._default_manager.values()]
            found[model._meta.label] = sorted(json.dumps(row, default=str, sort_keys=True) for row in rows)
    found["passwords"] = [
        (user.email, check_password(PASSWORD, user.password), check_password(ANOTHER, user.password))
        for user in User.objects.order_by("pk")
    ]
    return found


def _differences(whole: tuple[int, Any, Any], partial: tuple[int, Any, Any]) -> Any:
    if whole[:2] != partial[:2]:
        return whole[:2], partial[:2]
    return {
        key: sorted(set(rows) ^ set(partial[2][key]))
        for key, rows in whole[2].items()
        if rows != partial[2][key]
    }


@pytest.fixture
def outsider(acme, ana, carla, web_inbox, api_inbox, settings) -> Outsider:
    settings.SIGN_UP = True
    settings.RATE_LIMITS_ENABLED = False
    create_label(acme, title="vip", by=None)
    config = Client().post(f"/api/v1/widget/config?website_token={web_inbox.identifier}").json()
    visitor = ContactInbox.objects.get(contact_id=config["contact"]["id"])
    hear_visitor(visitor, signed=False, custom_attributes={"known": 1})
    app_session = ContactInbox.objects.create(contact=carla, inbox=api_inbox, source_id="app")
    kinds = {}
    for session in (visitor, app_session):
        conversation = start_conversation(session, by=None)
        set_custom_attributes(conversation, attributes={"known": 1}, by=ana)
        kinds[session.pk] = conversation
    talked = kinds[app_session.pk]
    email = post_message(kinds[visitor.pk], NewMessage("¿Tu correo?", content_type="input_email"), by=ana)
    items = [{"name": "x", "type": "text", "label": "X"}]
    question = NewMessage("¿Y bien?", content_type="form", content_attributes={"items": items})
    form = post_message(talked, question, by=ana)
    post_message(talked, NewMessage("¿Qué tal?", content_type="input_csat"), by=None)
    app, operators = create_platform_app("partner")
    theirs = create_account_for(app, name="De la app")
    member, person = (create_user_for(app, email=f"{n}@app.example", name=n) for n in ("m", "p"))
    pending = create_user("nueva@acme.example", name="Nueva", password=PASSWORD, confirmed=False, by=None)
    headers = {
        "/platform/": {"api_access_token": operators},
        WIDGET: {"X-Auth-Token": config["website_channel_config"]["auth_token"]},
    }
    return Outsider(headers, {
        "account_id": theirs.pk, "user_id": member.pk, "person": person.pk, "member": member.pk,
        "inbox_identifier": api_inbox.identifier, "source_id": app_session.source_id,
        "conversation_id": talked.display_id, "conversation_uuid": str(talked.uuid),
        "message_id": form.pk, "asked": email.pk,
        "hmac": tokens.hmac_sha256(api_inbox.hmac_token, "crm-7"),
        "sso": sso_url(ana).rpartition("=")[2],
        "reset": issue_one_time_token(ana, purpose=OneTimeToken.Purpose.PASSWORD),
        "confirm": issue_one_time_token(pending, purpose=OneTimeToken.Purpose.CONFIRMATION),
        "website_token": web_inbox.identifier, "widget_hmac": tokens.hmac_sha256(web_inbox.hmac_token, "crm-7"),
    })  # fmt: skip


@pytest.mark.parametrize("operation", sorted(BODIES))
def test_no_field_is_taken_and_dropped_in_silence(operation, outsider):
    path, known = operation, outsider.known
    if WIDGET in operation:
        path = f"{operation}?website_token={known['website_token']}"
        known |= {"message_id": known["asked"], "hmac": known["widget_hmac"]}
    body = BODIES[operation]
    whole = outsider.call(path, body)
    for way in ways(body):
        partial = outsider.call(path, without(body, way))
        refused = whole[0] == 422 and way[-1] in whole[1].get("attributes", [])
        is_silent = partial == whole and not refused
        assert is_silent is ((operation, way[0]) in SILENT), (operation, way, _differences(whole, partial))
