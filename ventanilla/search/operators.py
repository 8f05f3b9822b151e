"""The words with a colon that narrow a search, each with its names in both languages, what it does and what it offers.

A new one is an entry of `OPERATORS`, and nothing else knows it by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import Membership, User
from ventanilla.contacts.models import Contact
from ventanilla.conversations.models import CloseReason, ConversationLabel, SenderType, Status
from ventanilla.conversations.policies import Visibility
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import now, zone
from ventanilla.labels.models import Label
from ventanilla.search.analysis import with_enye
from ventanilla.search.documents import contacts, messages
from ventanilla.search.expressions import Expression, Phrase, all_of, any_of
from ventanilla.search.living import ids_that_say
from ventanilla.search.terms import terms

MOST_CHOICES = 8


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks: what they may see, and the zone their days are of."""

    visibility: Visibility
    timezone: str = "UTC"
    sees_contacts: bool = True


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What an operator asks of messages: by the index, by the living message, by its conversation. None: nothing is so."""

    says: Expression | None = None
    message: Q = field(default_factory=Q)
    conversation: Q = field(default_factory=Q)


# A condition of filters without its operator: the key, and the values any of which it may have; no values: it is empty.
Kept = tuple[str, Sequence[object]]


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that can be written after the colon, and how it is called."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Operator:
    """One word with a colon."""

    key: str
    names: Mapping[str, str]  # by language
    hint: object  # what it asks for, translated
    narrow: Callable[[Reader, str], Narrowing | None]
    choices: Callable[[Reader, str, str], Sequence[Choice]] = lambda reader, text, language: ()
    # What it asks of a conversation, as a filter keeps it; None: nothing that exists. Without it a filter cannot hold it.
    keep: Callable[[Reader, str], Kept | None] | None = None


def folded(text: str) -> str:
    return with_enye(text).replace("ñ", "n").strip()


# ── who ───────────────────────────────────────────────────────────────────────────────────────────────


def _is_named(text: str) -> Expression | None:
    found = terms(text)
    return all_of([term.expression() for term in found]) if found else None


def _people(reader: Reader, text: str) -> Q | None:
    """Contacts of that name, as a condition on Contact's id."""
    named = _is_named(text)
    if named is None:
        return None
    scope = Phrase((contacts.of_account(reader.visibility.account_id),))
    return Q(pk__in=ids_that_say(contacts.DOCUMENT, all_of([scope, named])))


def _members(reader: Reader, text: str) -> list[int]:
    """Ids of the account's users whose name or address begins like that; "me" is the reader."""
    wanted = folded(text)
    if wanted in _ME:
        return [reader.visibility.user_id]
    rows = Membership.objects.filter(account_id=reader.visibility.account_id)
    names = rows.values_list("user_id", "user__name", "user__display_name", "user__email")
    return [pk for pk, *called in names if any(_begins(wanted, name) for name in called)]


def _begins(wanted: str, name: str | None) -> bool:
    called = folded(name or "")
    return bool(wanted) and any(word.startswith(wanted) for word in (called, *called.split()))


_ME = frozenset({"mi", "yo", "me"})
_NOBODY = frozenset({"nadie", "nobody", "none"})


def _from(reader: Reader, text: str) -> Narrowing | None:
    people = _people(reader, text)
    wrote = Q(sender_type=SenderType.USER, sender_id__in=_members(reader, text))
    if people is not None:
        known = Contact.objects.filter(people).values("pk")
        wrote |= Q(sender_type=SenderType.CONTACT, sender_id__in=known)
    return Narrowing(message=wrote)


def _to(reader: Reader, text: str) -> Narrowing | None:
    people = _people(reader, text)
    return (
        None
        if people is None
        else Narrowing(conversation=Q(contact__in=Contact.objects.filter(people).values("pk")))
    )


