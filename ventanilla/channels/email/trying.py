"""The test button: a mail really leaves by the servers given, to the mailbox's own address, and is really fetched back.

Nothing is kept. Sending and looking are two calls, each bounded, so that a person sees how far it came. The mail carries
a mark that we signed; wherever it arrives, it never becomes a conversation.
"""

from __future__ import annotations

import smtplib
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext as _
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from ventanilla.channels.email.imap import ImapServer, open_mailbox
from ventanilla.inboxes.channel import SignInRefused, Unreachable
from ventanilla.kit import addresses, mail_causes, smtp, tokens
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Refusal
from ventanilla.kit.smtp import SmtpServer

HEADER = "X-Ventanilla-Test"
CONNECT_SECONDS = 10.0
LOOK_SECONDS = 8.0
_signer = Signer(salt="ventanilla.mail-test")


@dataclass(frozen=True)
class Step:
    """One thing tried. `name`: smtp_connect, smtp_sign_in, smtp_send, imap_connect, imap_sign_in or imap_find.

    `state`: ok, failed, or waiting (the mail may still come). `reason` says why in the reader's language; with ok it is a
    hint.
    """

    name: str
    state: str
    reason: str = ""


def new_mark() -> str:
    """A mark that only we can make, for one test mail."""
    return _signer.sign(tokens.random_token(16))


def is_ours(mark: str) -> bool:
    """Whether we made this mark."""
    try:
        _signer.unsign(mark.strip())
    except BadSignature:
        return False
    return True


def send(server: SmtpServer, *, address: str, mark: str) -> list[Step]:
    """Send the marked mail to the address itself. Ends with the first step that failed."""
    server = replace(server, timeout_seconds=CONNECT_SECONDS)
    address = addresses.on_the_wire(address)
    message = _mail(address, mark)
    connected, signed_in = Step("smtp_connect", "ok"), Step("smtp_sign_in", "ok")
    try:
        with smtp.connect(server) as connection:
            try:
                connection.sendmail(address, [address], message.as_bytes())
            except (smtplib.SMTPException, OSError) as error:
                reason = _("The server doesn't accept email from %(address)s (%(reason)s).")
                said = {"address": address, "reason": _refusal(error)}
                return [connected, signed_in, Step("smtp_send", "failed", reason % said)]
    except smtplib.SMTPAuthenticationError as error:
        return [connected, Step("smtp_sign_in", "failed", mail_causes.of_sign_in(mail_causes.words(error)))]
    except (Refusal, smtplib.SMTPException, OSError) as error:
        return [_not_connected("smtp_connect", error, server)]
    return [connected, signed_in, Step("smtp_send", "ok")]


def _refusal(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(
            f"{code} {text.decode('utf-8', 'replace')}" for code, text in error.recipients.values()
        )
    return mail_causes.words(error)


def _not_connected(name: str, error: BaseException, server: SmtpServer | ImapServer) -> Step:
    return Step(name, "failed", mail_causes.of_connection(error, host=server.host, port=server.port))


def _mail(address: str, mark: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = message["To"] = address
    message["Subject"] = _subject(mark)
    message["Date"] = format_datetime(now())
    message["Message-ID"] = make_msgid(domain=address.rpartition("@")[2] or None)
    message["Auto-Submitted"] = "auto-generated"
    message[HEADER] = mark
    message.set_content(_("This email tests a channel's settings. You can delete it."))
    return message


def _subject(mark: str) -> str:
    return _("Ventanilla: test %(mark)s") % {"mark": mark.partition(":")[0]}


def find(
    server: ImapServer, *, folders: list[str], mark: str | None, seconds: float = LOOK_SECONDS
) -> list[Step]:
    """Look for the marked mail for some seconds, also among spam, and take it away when it is found.

    Without a mark only the way to the mailbox is tried. The last step is `waiting` while the mail has not come.
    """
    server = replace(server, connect_timeout_seconds=CONNECT_SECONDS)
    connected, signed_in = Step("imap_connect", "ok"), Step("imap_sign_in", "ok")
    try:
        with open_mailbox(server) as client:
            for folder in folders:
                if not client.folder_exists(folder):
                    reason = _("There's no folder %(name)s.") % {"name": folder}
                    return [connected, signed_in, Step("imap_find", "failed", reason)]
            if mark is None:
                return [connected, signed_in]
            return [connected, signed_in, _look(client, folders, mark, seconds)]
    except SignInRefused as error:
        return [connected, Step("imap_sign_in", "failed", mail_causes.of_sign_in(str(error)))]
    except Unreachable as error:
        return [_not_connected("imap_connect", error.__cause__ or error, server)]


def _look(client: IMAPClient, folders: list[str], mark: str, seconds: float) -> Step:
    spam = [name for flags, _delimiter, name in client.list_folders() if b"\\Junk" in flags]
    deadline = time.monotonic() + seconds
    while True:
        for folder in dict.fromkeys([*folders, *spam]):
            if _take(client, folder, mark):
                hint = _("It arrived in spam. Check the provider's filter.") if folder in spam else ""
                return Step("imap_find", "ok", hint)
        if time.monotonic() >= deadline:
            return Step("imap_find", "waiting", _("The email hasn't arrived yet."))
        time.sleep(min(1.0, max(0.05, deadline - time.monotonic())))


def _take(client: IMAPClient, folder: str, mark: str) -> bool:
    """Whether the mail is there; it is deleted where the server can delete it alone (UIDPLUS)."""
    client.select_folder(folder)
    found = client.search(["SUBJECT", mark.partition(":")[0]])
    for uid in _with_mark(client, found, mark):
        if client.has_capability("UIDPLUS"):
            with suppress(IMAPClientError):  # a mailbox that may only be read
                client.delete_messages([uid])
                client.uid_expunge([uid])
        return True
    return False


def _with_mark(client: IMAPClient, uids: list[int], mark: str) -> Iterator[int]:
    """Those that carry the very mark: a subject can be written by anyone."""
    field = f"BODY.PEEK[HEADER.FIELDS ({HEADER.upper()})]"
    for uid, data in client.fetch(uids, [field]).items() if uids else ():
        header = next((value for key, value in data.items() if key.startswith(b"BODY[HEADER")), b"")
        if mark.encode() in b"".join((header or b"").split()):
            yield uid
