"""Our own mail: one design for the invitation, the reset link, the notification, the survey and the transcript.

What an agent writes to a customer in an email inbox is not sent from here; that is the email channel's work.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import formataddr, parseaddr
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template import Context, Engine
from django.utils import formats, translation
from django.utils.safestring import SafeString, mark_safe

from ventanilla.kit import addresses, links, markdown, own_mail_server, smtp
from ventanilla.kit.mail_server import MailServer

_engine = Engine(
    dirs=[str(Path(__file__).parent / "templates")],
    libraries={"i18n": "django.templatetags.i18n"},
    builtins=["django.template.defaultfilters"],
    autoescape=True,
)
# A word without a space cannot be folded, and RFC 5322 §2.1.1 ends a line at 998 characters.
MAX_SUBJECT_CHARS = 300
MAX_NAME_CHARS = 120
# Control characters, and the marks that turn the reading direction of whatever follows them.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
# Mail programs drop style sheets now and then, and their own blue cannot be read on our dark sheet.
_LINK = '<a class="v-link" style="color:#0b5c66" '
_QUOTE = '<blockquote style="margin:8px 0;padding:0 0 0 12px;border-left:3px solid #9b9182">'


@dataclass(frozen=True)
class Action:
    """The one thing to do: a button and where it leads."""

    label: str
    url: str


@dataclass(frozen=True)
class Choice:
    """One of several answers, each a link: a sign, what it means, and where it leads."""

    sign: str
    label: str
    url: str


@dataclass(frozen=True)
class File:
    """A file named in an entry."""

    name: str
    url: str


@dataclass(frozen=True)
class Entry:
    """One message of a transcript. `content` is Markdown; `ours` says which side wrote it."""

    author: str
    at: datetime
    content: str
    ours: bool
    files: Sequence[File] = ()


@dataclass(frozen=True)
class Topic:
    """One of several things a mail tells of: what happened, what was said, about whom, and where to read it."""

    title: str
    url: str
    text: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Mail:
    """An email to people. Texts are plain, already in `locale`; `brand` is the account's or the product's name."""

    to: Sequence[str]
    subject: str
    heading: str
    paragraphs: Sequence[str]
    locale: str
    facts: Sequence[tuple[str, str]] = ()  # what it is about, by name: inbox, contact
    action: Action | None = None
    choices: Sequence[Choice] = ()
    entries: Sequence[Entry] = ()
    topics: Sequence[Topic] = ()
    footer: str = ""
    footer_action: Action | None = None
    brand: str = "Ventanilla"
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    sender: str = ""
    reply_to: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def preview(self) -> str:
        """What mail programs show beside the subject."""
        return self.paragraphs[0] if self.paragraphs else self.heading


def always(_payload: Mapping[str, Any]) -> bool:
    """Every event of the kind asks for a mail."""
    return True


def at_once(_payload: Mapping[str, Any]) -> timedelta:
    """The mail leaves now."""
    return timedelta()


class Way(StrEnum):
    """How far a mail came after a try."""

    TRYING = "trying"
    LEFT = "left"
    LOST = "lost"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Writer:
    """Who writes the mail that an event asks for. Each is given the event's payload.

    `is_due` and `wait` (how long it lies there) are asked in the transaction that lays the mail in the out-tray, `write`
    when it is sent, so it tells the latest state; None then means that no one wants it any more. `went` is told each time
    how far it came, with the reason why not further.
    """

    write: Callable[[Mapping[str, Any]], Mail | None]
    is_due: Callable[[Mapping[str, Any]], bool] = always
    wait: Callable[[Mapping[str, Any]], timedelta] = at_once
    went: Callable[[Mapping[str, Any], Way, str], None] | None = None


class Bodies(NamedTuple):
    """The two parts of an email; they say the same."""

    text: str
    html: str


@dataclass(frozen=True)
class _DrawnEntry:
    author: str
    time: str
    html: SafeString
    text: str
    ours: bool
    files: Sequence[File]


def one_line(text: str, *, most: int | None = None) -> str:
    """A name or subject that cannot begin a header, break a line or turn the reading direction; cut at `most` characters."""
    line = " ".join(_UNSEEN.sub(" ", text).split())
    return line if most is None or len(line) <= most else line[: most - 1].rstrip() + "…"


def _drawn(entry: Entry, zone: ZoneInfo) -> _DrawnEntry:
    # A picture from elsewhere would tell its owner when the mail was read, so each is a link.
    html = markdown.render_html(entry.content, pictures=False)
    html = html.replace("<a ", _LINK).replace("<blockquote>", _QUOTE)
    return _DrawnEntry(
        author=one_line(entry.author),
        time=formats.date_format(entry.at.astimezone(zone), "SHORT_DATETIME_FORMAT"),
        html=mark_safe(html),  # cleaned by render_html
        text=markdown.render_plain(entry.content),
        ours=entry.ours,
        files=[File(one_line(file.name), file.url) for file in entry.files],
    )


def render(mail: Mail) -> Bodies:
    """The email's text and HTML, without its headers."""
    with translation.override(mail.locale):
        context = {
            "mail": mail,
            "heading": one_line(mail.heading),
            "brand": one_line(mail.brand),
            "facts": [(one_line(name), one_line(value)) for name, value in mail.facts],
            "entries": [_drawn(entry, mail.zone) for entry in mail.entries],
            "topics": [
                Topic(one_line(topic.title), topic.url, one_line(topic.text), one_line(topic.note))
                for topic in mail.topics
            ],
            "locale": mail.locale.replace("_", "-"),
        }
        text = _engine.get_template("mail.txt").render(Context(context, autoescape=False))
        html = _engine.get_template("mail.html").render(Context(context))
    return Bodies(re.sub(r"\n{3,}", "\n\n", text).strip() + "\n", html)


