"""What kind of mail it is: a person's, an automatic answer, a report of the mail system, a list's or another program's.

Only a person's is ever answered by a program (RFC 3834 §2), and only an automatic answer is not shown as a message.
"""

from __future__ import annotations

import re
from email.message import Message

from ventanilla.channels.email.reading.headers import addresses_of, has, raw_values, text_of
from ventanilla.channels.email.reading.mail import Automatic
from ventanilla.channels.email.reading.parameters import parameters_of

# Local parts that no person reads (RFC 5321, RFC 2142, RFC 3834 §2 and practice), alone or as a part between signs.
_ROBOTS = re.compile(
    r"^(?:mailer-daemon|postmaster|bounces?|root|cron|daemon|nobody|listserv|majordomo)$|^bounces?[+-]"
    r"|(?:^|[._+-])(?:(?:no|not|do[._-]?not|don?t)[._-]?reply|no[._-]?respond[ae]r?|no[._-]?contest(?:ar|es)"
    r"|n[aã]o[._-]?respond[ae]|nao[._-]?responder|ne[._-]?pas[._-]?repondre|nicht[._-]?antworten|keine[._-]?antwort"
    r"|non[._-]?rispondere|geen[._-]?antwoord"
    r"|notifications?|notificaciones|notificacion|notifica[cç][oõ]es|notify|benachrichtigung(?:en)?|notifiche"
    r"|newsletters?|boletin(?:es)?|alerts?|alertas?)(?:$|[._+-])"
)
# Return paths of programs that write to many (RFC 3834 §2). What a mailing service writes for a person has one too.
_LISTS = re.compile(r"^(?:mailer-daemon$|owner-)|-(?:request|relay|owner|bounces?)(?:\+.*)?$")
# How clients that set no header begin the subject of an automatic answer. Never enough alone: people write so too.
_AUTO_SUBJECT = re.compile(
    r"^\s*(?:automatic reply|auto(?:matic)?[ -]?(?:reply|response|answer)|autoreply|out of (?:the )?office(?: reply)?"
    r"|respuesta autom[aá]tica|fuera de (?:la )?oficina|ausente|ausencia|resposta autom[aàá]tica"
    r"|fora do escrit[oó]rio|fora de l'oficina|automatische antwort|automatisch antwoord"
    r"|abwesenheits(?:notiz|assistent)|abwesend|r[eé]ponse automatique|absence du bureau|absent|risposta automatica"
    r"|fuori sede|erantzun automatikoa|autosvar|automatiskt? svar)\s*:",
    re.IGNORECASE,
)
_BOUNCE_SUBJECT = re.compile(
    r"undeliver(?:ed|able)|delivery (?:status notification|has failed|failed|failure|incomplete)"
    r"|mail (?:delivery|system) (?:failed|failure|subsystem|error)|message (?:not delivered|delivery failure)"
    r"|could(?: not|n't) be delivered|returned (?:mail|to sender)|failure notice|mail could not be|rejected:"
    r"|no se (?:pudo|puede|ha podido|ha entregado)|no entregad[oa]|devuelto|entrega (?:fallida|incompleta)"
    r"|error (?:de|en la) entrega|unzustellbar|nicht zugestellt|zustellung fehlgeschlagen|non (?:remis|distribu)"
    r"|[eé]chec (?:de|d') ?(?:la )?(?:remise|distribution)|n[aã]o (?:foi )?(?:entregue|é possível)|falha na entrega"
    r"|non recapitabile|mancato recapito|onbestelbaar|no s'ha pogut|ezin izan da",
    re.IGNORECASE,
)
_NO = frozenset({"no", "none", "false", "0", ""})
_AUTO_REPLY_HEADERS = (
    "X-Autoreply",
    "X-Autorespond",
    "X-Autoresponder",
    "X-Auto-Reply",
    "X-Auto-Response",
    "X-Auto-Response-From",
    "X-Auto-Reply-From",
    "X-Mail-Autoreply",
    "X-Vacation",
)
_BULK_HEADERS = ("Mailing-List", "X-Mailing-List", "X-BeenThere", "X-Loop", "Feedback-ID", "X-Campaign-ID")


