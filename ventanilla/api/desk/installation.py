"""The installation on screen: where it is reached, and by which server its own mail leaves.

Only for administrators of the account that looks after it.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema

from ventanilla.accounts.commands.installation import check_mail_server, set_address, set_mail_server
from ventanilla.accounts.installation import known
from ventanilla.accounts.policies import Capability
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.kit import links, mailer, own_mail_server, rate_limits
from ventanilla.kit.clock import epoch
from ventanilla.kit.errors import Invalid, NotFound
from ventanilla.kit.mail_server import STARTTLS, MailServer
from ventanilla.kit.undelivered import cause_of, sentence
from ventanilla.upkeep.state import backup_state

router = Router(tags=["Desk"])


class OwnMailShape(Schema):
    """The server of our own mail. `is_set_up`: mail can leave; `is_fixed`: VENTANILLA_MAIL_URL says it.

    `folder`: mails are kept as files there instead, for trials.
    """

    is_set_up: bool
    is_fixed: bool
    host: str
    port: int
    security: str
    user: str
    has_password: bool
    sender: str
    folder: str


class BackupShape(Schema):
    """A backup that stands: when, bytes, attachments inside, and when it was restored elsewhere and counted.

    Moments are seconds since 1970, 0 for none. `unverified`: why it was not proved, in words; "" when it was.
    """

    made_at: int
    bytes: int
    files: int
    place: str
    is_encrypted: bool
    verified_at: int
    unverified: str


class BackupsShape(Schema):
    """How backups are doing. `place` is "" while none are made by the clock; `at` are times of day (UTC), `days`,
    `weeks` and `months` how many of each keep one. `error`: why the newest try failed, in words; "" when it did not.
    """

    place: str
    at: list[str]
    days: int
    weeks: int
    months: int
    is_encrypted: bool
    next_at: int
    last: BackupShape | None
    is_running: bool
    error: str
    failed_at: int


class InstallationShape(Schema):
    """`base_url`: where people reach it, "" while no one has said; `is_fixed`: by VENTANILLA_BASE_URL.

    `proposal`: what to set, if it is not known: an older version's, else the address this request came by.
    """

    base_url: str
    is_fixed: bool
    proposal: str
    mail: OwnMailShape
    backups: BackupsShape


class InstallationBody(Body):
    """The address to keep."""

    base_url: str = ""


class MailServerBody(Body):
    """A server. `security`: starttls, tls or none. Without a `password` the kept one stays, for the same host alone."""

    host: str = ""
    port: int = 587
    security: str = STARTTLS
    user: str = ""
    password: str | None = None
    sender: str = ""


class SentShape(Schema):
    """Where the test mail went: the server took it."""

    to: str


def require_keeper(request: Request) -> None:
    """Raises Unauthorised for who is no administrator, NotFound for other accounts: they do not see such a page."""
    request.auth.require(Capability.ADMINISTRATION)
    if request.auth.account.pk != known().account_id:
        raise NotFound


def _shown() -> dict[str, Any]:
    address = links.base_url()
    server = own_mail_server.current() or MailServer()
    return {
        "base_url": address,
        "is_fixed": bool(settings.BASE_URL),
        "proposal": "" if address else known().proposed_base_url or links.here(),
        "mail": {
            "is_set_up": own_mail_server.is_set_up(),
            "is_fixed": bool(settings.MAIL_SERVER),
            "host": server.host,
            "port": server.port,
            "security": server.security,
            "user": server.user,
            "has_password": bool(server.password),
            "sender": own_mail_server.sender() if server.host or server.folder else "",
            "folder": server.folder,
        },
        "backups": _backups(),
    }


def _backups() -> dict[str, Any]:
    found, rule = backup_state(), settings.BACKUP_KEEP
    last = found.last
    return {
        "place": found.place,
        "at": [f"{hour:02}:{minute:02}" for hour, minute in settings.BACKUP_AT],
        "days": rule.days,
        "weeks": rule.weeks,
        "months": rule.months,
        "is_encrypted": bool(settings.BACKUP_KEY),
        "next_at": epoch(found.next_at),
        "last": last
        and {
            "made_at": epoch(last.made_at),
            "bytes": last.bytes,
            "files": last.files,
            "place": last.place,
            "is_encrypted": last.is_encrypted,
            "verified_at": epoch(last.verified_at),
            "unverified": last.unverified,
        },
        "is_running": found.is_running,
        "error": found.error,
        "failed_at": epoch(found.failed_at),
    }


@router.get("/installation", operation_id="show_installation", response=InstallationShape)
def show(request: Request, account_id: int) -> HttpResponse:
    """Where this installation is reached and how its mail leaves."""
    require_keeper(request)
    return json_reply(_shown())


@router.patch("/installation", operation_id="update_installation", response=InstallationShape)
def change(request: Request, account_id: int, given: InstallationBody = Given()) -> HttpResponse:
    """Set the address; links that are made from now on lead there."""
    require_keeper(request)
    set_address(given.base_url, by=request.auth.person)
    return json_reply(_shown())


def _server(given: MailServerBody) -> MailServer:
    kept = known().mail_server
    password = given.password
    if password is None:  # never handed to another host than the one it was entered for
        password = kept.password if kept is not None and kept.host == given.host.strip() else ""
    return MailServer(
        host=given.host,
        port=given.port,
        security=given.security,
        user=given.user,
        password=password,
        sender=given.sender,
    )


@router.patch("/installation/mail", operation_id="set_own_mail_server", response=InstallationShape)
def set_mail(request: Request, account_id: int, given: MailServerBody = Given()) -> HttpResponse:
    """Keep the server that sends invitations, passwords and notifications."""
    require_keeper(request)
    set_mail_server(check_mail_server(_server(given)), by=request.auth.person)
    return json_reply(_shown())


@router.delete("/installation/mail", operation_id="forget_own_mail_server", response=InstallationShape)
def forget_mail(request: Request, account_id: int) -> HttpResponse:
    """Forget it: no mail of ours leaves any more."""
    require_keeper(request)
    set_mail_server(None, by=request.auth.person)
    return json_reply(_shown())


@router.post("/installation/mail/test", operation_id="test_own_mail_server", response=SentShape)
def try_mail(request: Request, account_id: int, given: MailServerBody = Given()) -> HttpResponse:
    """Really send a mail to the caller by the server given, or by the one that counts when none is. Takes seconds.

    Nothing is kept. A server that does not take it is a 422 with its reason.
    """
    require_keeper(request)
    rate_limits.check("mail_probes_per_account", account_id)
    person = request.auth.person
    server = check_mail_server(_server(given)) if given.host else None
    try:
        mailer.send(
            mailer.Mail(
                to=[person.email],
                subject=_("Ventanilla can send mail"),
                heading=_("Ventanilla can send mail"),
                paragraphs=[
                    _("You asked for this email to test the server that sends invitations and notifications.")
                ],
                locale=request.auth.account.locale,
                sender=server.sender if server is not None else "",
            ),
            by=server,
        )
    except Exception as error:
        cause = cause_of(error)
        if cause.code == "fault":
            raise
        raise Invalid(sentence(cause.code, cause.said)) from error
    return json_reply({"to": person.email})
