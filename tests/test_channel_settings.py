"""Whatever is sent for an inbox, by whichever door, the list of inboxes stays one that a strict client can read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_plus

import msgspec
import pytest
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests import strict_shapes
from ventanilla.accounts.models import AccessToken
from ventanilla.inboxes.channel import channel_of, registry
from ventanilla.inboxes.commands.inboxes import create_inbox
from ventanilla.inboxes.models import Inbox
from ventanilla.testing.cast import in_account
from ventanilla.testing.channels import sample_of

pytestmark = pytest.mark.django_db

KINDS = sorted(registry())
NEEDED = {kind: dict(sample_of(channel_of(kind)).form) for kind in KINDS}
# One of every type that JSON has, and the texts that a form says them with.
VALUES: list[Any] = [
    None, True, 0, 5, -1, 2**70, 1.5, 1e308, "", "x", "false", "587", "x" * 20_000,
    [], ["x"], [1], [[]], [{}], [None], {}, {"a": {"b": []}},
]  # fmt: skip
# What is nearly right, for the settings that have a shape of their own.
ALMOST: dict[str, list[Any]] = {
    "pre_chat_form_options": [
        {"pre_chat_fields": [{"name": "x", "required": "false", "type": "list", "values": "x"}]},
        {"pre_chat_fields": [{"name": "x", "required": "false", "type": "list", "values": ["x"]}]},
        {"pre_chat_fields": [{"name": 5}]},
        {"pre_chat_fields": {"0": {"name": "x"}}},
        {"pre_chat_message": None, "pre_chat_fields": None},
    ],
    "selected_feature_flags": [["attachments"], [""], "attachments"],
    "additional_attributes": [
        {"agent_reply_time_window": "5"},
        {"agent_reply_time_window": [5]},
        {"agent_reply_time_window": 5, "agent_reply_time_window_message": {"a": 1}},
        {"other": {"deep": [1, {"a": None}]}},
    ],
    "auto_assignment_config": [
        {"max_assignment_limit": "5"},
        {"max_assignment_limit": True},
        {"max_assignment_limit": 0},
    ],
    "csat_config": [
        {"survey_rules": {"values": "vip"}},
        {"survey_rules": {"values": 5}},
        {"survey_rules": []},
        {"message": 5},
    ],
    "working_hours": [
        [{"day_of_week": "1", "open_hour": "9", "open_minutes": 0, "close_hour": "17", "close_minutes": 0}],
        [{"day_of_week": 1, "closed_all_day": "false", "open_all_day": "true"}],
        [{"day_of_week": [1]}],
        [{"day_of_week": 1, "open_hour": True, "open_minutes": 0, "close_hour": 9, "close_minutes": 0}],
    ],
}
# A form says texts, and what is built of texts: the rest is JSON's alone.
FORM_VALUES = ["", "x", "false", "587", "1.5", [""], ["x"], {"a": "1"}, {"a": {"b": ["x"]}}]
OWN = (
    "greeting_enabled greeting_message enable_email_collect csat_survey_enabled csat_response_visible csat_config"
    " enable_auto_assignment auto_assignment_config working_hours_enabled working_hours out_of_office_message timezone"
    " allow_messages_after_resolved lock_to_single_conversation sender_name_type business_name name portal_id"
    " allow_agent_to_delete_message external_token avatar"
).split()


class Door:
    """One way to send the same: JSON, form or multipart."""

    def __init__(self, encoding: str, user: Any) -> None:
        self.encoding = encoding
        self.http = Client()
        self.headers = {"api_access_token": AccessToken.objects.get(user=user).sealed}

    def values(self, name: str) -> list[Any]:
        """What to try for that setting."""
        return [*VALUES, *ALMOST.get(name, [])] if self.encoding == "json" else FORM_VALUES

    def send(self, method: str, path: str, fields: dict[str, Any]) -> Any:
        if self.encoding == "json":
            body, kind = json.dumps(fields).encode(), "application/json"
        else:
            pairs = list(_pairs(fields))
            if self.encoding == "form":
                body = "&".join(f"{quote_plus(key)}={quote_plus(value)}" for key, value in pairs).encode()
                kind = "application/x-www-form-urlencoded"
            else:
                named: dict[str, list[str]] = {}
                for key, value in pairs:
                    named.setdefault(key, []).append(value)
                body, kind = encode_multipart(BOUNDARY, named), MULTIPART_CONTENT
        return self.http.generic(method, path, body, content_type=kind, headers=self.headers)


def _pairs(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """The value as forms say it: `channel[imap_port]=587`, `flags[]=a`."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _pairs(item, f"{key}[{name}]" if key else str(name))
    elif isinstance(value, list):
        for item in value:
            yield from _pairs(item, f"{key}[]")
    else:
        yield key, value if isinstance(value, str) else json.dumps(value)


@pytest.fixture(params=["json", "form", "multipart"])
def door(request, admin) -> Door:
    return Door(request.param, admin)


def settings_of(kind: str) -> list[str]:
    return sorted(
        {*channel_of(kind).settings_shape.model_fields, *channel_of(kind).settings_schema()["properties"]}
    )


def made(acme: Any, kind: str) -> Inbox:
    channel = {"type": channel_of(kind).create_type, **NEEDED[kind]}
    return create_inbox(acme, name="Tried", channel=channel, by=None)


