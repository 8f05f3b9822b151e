"""What kind of mail it is: a person's, an automatic answer, a bounce, a list's.

Only a person's is ever answered by a program.
"""

from __future__ import annotations

import re
from email.message import Message

from ventanilla.channels.email.reading.headers import addresses_of, has, raw_values, text_of

# Local parts that no person reads (RFC 5321, RFC 2142 and practice).
_ROBOTS = re.compile(
    r"^(mailer-daemon|postmaster|bounces?|bounce[+-].*|no-?reply|do-?not-?reply|no-?responder?|noresponda)$"
)
# Subjects of automatic answers by clients that set no header. Only together with an answer's headers or prefix.
_AUTO_SUBJECT = re.compile(
    r"^\s*(automatic reply|auto(matic)?[ -]?(reply|response)|out of (the )?office|respuesta autom[aá]tica"
    r"|fuera de la oficina"
    r"|resposta autom[aá]tica|fora do escrit[oó]rio|automatische antwort|abwesenheits(notiz|assistent)"
    r"|r[eé]ponse automatique|absence du bureau)\b",
    re.IGNORECASE,
)
_BOUNCE_SUBJECT = re.compile(
    r"(undeliver(ed|able)|delivery (status notification|has failed|failure)|mail delivery (failed|failure|subsystem)"
    r"|returned mail|failure notice|no se (pudo|ha podido) entregar|unzustellbar|non remis|n[aã]o (foi )?entregue)",
    re.IGNORECASE,
)


def is_bounce(message: Message) -> bool:
    """A report that a mail was not delivered: by type, by empty return path, by who sent it and what it is called."""
    kind = message.get_content_type()
    report = str(message.get_param("report-type", "") or "").lower()
    if kind == "multipart/report" and report in {"delivery-status", ""}:
        return True
    if has(message, "X-Failed-Recipients"):
        return True
    senders = addresses_of(message, "From")
    daemon = any(address.email.partition("@")[0] in {"mailer-daemon", "postmaster"} for address in senders)
    empty_path = any(value.strip() == "<>" for value in raw_values(message, "Return-Path"))
    return (daemon or empty_path) and bool(_BOUNCE_SUBJECT.search(text_of(message, "Subject")))


def is_auto_reply(message: Message) -> bool:
    """Sent by a program in answer to a mail (RFC 3834 and the headers programs used before and beside it)."""
    submitted = text_of(message, "Auto-Submitted").split(";")[0].strip().lower()
    if submitted and submitted != "no":
        return True
    if any(
        has(message, name)
        for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Response-From")
    ):
        return True
    if (
        "auto_reply" in text_of(message, "Precedence").lower()
        or text_of(message, "X-Precedence").lower() == "auto_reply"
    ):
        return True
    if text_of(message, "Preference").lower() == "auto_reply":
        return True
    if bool(_AUTO_SUBJECT.match(text_of(message, "Subject"))):
        return True
    return message.get_content_type() == "multipart/report" and "disposition" in str(
        message.get_param("report-type", "") or ""
    )


def is_list_mail(message: Message) -> bool:
    """Sent to many through a list or bulk sender: shown, never answered by itself."""
    if any(has(message, name) for name in ("List-Id", "List-Post", "List-Help", "Mailing-List")):
        return True
    return text_of(message, "Precedence").lower() in {"bulk", "list", "junk"}


def is_robot(email: str) -> bool:
    """Whether no person reads this address."""
    return bool(_ROBOTS.match(email.partition("@")[0]))
