"""Servers of the usual providers, as they publish them, and how their customers' domains are recognised."""

from __future__ import annotations

from dataclasses import dataclass

Server = tuple[str, int, str]  # host, port, security: tls, starttls or none


@dataclass(frozen=True)
class Preset:
    """One provider. `domains`: of its own addresses; `exchangers`: endings of the MX names of its customers' domains.

    `sign_in`: password, app_password (one made for programs alone) or oauth. `oauth`: who signs people in, if someone does.
    """

    key: str
    name: str
    domains: tuple[str, ...]
    exchangers: tuple[str, ...]
    imap: Server
    smtp: Server
    sign_in: str = "password"
    oauth: str = ""


PRESETS = (
    Preset(
        "google",
        "Gmail, Google Workspace",
        ("gmail.com", "googlemail.com"),
        ("google.com", "googlemail.com"),
        ("imap.gmail.com", 993, "tls"),
        ("smtp.gmail.com", 587, "starttls"),
        "app_password",
        "google",
    ),
    Preset(
        "microsoft",
        "Outlook, Microsoft 365",
        ("outlook.com", "hotmail.com", "live.com", "msn.com", "outlook.es", "hotmail.es"),
        ("protection.outlook.com", "mx.microsoft"),
        ("outlook.office365.com", 993, "tls"),
        ("smtp.office365.com", 587, "starttls"),
        "oauth",
        "microsoft",
    ),
    Preset(
        "icloud",
        "iCloud",
        ("icloud.com", "me.com", "mac.com"),
        ("mail.icloud.com",),
        ("imap.mail.me.com", 993, "tls"),
        ("smtp.mail.me.com", 587, "starttls"),
        "app_password",
    ),
    Preset(
        "yahoo",
        "Yahoo",
        ("yahoo.com", "yahoo.es", "yahoo.com.mx", "yahoo.com.ar", "ymail.com"),
        ("yahoodns.net",),
        ("imap.mail.yahoo.com", 993, "tls"),
        ("smtp.mail.yahoo.com", 465, "tls"),
        "app_password",
    ),
    Preset(
        "zoho",
        "Zoho",
        ("zoho.com", "zohomail.com"),
        ("mx.zoho.com", "mx2.zoho.com", "mx3.zoho.com"),
        ("imap.zoho.com", 993, "tls"),
        ("smtp.zoho.com", 465, "tls"),
        "app_password",
    ),
    Preset(
        "zoho_eu",
        "Zoho (Europa)",
        ("zohomail.eu",),
        ("zoho.eu",),
        ("imap.zoho.eu", 993, "tls"),
        ("smtp.zoho.eu", 465, "tls"),
        "app_password",
    ),
    Preset(
        "fastmail",
        "Fastmail",
        ("fastmail.com", "fastmail.fm"),
        ("messagingengine.com",),
        ("imap.fastmail.com", 993, "tls"),
        ("smtp.fastmail.com", 465, "tls"),
        "app_password",
    ),
    Preset(
        "ionos",
        "IONOS",
        (),
        ("ionos.es", "ionos.com", "ionos.mx", "1and1.es", "kundenserver.de"),
        ("imap.ionos.es", 993, "tls"),
        ("smtp.ionos.es", 465, "tls"),
    ),
    Preset(
        "ovh",
        "OVHcloud",
        (),
        ("mail.ovh.net",),
        ("ssl0.ovh.net", 993, "tls"),
        ("ssl0.ovh.net", 465, "tls"),
    ),
)


def of_domain(domain: str) -> Preset | None:
    """The provider whose own addresses end with the domain."""
    return next((preset for preset in PRESETS if domain in preset.domains), None)


def of_exchanger(host: str) -> Preset | None:
    """The provider that takes mail under this MX name."""
    name = host.rstrip(".").lower()
    for preset in PRESETS:
        if any(name == ending or name.endswith(f".{ending}") for ending in preset.exchangers):
            return preset
    return None