def _assignee(reader: Reader, text: str) -> Narrowing | None:
    if folded(text) in _NOBODY:
        return Narrowing(conversation=Q(assignee__isnull=True))
    return Narrowing(conversation=Q(assignee_id__in=_members(reader, text)))


def _assignee_kept(reader: Reader, text: str) -> Kept | None:
    if folded(text) in _NOBODY:
        return "assignee_id", []
    found = _members(reader, text)
    return ("assignee_id", found) if found else None


def _who_choices(reader: Reader, text: str, language: str) -> list[Choice]:
    wanted = folded(text)
    users = User.objects.filter(memberships__account_id=reader.visibility.account_id).order_by("name")
    found = [user.name for user in users if not wanted or _begins(wanted, user.name)]
    people = _people(reader, text) if wanted and reader.sees_contacts else None
    if people is not None:
        rows = Contact.objects.filter(people, account_id=reader.visibility.account_id).exclude(name="")
        found += rows.order_by("-last_activity_at").values_list("name", flat=True)[:MOST_CHOICES]
    return [Choice(name, name) for name in dict.fromkeys(found)][:MOST_CHOICES]


def _agent_choices(reader: Reader, text: str, language: str) -> list[Choice]:
    users = User.objects.filter(memberships__account_id=reader.visibility.account_id).order_by("name")
    nobody = Choice(*(("nadie",) * 2 if language == "es" else ("nobody",) * 2))
    found = [Choice(user.name, user.name) for user in users if not text or _begins(folded(text), user.name)]
    return [nobody, *found][:MOST_CHOICES]


# ── where ─────────────────────────────────────────────────────────────────────────────────────────────


def _inboxes(reader: Reader) -> list[Inbox]:
    rows = Inbox.objects.filter(account_id=reader.visibility.account_id, deleted_at__isnull=True)
    if not reader.visibility.everything:
        rows = rows.filter(pk__in=reader.visibility.inbox_ids)
    return list(rows.only("pk", "name", "kind").order_by("name"))


# What people call a kind of channel.
_KINDS = {
    "correo": "email", "mail": "email", "email": "email", "web": "web_widget", "chat": "web_widget",
    "api": "api", "sms": "sms",
}  # fmt: skip


def _inboxes_named(reader: Reader, text: str) -> list[int]:
    wanted = folded(text)
    kind = _KINDS.get(wanted, wanted)
    return [one.pk for one in _inboxes(reader) if wanted and (one.kind == kind or wanted in folded(one.name))]


def _inbox(reader: Reader, text: str) -> Narrowing | None:
    found = _inboxes_named(reader, text)
    if not found:
        return None
    return Narrowing(says=any_of([Phrase((messages.of_inbox(pk),)) for pk in found]))


def _inbox_kept(reader: Reader, text: str) -> Kept | None:
    found = _inboxes_named(reader, text)
    return ("inbox_id", found) if found else None


def _inbox_choices(reader: Reader, text: str, language: str) -> list[Choice]:
    wanted = folded(text)
    return [Choice(one.name, one.name) for one in _inboxes(reader) if wanted in folded(one.name)][
        :MOST_CHOICES
    ]


# ── how it stands ─────────────────────────────────────────────────────────────────────────────────────

_STATES: Mapping[str, tuple[Q, str, str]] = {
    "open": (Q(status=Status.OPEN), "abierta", "open"),
    "pending": (Q(status=Status.PENDING), "pendiente", "pending"),
    "snoozed": (Q(status=Status.SNOOZED), "pospuesta", "snoozed"),
    "resolved": (Q(status=Status.RESOLVED), "resuelta", "resolved"),
    "ignored": (Q(status=Status.RESOLVED, close_reason=CloseReason.IGNORED), "ignorada", "ignored"),
    "archived": (Q(status=Status.RESOLVED, close_reason=CloseReason.ARCHIVED), "archivada", "archived"),
}


def _states_meant(text: str) -> list[str]:
    wanted = folded(text)
    return [
        key
        for key, (_rule, es, en) in _STATES.items()
        if wanted and (es.startswith(wanted) or en.startswith(wanted))
    ]


