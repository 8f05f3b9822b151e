"""Our own mail: one design for the invitation, the reset link, the notification and the transcript.

What an agent writes to a customer in an e-mail inbox is not sent from here; that is the e-mail channel's work.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import formataddr, parseaddr
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Engine
from django.utils import formats, translation
from django.utils.safestring import SafeString, mark_safe

from ventanilla.kit import markdown

_engine = Engine(
    dirs=[str(Path(__file__).parent / "templates")],
    libraries={"i18n": "django.templatetags.i18n"},
    builtins=["django.template.defaultfilters"],
    autoescape=True,
)


@dataclass(frozen=True)
class Action:
    """The one thing to do: a button and where it leads."""

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


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A letter to people. Texts are plain, already in `locale`; `brand` is the account's or the product's name."""

    to: Sequence[str]
    subject: str
    heading: str
    paragraphs: Sequence[str]
    locale: str
    action: Action | None = None
    entries: Sequence[Entry] = ()
    footer: str = ""
    brand: str = "Ventanilla"
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    sender: str = ""
    reply_to: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def preview(self) -> str:
        """What mail programs show beside the subject."""
        return self.paragraphs[0] if self.paragraphs else self.heading


@dataclass(frozen=True)
class _DrawnEntry:
    author: str
    time: str
    html: SafeString
    text: str
    ours: bool
    files: Sequence[File]


def _drawn(entry: Entry, zone: ZoneInfo) -> _DrawnEntry:
    return _DrawnEntry(
        author=entry.author,
        time=formats.date_format(entry.at.astimezone(zone), "SHORT_DATETIME_FORMAT"),
        html=mark_safe(markdown.render_html(entry.content)),  # cleaned by render_html
        text=markdown.render_plain(entry.content),
        ours=entry.ours,
        files=entry.files,
    )


def compose(mail: Mail) -> EmailMultiAlternatives:
    """The letter with its text and HTML parts, ready to send."""
    with translation.override(mail.locale):
        entries = [_drawn(entry, mail.zone) for entry in mail.entries]
        context = {"mail": mail, "entries": entries, "locale": mail.locale}
        text = _engine.get_template("mail.txt").render(Context(context, autoescape=False)).strip() + "\n"
        html = _engine.get_template("mail.html").render(Context(context))
    message = EmailMultiAlternatives(
        subject=" ".join(mail.subject.split()),  # a line break in a subject would begin a header
        body=text,
        from_email=_sender(mail),
        to=list(mail.to),
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All", **mail.headers},
    )
    message.attach_alternative(html, "text/html")
    return message


def _sender(mail: Mail) -> str:
    """`mail.sender`, else the installation's address under the brand's name."""
    if mail.sender:
        return mail.sender
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((mail.brand, address))


def send(mail: Mail) -> None:
    """Send it now. Raises what the mail server says (OSError, smtplib.SMTPException); a job calls this and retries."""
    compose(mail).send(fail_silently=False)
