"""Settings of channels that were kept as they came ("false", "587", an object for a text) get the type they have.

A value that cannot be read as its type is forgotten, and the channel's default stands. The tables are those of this day.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations

_TRUE, _FALSE = {"true", "1", "yes", "on", "t", "y"}, {"false", "0", "no", "off", "f", "n"}
_TYPES: dict[str, dict[str, str]] = {
    "webchat": {
        "website_url": "text", "widget_color": "text", "welcome_title": "text", "welcome_tagline": "text",
        "reply_time": "text", "pre_chat_form_enabled": "switch", "pre_chat_form_options": "form",
        "continuity_via_email": "switch", "selected_feature_flags": "texts",
    },
    "api": {"webhook_url": "text", "additional_attributes": "window"},
    "email": {
        "email": "text", "provider": "text", "imap_enabled": "switch", "imap_login": "text", "imap_address": "text",
        "imap_port": "whole", "imap_enable_ssl": "switch", "imap_enable_starttls": "switch", "imap_folders": "texts",
        "imap_import": "text", "smtp_enabled": "switch", "smtp_login": "text", "smtp_address": "text",
        "smtp_port": "whole", "smtp_domain": "text", "smtp_enable_ssl_tls": "switch",
        "smtp_enable_starttls_auto": "switch", "smtp_openssl_verify_mode": "text", "smtp_authentication": "text",
        "sending_limit_per_hour": "whole", "quotes_history": "switch", "dkim_domain": "text", "dkim_selector": "text",
        "sender_domain": "text",
    },
}  # fmt: skip
_UNREADABLE = object()


def _switch(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower() if isinstance(value, str | int) else ""
    return True if word in _TRUE else False if word in _FALSE else _UNREADABLE


def _whole(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return _UNREADABLE
    try:
        number = int(value)
    except ValueError:
        return _UNREADABLE
    return number if 0 <= number <= 1_000_000 else _UNREADABLE


def _text(value: Any) -> Any:
    return value if isinstance(value, str) else _UNREADABLE


def _texts(value: Any) -> Any:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else _UNREADABLE


def _form(value: Any) -> Any:
    if not isinstance(value, dict):
        return _UNREADABLE
    fields = value.get("pre_chat_fields")
    message = value.get("pre_chat_message")
    return {
        "pre_chat_message": message if isinstance(message, str) else "",
        "pre_chat_fields": [
            field
            for item in (fields if isinstance(fields, list) else [])
            if (field := _field(item)) is not None
        ],
    }


def _field(item: Any) -> dict[str, Any] | None:
    if not isinstance(item, dict) or not isinstance(item.get("name"), str):
        return None
    kinds = {"standard", "contact_attribute", "conversation_attribute"}
    types = {"email", "text", "number", "link", "date", "list", "checkbox"}
    texts = {name: item[name] if isinstance(item.get(name), str) else "" for name in ("label", "placeholder")}
    asks = {name: _switch(item.get(name, False)) is True for name in ("required", "enabled")}
    rules = {
        name: item[name] if isinstance(item.get(name), str) else None
        for name in ("regex_pattern", "regex_cue", "locale")
    }
    kind, of_type, choices = item.get("field_type"), item.get("type"), _texts(item.get("values"))
    return {
        "field_type": kind if isinstance(kind, str) and kind in kinds else "standard",
        "name": item["name"],
        "type": of_type if isinstance(of_type, str) and of_type in types else "text",
        "values": choices if choices is not _UNREADABLE else [],
        **texts,
        **asks,
        **rules,
    }


def _window(value: Any) -> Any:
    if not isinstance(value, dict):
        return _UNREADABLE
    hours, told = value.get("agent_reply_time_window"), value.get("agent_reply_time_window_message")
    try:
        number = None if hours is None or isinstance(hours, bool) else float(hours)
    except (TypeError, ValueError):
        number = None
    if number is not None and number == int(number):
        number = int(number)
    return {
        **value,
        "agent_reply_time_window": number,
        "agent_reply_time_window_message": told if isinstance(told, str) else "",
    }


_READ = {"switch": _switch, "whole": _whole, "text": _text, "texts": _texts, "form": _form, "window": _window}


def typed(kind: str, settings: dict[str, Any]) -> dict[str, Any]:
    """The settings in their types."""
    types = _TYPES.get(kind, {})
    read = {
        name: _READ[types[name]](value) if name in types and value is not None else value
        for name, value in settings.items()
    }
    return {name: value for name, value in read.items() if value is not _UNREADABLE}


def repair(apps: Any, _editor: Any) -> None:
    """Only rows that differ are written."""
    Inbox = apps.get_model("inboxes", "Inbox")
    for inbox in Inbox.objects.only("pk", "kind", "channel_settings").iterator(chunk_size=200):
        settings = typed(inbox.kind, inbox.channel_settings)
        if settings != inbox.channel_settings or repr(settings) != repr(inbox.channel_settings):
            Inbox.objects.filter(pk=inbox.pk).update(channel_settings=settings)
    Inbox.objects.exclude(portal_id=None).update(portal_id=None)


class Migration(migrations.Migration):
    dependencies = [("inboxes", "0002_csat_config")]
    operations = [migrations.RunPython(repair, migrations.RunPython.noop, elidable=True)]