def _status(reader: Reader, text: str) -> Narrowing | None:
    meant = [_STATES[key][0] for key in _states_meant(text)]
    if not meant:
        return None
    rule = meant[0]
    for other in meant[1:]:
        rule |= other
    return Narrowing(conversation=rule)


def _status_kept(reader: Reader, text: str) -> Kept | None:
    """How it was closed where only that is meant; else the states, and what is closed in whatever way is resolved."""
    meant = _states_meant(text)
    if meant and all(key in _WAYS_OF_CLOSING for key in meant):
        return "close_reason", meant
    states = [key for key in meant if key not in _WAYS_OF_CLOSING]
    return ("status", states) if states and len(states) == len(meant) else None


_WAYS_OF_CLOSING = frozenset({"ignored", "archived"})


def status_word(key: str, language: str) -> str:
    """How the state with the contract's name is written after the colon."""
    _rule, es, en = _STATES[key]
    return en if language == "en" else es


def _status_choices(reader: Reader, text: str, language: str) -> list[Choice]:
    words = [es if language == "es" else en for _rule, es, en in _STATES.values()]
    return [Choice(word, word) for word in words if word.startswith(folded(text))]


def _labels_named(reader: Reader, text: str) -> list[str]:
    titles = [title for title in _titles(reader) if folded(title) == folded(text)]
    return titles or [title for title in _titles(reader) if text and folded(title).startswith(folded(text))]


def _label_kept(reader: Reader, text: str) -> Kept | None:
    titles = _labels_named(reader, text)
    return ("labels", titles) if titles else None


def _label(reader: Reader, text: str) -> Narrowing | None:
    titles = _labels_named(reader, text)
    labelled = ConversationLabel.objects.filter(conversation_id=OuterRef("pk"), label__title__in=titles)
    return Narrowing(conversation=Q(Exists(labelled))) if titles else None


def _titles(reader: Reader) -> list[str]:
    rows = Label.objects.filter(account_id=reader.visibility.account_id)
    return list(rows.order_by("title").values_list("title", flat=True))


def _label_choices(reader: Reader, text: str, language: str) -> list[Choice]:
    return [Choice(one, one) for one in _titles(reader) if folded(one).startswith(folded(text))][
        :MOST_CHOICES
    ]


def _has(reader: Reader, text: str) -> Narrowing | None:
    if not any(word.startswith(folded(text)) for word in ("archivo", "adjunto", "attachment", "file")):
        return None
    return Narrowing(says=Phrase((messages.WITH_FILE,)))


def _has_choices(reader: Reader, text: str, language: str) -> list[Choice]:
    word = "archivo" if language == "es" else "attachment"
    return [Choice(word, word)] if word.startswith(folded(text)) else []


# ── when ──────────────────────────────────────────────────────────────────────────────────────────────

_MONTHS = (
    "ene jan",
    "feb",
    "mar",
    "abr apr",
    "may",
    "jun",
    "jul",
    "ago aug",
    "sep set",
    "oct",
    "nov",
    "dic dec",
)
_WRITTEN = re.compile(r"(?:(\d{1,2})[ /.-])?(?:de )?([a-z]{3,10}|\d{1,2})(?:[ /.-]+(?:de )?(\d{4}))?")


def day_of(text: str, *, today: datetime) -> tuple[datetime, datetime] | None:
    """When the day, month or year that is written begins and ends, in the zone of `today`; None for what is none of them.

    2026, 2026-06, 2026-06-01, 1/6/2026, jun, 1 jun 2026, hoy, ayer, yesterday.
    """
    word, midnight = folded(text), today.replace(hour=0, minute=0, second=0, microsecond=0)
    days = {"hoy": 0, "today": 0, "ayer": 1, "yesterday": 1}.get(word)
    if days is not None:
        return midnight - timedelta(days=days), midnight - timedelta(days=days - 1)
    try:
        return _dated(word, midnight)
    except ValueError:
        return None


