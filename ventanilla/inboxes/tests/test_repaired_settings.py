"""What was stored before settings had types."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps

from ventanilla.inboxes.channel import channel_of, read_settings
from ventanilla.inboxes.models import Inbox

repairing = import_module("ventanilla.inboxes.migrations.0003_settings_have_types")

STORED = {
    "webchat": {
        "website_url": "https://acme.example", "widget_color": "#0b5c66", "welcome_title": {"a": 1},
        "welcome_tagline": 1e308, "pre_chat_form_enabled": "false", "continuity_via_email": "0",
        "selected_feature_flags": ["attachments", 5],
        "pre_chat_form_options": {
            "pre_chat_message": 5,
            "pre_chat_fields": [{"name": "x", "required": "true", "values": "x", "type": "text"}, "y"],
        },
    },
    "api": {
        "webhook_url": [],
        "additional_attributes": {"agent_reply_time_window": "24", "agent_reply_time_window_message": 5, "own": [1]},
    },
    "email": {
        "email": "hola@acme.example", "imap_enabled": "false", "imap_enable_ssl": "true", "smtp_port": "587",
        "imap_port": "x", "imap_login": ["x"], "provider": None, "forward_key": "k", "sending_limit_per_hour": 5,
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", STORED)
def test_old_settings_become_what_their_channel_can_read(kind, acme):
    inbox = Inbox.objects.create(account=acme, name="Old", kind=kind, channel_settings=STORED[kind])
    repairing.repair(apps, None)
    inbox.refresh_from_db()
    known = {
        name: value
        for name, value in inbox.channel_settings.items()
        if name in channel_of(kind).settings_shape.model_fields and value is not None
    }
    assert read_settings(channel_of(kind), known) == known
    assert {type(value) for value in known.values()} <= {str, bool, int, list, dict}


def test_each_value_says_what_it_said(acme):
    read = {kind: repairing.typed(kind, settings) for kind, settings in STORED.items()}
    assert (read["webchat"]["pre_chat_form_enabled"], read["webchat"]["continuity_via_email"]) == (
        False,
        False,
    )
    assert "welcome_title" not in read["webchat"]
    assert read["webchat"]["pre_chat_form_options"]["pre_chat_fields"][0]["required"] is True
    assert read["api"]["additional_attributes"]["agent_reply_time_window"] == 24
    assert read["api"]["additional_attributes"]["own"] == [1]
    assert (read["email"]["imap_enabled"], read["email"]["smtp_port"], read["email"]["forward_key"]) == (
        False,
        587,
        "k",
    )
    assert read["email"]["provider"] is None
    assert repairing.typed("telegram", {"bot_token": 5}) == {"bot_token": 5}
