"""From an agent's Markdown to a mail that Gmail, Outlook and Apple Mail show and thread as one of their own.

Text and HTML parts, inline pictures, quoted history, and the headers that keep a thread (RFC 5322 §3.6.4).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address as HeaderAddress
from email.headerregistry import Group, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime
from html import escape
from typing import Any
from urllib.parse import unquote

from django.utils import formats, translation
from django.utils.translation import gettext as _

from ventanilla.channels.email.reading.mail import Address
from ventanilla.inboxes.channel import OutgoingFile
from ventanilla.kit import mailer, markdown
from ventanilla.kit.addresses import needs_utf8
from ventanilla.kit.html import clean_html
from ventanilla.kit.subjects import without_prefixes, without_reply_prefix

# Threads are found by the newest ids; the first is kept because some clients thread by it alone. 998 is a line's limit,
# folding takes care of that; this keeps the header of a two-year thread from growing to a screenful.
MAX_REFERENCES = 30
_PICTURE_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp")


# What would be read as an encoded word (RFC 2047) by the library itself, which then writes what is in it: line ends, too.
_ENCODED_WORD = re.compile(r"=\?(?=[^?]*\?[qb]\?)", re.IGNORECASE)
_KIND = re.compile(r"[a-z0-9][a-z0-9.+_-]{0,63}/[a-z0-9][a-z0-9.+_-]{0,99}", re.IGNORECASE)
_HEADER_ID = re.compile(r"[!-~]{1,900}")  # longer, or with other characters, it fits no line


def _line(text: str) -> str:
    """One line of a header, to be read as it is written here and never as what a stranger encoded in it."""
    return _ENCODED_WORD.sub("= ?", " ".join(text.split()))


def _kind(file: OutgoingFile) -> tuple[str, str]:
    """The file's type; of a mail or of several parts it would be taken apart on its way."""
    main, _slash, sub = file.content_type.partition("/")
    if _KIND.fullmatch(file.content_type) is None or main.lower() in {"message", "multipart"}:
        return "application", "octet-stream"
    return main, sub


class _Ids(UnstructuredHeader):
    """A header of ids. The library would fold a long one as encoded words, which no mail program takes for an id."""

    max_count = 1

    def fold(self, *, policy: Policy[Any]) -> str:
        """One id on a line, each whole (RFC 5322 allows lines of 998)."""
        return f"{self.name}: {f'{policy.linesep} '.join(str(self).split())}{policy.linesep}"  # type: ignore[attr-defined]


_headers = HeaderRegistry()
for _name in ("message-id", "in-reply-to", "references"):
    _headers.map_to_type(_name, _Ids)  # type: ignore[arg-type]  # it mixes its base class in
_POLICY = SMTP.clone(max_line_length=78, header_factory=_headers)
_WIDE_POLICY = _POLICY.clone(utf8=True)  # RFC 6532, for servers that offer SMTPUTF8


@dataclass(frozen=True)
class Quoted:
    """The mail that is answered or passed on: shown below ours, folded by every client that folds."""

    author: Address
    at: datetime
    text: str
    html: str = ""
    subject: str = ""
    to: Sequence[Address] = ()
    cc: Sequence[Address] = ()


@dataclass(frozen=True, kw_only=True)
class Letter:
    """Everything that makes a mail to a customer. Ids without brackets."""

    message_id: str
    from_: Address
    to: Sequence[Address]
    subject: str
    content: str  # Markdown
    cc: Sequence[Address] = ()
    bcc: Sequence[Address] = ()
    reply_to: Address | None = None
    in_reply_to: str = ""
    references: Sequence[str] = ()
    quoted: Quoted | None = None
    forwards: bool = False
    files: Sequence[OutgoingFile] = ()
    date: datetime = field(default_factory=lambda: datetime.now(UTC))
    locale: str = "es"
    headers: Mapping[str, str] = field(default_factory=dict)
    designed: mailer.Bodies | None = None  # in the place of what `content` would make