def report_type_of(message: Message) -> str:
    """What kind of report it is (RFC 6522): delivery-status, disposition-notification, …; "" for none."""
    if message.get_content_type() != "multipart/report":
        return ""
    return parameters_of(message, "Content-Type").get("report-type", "delivery-status").lower()


def is_bounce(message: Message, *, return_path: str | None) -> bool:
    """A report that a mail was not delivered: by type, by header, or by who sent it together with what it is called."""
    if report_type_of(message) == "delivery-status" or has(message, "X-Failed-Recipients"):
        return True
    if _is_daemon(message):
        return True
    return return_path == "" and bool(_BOUNCE_SUBJECT.search(text_of(message, "Subject")))


def _is_daemon(message: Message) -> bool:
    """Sent by a mail system itself: `mailer-daemon`, with or without a domain; a postmaster is a person too."""
    senders = [address.email.partition("@")[0] for address in addresses_of(message, "From")]
    words = text_of(message, "From").lower()
    if "mailer-daemon" in senders or (not senders and words.startswith("mailer-daemon")):
        return True
    return "postmaster" in senders and bool(_BOUNCE_SUBJECT.search(text_of(message, "Subject")))


def is_auto_reply(message: Message) -> bool:
    """Sent by a program in answer to a mail: RFC 3834 §5's auto-replied, and the headers of before and beside it.

    A subject counts only where an answer's headers say the same. What a program sends of itself (auto-generated,
    auto-notified: forms, shops, alarms) is no answer.
    """
    if _submitted(message) == "auto-replied":
        return True
    if any(_says(message, name) for name in _AUTO_REPLY_HEADERS):
        return True
    if any(
        text_of(message, name).lower() in {"auto_reply", "auto-reply"}
        for name in ("Precedence", "X-Precedence", "Preference")
    ):
        return True
    answers = has(message, "In-Reply-To") or has(message, "References") or _suppresses(message)
    return answers and bool(_AUTO_SUBJECT.match(text_of(message, "Subject")))


def is_receipt(message: Message) -> bool:
    """A note that our mail was read, displayed or deleted (RFC 8098)."""
    return report_type_of(message) == "disposition-notification"


def automatic_kind(message: Message, *, return_path: str | None) -> Automatic:
    """Why no program of ours may answer it (RFC 3834 §2); PERSON when one may, unless a robot wrote it (`is_robot`).

    `return_path`: the envelope's, "" for the empty one and None where no one knows it.
    """
    if is_auto_reply(message):
        return Automatic.ANSWER
    if any(name.lower().startswith("list-") for name, _value in message.raw_items()):
        return Automatic.LIST
    if any(has(message, name) for name in _BULK_HEADERS):
        return Automatic.LIST
    if any(
        text_of(message, name).lower() in {"bulk", "list", "junk"} for name in ("Precedence", "X-Precedence")
    ):
        return Automatic.LIST
    if (
        _submitted(message) not in _NO
        or _suppresses(message)
        or _AUTO_SUBJECT.match(text_of(message, "Subject"))
    ):
        return Automatic.PROGRAM
    if return_path == "" or _LISTS.search((return_path or "").rpartition("@")[0]):
        return Automatic.NO_REPLY
    return Automatic.PERSON


def _submitted(message: Message) -> str:
    """RFC 3834 §5: a keyword, perhaps parameters and a comment."""
    return re.split(r"[;(\s]", text_of(message, "Auto-Submitted").lower(), maxsplit=1)[0]


def _suppresses(message: Message) -> bool:
    """Microsoft's [MS-OXCMAIL] §2.1.3.2.20: which automatic answers are not wanted."""
    return _says(message, "X-Auto-Response-Suppress")


def _says(message: Message, name: str) -> bool:
    return any(value.strip().lower() not in _NO for value in raw_values(message, name))


def is_robot(email: str) -> bool:
    """Whether no person reads this address."""
    return bool(_ROBOTS.search(email.rpartition("@")[0].lower()))
