"""The form of a mailbox: where it is read and sent from; found for the address, chosen, or typed (I-03, I-04)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from ventanilla.channels.email import oauth, presets
from ventanilla.channels.email.discovery import Found, Server

SECURITIES = ("tls", "starttls", "none")


def security_fields(side: str, security: str) -> dict[str, bool]:
    """The contract's two switches (A.7) for one word of SECURITIES."""
    if side == "imap":
        return {"imap_enable_ssl": security == "tls", "imap_enable_starttls": security == "starttls"}
    return {"smtp_enable_ssl_tls": security == "tls", "smtp_enable_starttls_auto": security == "starttls"}


def security_of(side: str, settings: Mapping[str, Any]) -> str:
    """The word for what the two switches say."""
    tls, starttls = security_fields(side, "")
    if settings.get(tls):
        return "tls"
    return "starttls" if settings.get(starttls) else "none"


def server_fields(imap: Server, smtp: Server, *, enabled: bool) -> dict[str, Any]:
    """Fields of the form that lead to these servers. Without a login, the form says the address itself."""
    fields: dict[str, Any] = {"imap_enabled": True, "smtp_enabled": True} if enabled else {}
    for side, server in (("imap", imap), ("smtp", smtp)):
        fields |= {
            f"{side}_address": server.host,
            f"{side}_port": server.port,
            f"{side}_login": server.login,
            f"{side}_security": server.security,
        }
    return fields


def _app_password() -> str:
    return _("This provider asks for an app password. Create one in your account's security page.")


def _presets() -> dict[str, Any]:
    choices = [
        {
            "key": preset.key,
            "title": preset.name,
            "values": server_fields(
                Server(*preset.imap, login=""), Server(*preset.smtp, login=""), enabled=True
            ),
            "hint": _app_password() if preset.sign_in == "app_password" else "",
            "sign_in": preset.oauth,
        }
        for preset in presets.PRESETS
    ]
    return {
        "title": _("Provider"),
        "other": _("Other"),
        "after": "email",
        "blank": {"imap_login": "email", "smtp_login": "email"},
        "choices": choices,
    }


def found_fields(found: Found) -> dict[str, Any]:
    """What the form is told of an address: fields to fill, and how we know."""
    name = found.name or _("your domain")
    said = {
        "preset": _("Servers of %(name)s."),
        "mx": _("%(name)s handles this domain's email. These are its servers."),
        "srv": _("Found in the domain's DNS records. Check them before you enter your password."),
        "autoconfig": _("Found in %(name)s's configuration file. Check them before you enter your password."),
        "guess": _("We couldn't find this domain's servers. Correct the names before you turn them on."),
    }
    return {
        "values": server_fields(found.imap, found.smtp, enabled=found.source != "guess"),
        "said": said[found.source] % {"name": name},
        "choice": found.provider,
        "hint": _app_password() if found.sign_in == "app_password" else "",
        "sign_in": found.oauth,
    }


def _test() -> dict[str, Any]:
    def step(name: str, title: str, *when: str) -> dict[str, Any]:
        return {"name": name, "title": title, "when": list(when)}

    return {
        "title": _("Send and receive a test"),
        "hint": _("Nothing is saved."),
        "tools": [
            {"tool": "send_test", "when": ["smtp_enabled"]},
            {"tool": "find_test", "when": ["imap_enabled"], "repeats": True},
        ],
        "steps": [
            step("smtp_connect", _("Connect to the sending server"), "smtp_enabled"),
            step("smtp_sign_in", _("Sign in to send"), "smtp_enabled"),
            step("smtp_send", _("Send an email to this address"), "smtp_enabled"),
            step("imap_connect", _("Connect to the mailbox server"), "imap_enabled"),
            step("imap_sign_in", _("Sign in to the mailbox"), "imap_enabled"),
            step("imap_find", _("Find that email"), "smtp_enabled", "imap_enabled"),
        ],
    }


def _side(side: str) -> dict[str, Any]:
    inside = {"group": side, "when": f"{side}_enabled"}
    text: dict[str, Any] = {"type": "string", **inside}
    password: dict[str, Any] = {"follows": "imap_password"} if side == "smtp" else {}
    return {
        f"{side}_address": {**text, "title": _("Server"), "needed": True},
        f"{side}_port": {**inside, "type": "integer", "title": _("Port"), "needed": True},
        f"{side}_login": {**text, "title": _("Username"), "needed": side == "imap", "autocomplete": "off"},
        f"{side}_password": {**text, "title": _("Password"), "secret": True, **password},
        f"{side}_security": {
            **text,
            "title": _("Encryption"),
            "enum": list(SECURITIES),
            "enumTitles": ["TLS", "STARTTLS", _("None")],
        },
    }


def schema() -> dict[str, Any]:
    """In the language active now."""
    imap, smtp = _("Receive email over IMAP"), _("Send through your SMTP server")
    reading = {"group": "imap", "when": "imap_enabled"}
    return {
        "type": "object",
        "required": ["email"],
        "part": {"title": _("Servers"), "save": _("Test and save")},
        "groups": {"imap": {"title": imap, "columns": 2}, "smtp": {"title": smtp, "columns": 2}},
        "presets": _presets(),
        "finder": {
            "tool": "discover",
            "from": "email",
            "busy": _("Looking for the servers of this address…"),
        },
        "test": _test(),
        "sign_in": oauth.configured(),
        "properties": {
            "email": {
                "type": "string",
                "format": "email",
                "title": _("Address"),
                "description": _("The address your customers write to."),
            },
            "forward_to_email": {
                "type": "string",
                "title": _("Forward to"),
                "description": _("Set up forwarding to this address at your provider."),
                "readOnly": True,
            },
            "imap_enabled": {
                "type": "boolean",
                "title": imap,
                "description": _("Messages in the mailbox stay as they are."),
            },
            **_side("imap"),
            "imap_folders": {
                "type": "array",
                "items": {"type": "string"},
                "title": _("Folders"),
                "description": _("Separate with commas. With a single folder, email arrives at once."),
                **reading,
            },
            "imap_import": {
                "type": "string",
                "title": _("Older email"),
                "enum": ["new", "all"],
                "enumTitles": [_("Only new email"), _("Everything in the mailbox")],
                **reading,
            },
            "smtp_enabled": {
                "type": "boolean",
                "title": smtp,
                "description": _("When off, email is sent from our address."),
            },
            **_side("smtp"),
            "sending_limit_per_hour": {
                "type": "integer",
                "minimum": 0,
                "title": _("Emails per hour"),
                "description": _("Emails over the limit wait and are sent in order. 0 means no limit."),
            },
            "trusted_server": {
                "type": "string",
                "title": _("Server that checks senders"),
                "description": _(
                    "Its verdict on SPF, DKIM and DMARC is shown beside each email. Leave empty to use"
                    " the server that receives your email. none: no server."
                ),
                "autocomplete": "off",
            },
        },
    }