def subject_of_reply(subject: str, *, display_id: int, is_first: bool) -> str:
    """`Re: …` once, whatever prefix the customer's program used; a first message keeps its subject (contract F.20)."""
    bare = without_reply_prefix(subject)
    if not bare:
        return f"[#{display_id}] {_('Your message')}"
    return bare if is_first else f"Re: {bare}"


def subject_of_forward(subject: str) -> str:
    """`Fwd: …` once, whatever stood before."""
    return f"Fwd: {without_prefixes(subject)}".strip()


def chain(references: Sequence[str], in_reply_to: str) -> list[str]:
    """The References header: the first id, then the newest ones, the answered one last."""
    ids = [item for item in dict.fromkeys(references) if item and item != in_reply_to]
    if len(ids) > MAX_REFERENCES:
        ids = [ids[0], *ids[-(MAX_REFERENCES - 1) :]]
    return [*ids, in_reply_to] if in_reply_to else ids


def compose(letter: Letter) -> EmailMessage:
    """The mail, complete but for its DKIM signature. Bcc is in the header for the sender, who removes it on the way out."""
    quoted_html, shown = _quoted_html(letter)
    pictures, others = _split(letter.files, shown=shown)
    with translation.override(letter.locale):
        text, html = _bodies(letter, pictures, quoted_html)
    wide = any(needs_utf8(one.email) for one in (letter.from_, *letter.to, *letter.cc))
    message = EmailMessage(policy=_WIDE_POLICY if wide else _POLICY)
    _write_headers(message, letter)
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    html_part = message.get_payload()[1]  # type: ignore[index]  # add_alternative made it a list
    for index, file in enumerate(pictures):
        _relate(html_part, file, f"file{index}")
    for index, file in enumerate(shown):
        _relate(html_part, file, f"quoted{index}")
    for file in others:
        main, sub = _kind(file)
        message.add_attachment(file.file.read(), maintype=main, subtype=sub, filename=_line(file.filename))
    return message


def _write_headers(message: EmailMessage, letter: Letter) -> None:
    message["From"] = _mailboxes([letter.from_])
    message["To"] = _mailboxes(letter.to) if letter.to else Group("undisclosed-recipients", ())
    if letter.cc:
        message["Cc"] = _mailboxes(letter.cc)
    if letter.bcc:
        message["Bcc"] = _mailboxes(letter.bcc)
    if letter.reply_to is not None and letter.reply_to.email != letter.from_.email:
        message["Reply-To"] = _mailboxes([letter.reply_to])
    message["Subject"] = _line(letter.subject)
    message["Date"] = format_datetime(letter.date)
    message["Message-ID"] = f"<{letter.message_id}>"
    answered = letter.in_reply_to if _HEADER_ID.fullmatch(letter.in_reply_to) else ""
    if answered and not letter.forwards:
        message["In-Reply-To"] = f"<{answered}>"
    known = [item for item in letter.references if _HEADER_ID.fullmatch(item)]
    ids = [] if letter.forwards else chain(known, answered)
    if ids:
        message["References"] = " ".join(f"<{item}>" for item in ids)
    for name, value in letter.headers.items():
        message[name] = value


def _mailboxes(addresses: Sequence[Address]) -> tuple[HeaderAddress, ...]:
    return tuple(_mailbox(address) for address in addresses)


def _mailbox(address: Address) -> HeaderAddress:
    name = _line(address.name)
    try:
        return HeaderAddress(display_name=name, addr_spec=address.email)
    except (ValueError, IndexError, UnicodeError):
        # An address the strict grammar refuses but people have (two dots in a row): give the parts as they are.
        local, _at, domain = address.email.rpartition("@")
        return HeaderAddress(display_name=name, username=local, domain=domain)


def _split(
    files: Sequence[OutgoingFile], *, shown: Sequence[OutgoingFile]
) -> tuple[list[OutgoingFile], list[OutgoingFile]]:
    """Pictures to show below the text, and what is attached; what the quoted mail shows itself is neither."""
    rest = [file for file in files if file not in shown]
    pictures = [file for file in rest if file.content_type in _PICTURE_TYPES]
    return pictures, [file for file in rest if file not in pictures]


