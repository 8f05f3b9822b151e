"""Setting a mailbox up: which servers an address has, and the test button (I-03, I-04). Nothing is kept here."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Router, Schema

from ventanilla.accounts.policies import Capability
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.replies import json_reply
from ventanilla.channels.email import discovery, oauth, presets, settings, trying
from ventanilla.delivery import health, renewing
from ventanilla.inboxes.channel import SignInRefused, Unreachable
from ventanilla.inboxes.models import Inbox
from ventanilla.kit import rate_limits
from ventanilla.kit.errors import Invalid, NotFound
from ventanilla.kit.shapes import read

router = Router(tags=["Desk"])


class MailServerShape(Schema):
    """A server to sign in to. `security`: tls, starttls or none."""

    host: str
    port: int
    security: str
    login: str


class FoundServersShape(Schema):
    """`source`: preset, mx, srv, autoconfig or guess; `sign_in`: password, app_password or oauth."""

    source: str
    provider: str
    name: str
    sign_in: str
    oauth: str
    imap: MailServerShape
    smtp: MailServerShape


class PresetShape(Schema):
    """A provider whose servers are known."""

    key: str
    name: str
    sign_in: str
    oauth: str
    imap: MailServerShape
    smtp: MailServerShape


class MailProvidersShape(Schema):
    """The providers that a form can be filled for; `signs_in`: those where people can sign in here."""

    providers: list[PresetShape]
    signs_in: list[str]


class StepShape(Schema):
    """One thing tried. `state`: ok, failed or waiting; `reason` is for people."""

    name: str
    state: str
    reason: str


class MailTestShape(Schema):
    """How far it came. `mark` finds the mail that was sent; empty when none was."""

    mark: str
    steps: list[StepShape]


class DiscoveryBody(Body):
    """The address that customers write to."""

    email: str


class MailTestBody(Body):
    """The channel's settings as they stand in the form. `inbox_id`: passwords that are not given are this inbox's."""

    channel: dict[str, Any] = {}
    inbox_id: int | None = None
    mark: str = ""


def _begin(request: Request) -> None:
    request.auth.require(Capability.INBOXES_WRITE)
    rate_limits.check("mail_probes_per_account", request.auth.account.pk)


@router.get("/mail_providers", operation_id="list_mail_providers", response=MailProvidersShape)
def providers(request: Request, account_id: int) -> HttpResponse:
    """Providers whose servers are known, to choose one by hand."""
    request.auth.require(Capability.INBOXES_WRITE)
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
    return json_reply({"providers": shown, "signs_in": oauth.configured()})


@router.post("/mail_discovery", operation_id="discover_mail_servers", response=FoundServersShape)
def discover(request: Request, account_id: int, given: DiscoveryBody = Given()) -> HttpResponse:
    """The servers of an address, and where that was found."""
    _begin(request)
    return json_reply(asdict(discovery.discover(given.email)))


@router.post("/mail_test/send", operation_id="send_test_mail", response=MailTestShape)
def send(request: Request, account_id: int, given: MailTestBody = Given()) -> HttpResponse:
    """Send a marked mail by the SMTP server given, to the address itself. Takes seconds."""
    _begin(request)
    values, secrets = _settings(request, given)
    server = settings.smtp_server(values, secrets)
    if server is None:
        return json_reply({"mark": "", "steps": []})
    mark = trying.new_mark()
    steps = trying.send(server, address=values["email"], mark=mark)
    left = steps[-1].state == "ok"
    return json_reply({"mark": mark if left else "", "steps": [asdict(step) for step in steps]})


@router.post("/mail_test/find", operation_id="find_test_mail", response=MailTestShape)
def find(request: Request, account_id: int, given: MailTestBody = Given()) -> HttpResponse:
    """Look for the marked mail by the IMAP server given; call again while it is `waiting`. Takes seconds.

    Without a mark only the way to the mailbox is tried.
    """
    _begin(request)
    if given.mark and not trying.is_ours(given.mark):
        raise Invalid(fields={"mark": [_("This test is not known.")]})
    values, secrets = _settings(request, given)
    server = settings.imap_server(values, secrets)
    if server is None:
        return json_reply({"mark": given.mark, "steps": []})
    steps = trying.find(server, folders=values["imap_folders"], mark=given.mark or None)
    if given.inbox_id is not None and all(step.state == "ok" for step in steps):
        _look(request, given.inbox_id)
    return json_reply({"mark": given.mark, "steps": [asdict(step) for step in steps]})


def _look(request: Request, inbox_id: int) -> None:
    """Its server works: whoever waits for it to come back waits no longer."""
    inbox = Inbox.objects.filter(pk=inbox_id, account=request.auth.account, deleted_at__isnull=True).first()
    if inbox is not None:
        health.ask_now(inbox)


def _settings(request: Request, given: MailTestBody) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the form says, checked as it would be before it is kept."""
    inbox = None
    if given.inbox_id is not None:
        inbox = Inbox.objects.filter(
            pk=given.inbox_id, account=request.auth.account, kind="email", deleted_at__isnull=True
        ).first()
        if inbox is None:
            raise NotFound
    if inbox is not None:
        with suppress(SignInRefused, Unreachable):  # then the steps say what is wrong
            renewing.renew_if_due(inbox)
    current = inbox.channel_settings if inbox is not None else {}
    kept = (inbox.secrets or {}) if inbox is not None else {}
    values, secrets, _address = settings.clean(read(settings.EmailSettings, given.channel), current, kept)
    return values, secrets