def check(answer: Any, said: Any) -> None:
    """Either refused with a name, or kept in a way that a strict client can read."""
    assert answer.status_code in {200, 422}, (said, answer.content[:300])
    if answer.status_code == 422:
        assert answer.json()["attributes"], (said, answer.content[:300])
    else:
        msgspec.json.decode(answer.content, type=strict_shapes.AnyInbox)


def check_list(door: Door, acme: Any) -> None:
    answer = door.http.get(in_account(acme, "inboxes"), headers=door.headers)
    msgspec.json.decode(answer.content, type=strict_shapes.Inboxes)


@pytest.mark.parametrize("kind", KINDS)
def test_any_value_for_any_setting_is_read_or_refused_by_name(kind, acme, admin, door):
    inbox = made(acme, kind)
    address = in_account(acme, f"inboxes/{inbox.pk}")
    new = {"type": channel_of(kind).create_type, **NEEDED[kind]}
    for name in settings_of(kind):
        for value in door.values(name):
            check(door.send("PATCH", address, {"channel": {name: value}}), (name, value))
            fields = {"name": "New", "channel": {**new, name: value}}
            check(door.send("POST", in_account(acme, "inboxes"), fields), (name, value))
            Inbox.objects.exclude(pk=inbox.pk).delete()
    check_list(door, acme)


def test_any_value_for_any_field_of_an_inbox_is_read_or_refused_by_name(acme, admin, door):
    address = in_account(acme, f"inboxes/{made(acme, 'webchat').pk}")
    for name in OWN:
        for value in door.values(name):
            changed = door.send("PATCH", address, {name: value})
            check(changed, (name, value))
            if changed.status_code == 422:
                assert changed.json()["attributes"] == [name], (name, value, changed.content)
    check_list(door, acme)


@pytest.mark.parametrize(("kind", "name", "said", "kept"), [
    ("webchat", "hmac_mandatory", "false", False),
    ("webchat", "hmac_mandatory", "true", True),
    ("webchat", "pre_chat_form_enabled", "false", False),
    ("webchat", "pre_chat_form_enabled", "1", True),
    ("webchat", "continuity_via_email", "0", False),
    ("webchat", "welcome_title", "false", "false"),
    ("api", "hmac_mandatory", "off", False),
    ("api", "webhook_url", "https://acme.example/hook", "https://acme.example/hook"),
    ("email", "imap_enabled", "false", False),
    ("email", "imap_enable_ssl", "false", False),
    ("email", "smtp_port", "465", 465),
    ("email", "sending_limit_per_hour", "90", 90),
    ("email", "smtp_enable_starttls_auto", "no", False),
    ("email", "quotes_history", "false", False),
])  # fmt: skip
def test_a_text_says_what_it_means(kind, name, said, kept, acme, admin, door):
    inbox = made(acme, kind)
    changed = door.send("PATCH", in_account(acme, f"inboxes/{inbox.pk}"), {"channel": {name: said}})
    assert (changed.status_code, changed.json()[name] if name != "hmac_mandatory" else kept) == (200, kept)
    inbox.refresh_from_db()
    stored = inbox.hmac_mandatory if name == "hmac_mandatory" else inbox.channel_settings[name]
    assert (type(stored), stored) == (type(kept), kept)
    fields = {**NEEDED[kind], "type": channel_of(kind).create_type, name: said}
    if kind == "email":
        fields["email"] = "otra@acme.example"
    created = door.send("POST", in_account(acme, "inboxes"), {"name": "New", "channel": fields})
    assert created.status_code == 200, created.content
    assert created.json().get(name, kept) == kept


def test_null_empties_a_text_and_leaves_a_secret(acme, admin, door):
    hook = made(acme, "api")
    path = in_account(acme, f"inboxes/{hook.pk}")
    door.send("PATCH", path, {"channel": {"webhook_url": "https://acme.example/hook"}})
    assert door.send("PATCH", path, {"channel": {"webhook_url": None}}).json()["webhook_url"] == ""
    mailbox = made(acme, "email")
    path = in_account(acme, f"inboxes/{mailbox.pk}")
    door.send("PATCH", path, {"channel": {"smtp_password": "s3cret"}})
    assert door.send("PATCH", path, {"channel": {"smtp_password": None}}).json()["smtp_password_set"] is True


def test_a_field_of_the_wrong_kind_is_told_in_the_accounts_language(acme, admin, api):
    acme.locale = "es"
    acme.save()
    inbox = made(acme, "email")
    answer = api(admin).patch(
        in_account(acme, f"inboxes/{inbox.pk}"), {"channel": {"imap_enabled": "quizá", "smtp_port": "x"}}
    )
    assert answer.status_code == 422
    assert answer.json()["fields"] == {
        "imap_enabled": ["imap_enabled debe ser verdadero o falso"],
        "smtp_port": ["smtp_port debe ser un número entero"],
    }


def test_hours_are_read_from_texts(acme, admin, api):
    inbox = made(acme, "webchat")
    day = {
        "day_of_week": "1", "open_hour": "9", "open_minutes": "30", "close_hour": "17", "close_minutes": "0",
        "closed_all_day": "false", "open_all_day": "false",
    }  # fmt: skip
    answer = api(admin).patch(in_account(acme, f"inboxes/{inbox.pk}"), {"working_hours": [day]})
    assert answer.status_code == 200, answer.content
    monday = answer.json()["working_hours"][1]
    assert (monday["open_hour"], monday["open_minutes"], monday["closed_all_day"]) == (9, 30, False)