def _quoted_html(letter: Letter) -> tuple[str, list[OutgoingFile]]:
    """The cleaned HTML of the quoted mail, and those of our files that it shows as `quoted0`, `quoted1`, …

    A picture that does not go along (an answer takes none, an agent may drop some) leaves its description.
    """
    if letter.quoted is None or not letter.quoted.html:
        return "", []
    by_id = {
        file.content_id: file
        for file in letter.files
        if file.content_id and file.content_type in _PICTURE_TYPES
    }
    shown: list[OutgoingFile] = []

    def place(content_id: str) -> str | None:
        file = by_id.get(unquote(content_id)) or by_id.get(content_id)
        if file is None:
            return None
        if file not in shown:
            shown.append(file)
        return f"cid:quoted{shown.index(file)}"

    return clean_html(letter.quoted.html, place=place), shown


def _relate(html_part: Any, file: OutgoingFile, cid: str) -> None:
    main, sub = _kind(file)
    html_part.add_related(
        file.file.read(),
        maintype=main,
        subtype=sub,
        cid=f"<{cid}>",
        filename=_line(file.filename),
        disposition="inline",
    )


def _bodies(letter: Letter, pictures: Sequence[OutgoingFile], original_html: str) -> tuple[str, str]:
    if letter.designed is not None:
        return letter.designed
    text = markdown.render_plain(letter.content)
    html = markdown.render_html(letter.content) + "".join(
        f'<p><img src="cid:file{index}" alt="{escape(file.filename)}" style="max-width:100%"></p>'
        for index, file in enumerate(pictures)
    )
    if letter.quoted is not None:
        quoted_text, quoted_html = _quote(letter.quoted, original_html, forwards=letter.forwards)
        text, html = f"{text}\n\n{quoted_text}".lstrip(), f"{html}<br>{quoted_html}"
    return text + "\n", _page(html, letter.locale)


def _page(html: str, locale: str) -> str:
    """Colours are left to the reader's program, so that its dark mode works."""
    return (
        f'<!doctype html><html lang="{escape(locale)}"><head><meta charset="utf-8">'
        '<meta name="color-scheme" content="light dark"></head>'
        '<body><div dir="auto" style="font-family:-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif;'
        f'font-size:14px;line-height:1.5">{html}</div></body></html>'
    )


def _quote(quoted: Quoted, original_html: str, *, forwards: bool) -> tuple[str, str]:
    inner = original_html or f'<div style="white-space:pre-wrap">{escape(quoted.text)}</div>'
    if forwards:
        lines = _forward_lines(quoted)
        head_text = "\n".join([f"---------- {_('Forwarded message')} ---------", *lines])
        head_html = "<br>".join(escape(line) for line in head_text.split("\n"))
        return (
            f"{head_text}\n\n{quoted.text}",
            f'<div class="gmail_quote"><div dir="ltr" class="gmail_attr">{head_html}</div><br>{inner}</div>',
        )
    attribution = _("On %(date)s, %(name)s wrote:") % {
        "date": formats.date_format(quoted.at, "DATETIME_FORMAT"),
        "name": _named(quoted.author),
    }
    quoted_text = "\n".join(f"> {line}" if line else ">" for line in quoted.text.rstrip().split("\n"))
    # The class and type are what Gmail and Apple Mail fold by.
    return (
        f"{attribution}\n\n{quoted_text}",
        f'<div class="gmail_quote"><div dir="ltr" class="gmail_attr">{escape(attribution)}</div>'
        f'<blockquote class="gmail_quote" type="cite" style="margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex">'
        f"{inner}</blockquote></div>",
    )


def _named(address: Address) -> str:
    return f"{address.name} <{address.email}>" if address.name else address.email


def _forward_lines(quoted: Quoted) -> list[str]:
    lines = [
        f"{_('From')}: {_named(quoted.author)}",
        f"{_('Date')}: {formats.date_format(quoted.at, 'DATETIME_FORMAT')}",
        f"{_('Subject')}: {' '.join(quoted.subject.split())}",
    ]
    for label, people in ((_("To"), quoted.to), (_("Cc"), quoted.cc)):
        if people:
            lines.append(f"{label}: " + ", ".join(_named(address) for address in people))
    return lines
