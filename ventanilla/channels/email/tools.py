"""What helps to set a mailbox up: which servers an address has, the test button (I-03, I-04), and the sender domain.

Nothing is kept here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from django.utils.translation import gettext as _

from ventanilla.channels.email import discovery, oauth, presets, sender_domain, trying
from ventanilla.channels.email.form import found_fields
from ventanilla.channels.email.settings import imap_server, mail_domain, smtp_server
from ventanilla.inboxes.channel_doors import Found, Tool, ToolUse
from ventanilla.kit.errors import Invalid
from ventanilla.kit.shapes import Shape


class Address(Shape):
    """The address that customers write to."""

    email: str = ""


class Mark(Shape):
    """What finds the mail that was sent; without it only the way to the mailbox is tried."""

    mark: str = ""


def _providers(use: ToolUse) -> Found:
    """Providers whose servers are known, to choose one by hand, and those where people can sign in here."""
    shown = [
        {
            "key": preset.key,
            "name": preset.name,
            "sign_in": preset.sign_in,
            "oauth": preset.oauth,
            "imap": asdict(discovery.Server(*preset.imap, login="")),
            "smtp": asdict(discovery.Server(*preset.smtp, login="")),
        }
        for preset in presets.PRESETS
    ]
    return Found({"providers": shown, "signs_in": oauth.configured()})


def _discover(use: ToolUse) -> Found:
    """The servers of an address, and where that was found: preset, mx, srv, autoconfig or guess."""
    found = discovery.discover(str(use.given.get("email", "")))
    return Found({**asdict(found), **found_fields(found)})


def _tried(mark: str, steps: Sequence[trying.Step]) -> Found:
    return Found({"mark": mark, "steps": [asdict(step) for step in steps]})


def _send_test(use: ToolUse) -> Found:
    """Send a marked mail by the SMTP server given, to the address itself. `mark` is empty when none was sent."""
    server = smtp_server(use.settings, use.secrets)
    if server is None:
        return _tried("", ())
    mark = trying.new_mark()
    steps = trying.send(server, address=use.settings["email"], mark=mark)
    return _tried(mark if steps[-1].state == "ok" else "", steps)


def _find_test(use: ToolUse) -> Found:
    """Look for the marked mail by the IMAP server given; asked again while it is `waiting`."""
    mark = str(use.given.get("mark", ""))
    if mark and not trying.is_ours(mark):
        raise Invalid(fields={"mark": [_("This test doesn't exist.")]})
    server = imap_server(use.settings, use.secrets)
    if server is None:
        return _tried(mark, ())
    steps = trying.find(server, folders=use.settings["imap_folders"], mark=mark or None)
    found = _tried(mark, steps)
    return Found(found.answer, works=all(step.state == "ok" for step in steps))


def _check_domain(use: ToolUse) -> Found:
    """Ask DNS now; the domain is used from now on if it is proven, or no longer. Silent name servers change nothing.

    Without a domain there are no records and mail leaves from `generic`. `lost_at`: since when it no longer is proven.
    """
    assert use.inbox is not None
    records, changes = sender_domain.look(use.inbox)
    settings = {**use.inbox.channel_settings, **changes}
    domain = str(settings.get("sender_domain", ""))
    answer = {
        "domain": domain,
        "verified": bool(domain and settings.get("sender_domain_verified")),
        "lost_at": settings.get("sender_domain_lost_at") or None,
        "generic": mail_domain(),
        "records": [asdict(record) for record in records],
    }
    return Found(answer, changes=changes)


TOOLS = {
    "providers": Tool(_providers, is_probe=False),
    "discover": Tool(_discover, Address),
    "send_test": Tool(_send_test, Mark, reads_form=True),
    "find_test": Tool(_find_test, Mark, reads_form=True),
    "check_sender_domain": Tool(_check_domain, is_probe=False, needs_inbox=True),
}