def compose(mail: Mail) -> EmailMultiAlternatives:
    """The email with its text and HTML parts, ready to send. Raises Unwritable for an address no server understands."""
    bodies = render(mail)
    message = EmailMultiAlternatives(
        subject=one_line(mail.subject, most=MAX_SUBJECT_CHARS),
        body=bodies.text,
        from_email=_sender(mail),
        to=[_ascii(address) for address in mail.to],
        reply_to=[_ascii(mail.reply_to)] if mail.reply_to else None,
        headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All", **mail.headers},
    )
    message.attach_alternative(bodies.html, "text/html")
    return message


def _sender(mail: Mail) -> str:
    """`mail.sender`, else the installation's address under the brand's name."""
    if mail.sender:
        return mail.sender
    _name, address = parseaddr(own_mail_server.sender())
    address = addresses.on_the_wire(address)
    return formataddr((one_line(mail.brand, most=MAX_NAME_CHARS), address))


def _ascii(address: str) -> str:
    if addresses.needs_utf8(address):
        raise addresses.Unwritable
    return addresses.on_the_wire(address)


def require_way() -> None:
    """Raises MailMissing or AddressUnknown when no mail with a link can be sent to anyone."""
    own_mail_server.require()
    links.public_url("/")


def is_set_up() -> bool:
    """Whether the installation can send mail of its own at all."""
    return own_mail_server.is_set_up()


def server() -> smtp.SmtpServer | None:
    """The installation's SMTP server; None when mail goes another way (files, tests)."""
    place = _place()
    return (
        None
        if place is None or place.folder
        else _smtp(place, timeout_seconds=own_mail_server.TIMEOUT_SECONDS)
    )


def _place() -> MailServer | None:
    return own_mail_server.current() if settings.EMAIL_BACKEND == own_mail_server.BACKEND else None


def _smtp(place: MailServer, *, timeout_seconds: float) -> smtp.SmtpServer:
    return smtp.SmtpServer(
        host=place.host,
        port=place.port,
        security=place.security,
        user=place.user,
        password=place.password,
        timeout_seconds=timeout_seconds,
        is_ours=True,
    )


def send(mail: Mail, *, by: MailServer | None = None, before_data: Callable[[], None] = smtp.nothing) -> None:
    """Send it now, by that server or the installation's own; `before_data` is called right before it may be taken.

    A job calls this and retries. Raises MailNotSetUp; smtp.Unanswered when no one knows whether it was taken; Refusal,
    OSError or smtplib.SMTPException when it was not.
    """
    message = compose(mail)
    place = by or _place()
    if place is None and settings.EMAIL_BACKEND == own_mail_server.BACKEND:
        raise own_mail_server.MailNotSetUp
    if place is None or place.folder:
        if place is not None:
            message.connection = own_mail_server.connection_to(place)
        before_data()
        message.send(fail_silently=False)
        return
    seconds = own_mail_server.TRIAL_SECONDS if by is not None else own_mail_server.TIMEOUT_SECONDS
    _name, sender = parseaddr(mail.sender or own_mail_server.sender())
    smtp.hand_over(
        message.message().as_bytes(linesep="\r\n"),  # type: ignore[call-arg]  # Django's own message knows it
        server=_smtp(place, timeout_seconds=seconds),
        sender=sender,
        recipients=addresses.once(mail.to),
        before_data=before_data,
    )


def put_raw(raw: bytes, *, sender: str, recipients: Sequence[str]) -> None:
    """Give a composed mail to whatever takes mail here when that is no mail server."""
    ready = _Ready(raw, sender, recipients)
    get_connection(fail_silently=False).send_messages([ready])  # type: ignore[list-item]  # a mail in all but name


class _Ready:
    """A composed mail in the shape of Django's own, so that every mail back end can take it."""

    def __init__(self, raw: bytes, envelope_sender: str, recipients: Sequence[str]) -> None:
        self.raw, self.from_email, self._recipients = raw, envelope_sender, list(recipients)
        self.encoding = None
        self.extra_headers: dict[str, str] = {}

    def recipients(self) -> list[str]:
        return self._recipients

    def message(self) -> _Ready:
        return self

    def as_bytes(self, linesep: str = "\r\n") -> bytes:
        return self.raw