def _dated(word: str, midnight: datetime) -> tuple[datetime, datetime] | None:
    if parts := re.fullmatch(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?", word):
        year, month, day = (int(part) if part else None for part in parts.groups())
        return _span(midnight, int(year or 0), month, day)
    written = _WRITTEN.fullmatch(word)
    if written is None:
        return None
    of_month, name, of_year = written.groups()
    number = int(name) if name.isdecimal() else _month(name)
    if number is None or (name.isdecimal() and of_month is None):
        return None
    that = int(of_year) if of_year else _latest_year(midnight, number, of_month)
    return _span(midnight, that, number, int(of_month) if of_month else None)


def _month(name: str) -> int | None:
    numbers = (number for number, names in enumerate(_MONTHS, 1) if name[:3] in names.split())
    return next(numbers, None)


def _latest_year(midnight: datetime, month: int, day: str | None) -> int:
    """Without a year the last one that has begun is meant."""
    begun = (month, int(day or 1)) <= (midnight.month, midnight.day)
    return midnight.year if begun else midnight.year - 1


def _span(midnight: datetime, year: int, month: int | None, day: int | None) -> tuple[datetime, datetime]:
    begins = midnight.replace(year=year, month=month or 1, day=day or 1)
    if month is None:
        return begins, begins.replace(year=year + 1)
    if day is None:
        return begins, begins.replace(year=year + month // 12, month=month % 12 + 1)
    return begins, (begins + timedelta(days=1))


def _span_of(reader: Reader, text: str) -> tuple[datetime, datetime] | None:
    return day_of(text, today=now().astimezone(zone(reader.timezone)))


def _before(reader: Reader, text: str) -> Narrowing | None:
    span = _span_of(reader, text)
    return Narrowing(message=Q(created_at__lt=span[0])) if span else None


def _after(reader: Reader, text: str) -> Narrowing | None:
    span = _span_of(reader, text)
    return Narrowing(message=Q(created_at__gte=span[0])) if span else None


def _day_choices(reader: Reader, text: str, language: str) -> list[Choice]:
    today = now().astimezone(zone(reader.timezone))
    words = ["hoy", "ayer"] if language == "es" else ["today", "yesterday"]
    found = [*words, f"{today:%Y-%m}", f"{today:%Y}", str(today.year - 1)]
    return [Choice(word, word) for word in found if word.startswith(folded(text))]


OPERATORS: tuple[Operator, ...] = (
    Operator("from", {"es": "de", "en": "from"}, _("who wrote it"), _from, _who_choices),
    Operator("to", {"es": "para", "en": "to"}, _("whose conversation it is"), _to, _who_choices),
    Operator(
        "inbox",
        {"es": "canal", "en": "inbox"},
        _("which channel it came through"),
        _inbox,
        _inbox_choices,
        _inbox_kept,
    ),
    Operator(
        "status",
        {"es": "estado", "en": "status"},
        _("which status it has"),
        _status,
        _status_choices,
        _status_kept,
    ),
    Operator(
        "label",
        {"es": "etiqueta", "en": "label"},
        _("how it is labelled"),
        _label,
        _label_choices,
        _label_kept,
    ),
    Operator(
        "assignee",
        {"es": "agente", "en": "agent"},
        _("who has it"),
        _assignee,
        _agent_choices,
        _assignee_kept,
    ),
    Operator("has", {"es": "con", "en": "has"}, _("what came with it"), _has, _has_choices),
    Operator("before", {"es": "antes", "en": "before"}, _("written before that day"), _before, _day_choices),
    Operator(
        "after", {"es": "después", "en": "after"}, _("written on that day or later"), _after, _day_choices
    ),
)

BY_NAME: Mapping[str, Operator] = {
    folded(name): operator for operator in OPERATORS for name in operator.names.values()
}
WITHOUT = frozenset({"sin", "without"})
