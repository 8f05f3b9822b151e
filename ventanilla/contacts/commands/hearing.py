"""A visitor says who they are (decision Q-16, docs/adr/0011): what becomes of it depends on who vouches for it.

Signed by the company's server: the contract's rules (F.11). By a session that was signed before: it changes its own
contact. By anyone else: it fills blanks of a contact that is the session's alone and corrects the session's own words;
all else is a claim, which waits for an agent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from ventanilla.attributes.models import AttributeModel
from ventanilla.attributes.values import clean_values
from ventanilla.contacts.commands.claims import keep_claims
from ventanilla.contacts.commands.contacts import (
    create_contact,
    delete_custom_attributes,
    request_avatar,
    save_changes,
)
from ventanilla.contacts.commands.identities import are_two_people, identify_contact, merge_contacts
from ventanilla.contacts.errors import ContactKeyTaken
from ventanilla.contacts.models import Contact, ContactInbox
from ventanilla.contacts.normal import KEYS, merged, usable_fields
from ventanilla.contacts.said import is_nameless, leaves, remember, sifted
from ventanilla.contacts.selectors import find_contact, is_alone, is_vouched_contact
from ventanilla.inboxes.models import Inbox
from ventanilla.kit import limits
from ventanilla.kit.changes import lock
from ventanilla.kit.errors import Conflict, Invalid, NotFound, Unauthorised
from ventanilla.kit.names import visitor_name

_ATTEMPTS = 3
_DEEPEST = 6
_FREE = ("additional_attributes", "custom_attributes")


def accepts_unsigned(inbox: Inbox) -> bool:
    """Whether the company chose to believe what no one signed (its site cannot sign yet)."""
    return bool(inbox.channel_settings.get("accept_unsigned_identity")) and not inbox.hmac_mandatory


def belongs_to_another(session: ContactInbox, *, identifier: str, signed: bool) -> bool:
    """Whether the session is someone else's than this identifier's, so that a new one must begin.

    Without a signature only what the session said itself decides: no one learns a record's identifier by asking.
    """
    if not identifier:
        return False
    said = session.said.get("identifier")
    if signed or session.hmac_verified:
        known = session.contact.identifier or said
        return known != identifier if known else session.has_joined
    return bool(said) and said != identifier


# ── a new session ─────────────────────────────────────────────────────────────────────────────────────


def begin_session(
    inbox: Inbox, *, source_id: str, signed: bool = False, avatar_url: str | None = None, **words: Any
) -> ContactInbox:
    """The session with that source_id; the first time, a new one that says these words of itself.

    Records contact.created for a new contact, and what hear_visitor records.
    """
    told = _usable(inbox.account_id, words)
    for _attempt in range(_ATTEMPTS):
        known = session_by_source(inbox, source_id=source_id)
        if known is not None:
            return known
        try:
            with transaction.atomic():
                return _begin(inbox, source_id, told, signed=signed, avatar_url=avatar_url)
        except (IntegrityError, ContactKeyTaken):
            continue  # two at once: the other one was quicker, look again
    raise Conflict


def session_by_source(inbox: Inbox, *, source_id: str) -> ContactInbox | None:
    """The session with that source_id in this inbox, inbox and account loaded on it; or None."""
    found = ContactInbox.objects.select_related("contact").filter(inbox=inbox, source_id=source_id).first()
    if found is not None:
        found.inbox = inbox
        found.contact.account = inbox.account
    return found


def _begin(
    inbox: Inbox, source_id: str, told: dict[str, Any], *, signed: bool, avatar_url: str | None
) -> ContactInbox:
    identifier = told.get("identifier")
    known = find_contact(inbox.account_id, identifier=identifier) if signed and identifier else None
    if known is not None and _who_only_said(known, "identifier") is None:
        session = ContactInbox.objects.create(
            contact=known, inbox=inbox, source_id=source_id, has_joined=True, said={}
        )
    else:
        session = _begin_with_contact(inbox, source_id, told, avatar_url=avatar_url)
    session.inbox, session.contact.account = inbox, inbox.account
    if signed or accepts_unsigned(inbox):
        hear_visitor(session, signed=signed, avatar_url=avatar_url, **told)
    return session


def _begin_with_contact(
    inbox: Inbox, source_id: str, told: Mapping[str, Any], *, avatar_url: str | None
) -> ContactInbox:
    taken = {
        key: told[key]
        for key in KEYS
        if told.get(key) and find_contact(inbox.account_id, **{key: told[key]}) is not None
    }
    name = told.get("name") or visitor_name(inbox.account.locale)
    contact = create_contact(
        inbox.account,
        by=None,
        avatar_url=avatar_url,
        **{key: value for key, value in told.items() if key not in taken and key != "name"},
        name=name,
    )
    session = ContactInbox.objects.create(
        contact=contact, inbox=inbox, source_id=source_id, said=remember({"name": name}, told)
    )
    keep_claims(session, taken)
    return session


@transaction.atomic
def forget_words(session: ContactInbox, *, keys: Sequence[str]) -> None:
    """The visitor's page takes custom attributes back: for someone vouched for all of them, else what stands as the
    session itself said it. Records contact.updated.
    """
    _hold(session)
    own = session.said.get("custom_attributes", {})
    standing = session.contact.custom_attributes
    may_all, may_own = session.hmac_verified, is_alone(session)
    gone = [
        key
        for key in dict.fromkeys(keys)
        if key in standing and (may_all or (may_own and key in own and standing[key] == own[key]))
    ]
    if gone:
        delete_custom_attributes(session.contact, keys=gone, by=session.contact)
    session.said = {
        **session.said,
        "custom_attributes": {key: value for key, value in own.items() if key not in set(keys)},
    }
    session.save(update_fields=["said", "updated_at"])


# ── words ─────────────────────────────────────────────────────────────────────────────────────────────


def _usable(account_id: int, words: Mapping[str, Any]) -> dict[str, Any]:
    """The words in their stored form; what is blank or not valid is left out: it must not cost the visitor's message."""
    plain = {key: value for key, value in words.items() if key not in _FREE and value is not None}
    told = {key: value for key, value in usable_fields(plain).items() if value not in (None, "")}
    custom = words.get("custom_attributes") or {}
    extra = {
        key: value
        for key, value in (words.get("additional_attributes") or {}).items()
        if not key.endswith("_ip")  # where someone came from is ours to say
    }
    try:
        if custom and _is_shallow(custom):
            told["custom_attributes"] = clean_values(account_id, custom, model=AttributeModel.CONTACT)
    except Invalid:
        pass
    try:
        if extra and _is_shallow(extra):
            limits.check_attributes(extra, field="additional_attributes")
            told["additional_attributes"] = extra
    except Invalid:
        pass
    return told


def _is_shallow(value: Any, *, deepest: int = _DEEPEST) -> bool:
    if not isinstance(value, Mapping | list):
        return True
    parts = value.values() if isinstance(value, Mapping) else value
    return deepest > 0 and all(_is_shallow(part, deepest=deepest - 1) for part in parts)


@transaction.atomic
def hear_visitor(
    session: ContactInbox,
    *,
    signed: bool,
    keep_name: bool = False,
    avatar_url: str | None = None,
    **words: Any,
) -> None:
    """The visitor says name, email, phone_number, identifier or attributes; `session` shows what became of it.

    `signed`: the identifier among them was vouched for. `keep_name`: a name that stands is not replaced (pre-chat form).
    Raises Unauthorised for a signature of someone else than the session's own contact. Records contact.updated,
    contact.merged and contact.claims_changed.
    """
    _hold(session)
    told = _usable(session.contact.account_id, words)
    said = _remembered(session, told)
    if keep_name and not is_nameless(session.contact.name):
        told.pop("name", None)
    if signed:
        claims = _hear_signed(session, told, avatar_url=avatar_url)
    else:
        claims = _hear_unsigned(session, told, avatar_url=avatar_url)
    session.said = said
    session.save(update_fields=["said", "hmac_verified", "updated_at"])
    keep_claims(session, claims)


def _remembered(session: ContactInbox, told: Mapping[str, Any]) -> dict[str, Any]:
    said = remember(session.said, told)
    for part in _FREE:
        if len(said.get(part) or {}) > limits.MAX_ATTRIBUTES:  # one row must not grow without end
            said[part] = told[part]
    return said


def _hold(session: ContactInbox) -> None:
    """Lock the session's contact and read both anew: another request may just have merged it into someone."""
    account = session.contact.account
    for _attempt in range(_ATTEMPTS):
        row = ContactInbox.objects.select_related("contact").filter(pk=session.pk).first()
        if row is None:
            raise NotFound
        try:
            lock(row.contact)
        except NotFound:
            continue
        if ContactInbox.objects.filter(pk=row.pk, contact_id=row.contact_id).exists():
            row.contact.account = account
            session.contact, session.said = row.contact, row.said
            session.has_joined, session.hmac_verified = row.has_joined, row.hmac_verified
            return
    raise Conflict


def _hear_signed(session: ContactInbox, told: dict[str, Any], *, avatar_url: str | None) -> dict[str, Any]:
    identifier = told.get("identifier", "")
    if not identifier or belongs_to_another(session, identifier=identifier, signed=True):
        raise Unauthorised
    _take_back(session, identifier)
    if _is_shared_by_chance(session):
        save_changes(session.contact, {"is_withheld": True}, by=session.contact)
    apart: dict[str, Any] = {}
    session.contact = identify_contact(
        session.contact, by=session.contact, avatar_url=avatar_url, apart=apart, **told
    )
    session.hmac_verified = True
    return apart


def _is_shared_by_chance(session: ContactInbox) -> bool:
    """Whether others brought something to a contact that no one vouched for until this signature."""
    contact = session.contact
    if is_alone(session) or is_vouched_contact(contact):
        return False
    return not contact.identifier or _who_only_said(contact, "identifier") is not None


def _take_back(session: ContactInbox, identifier: str) -> None:
    """A signature counts more than a word: whoever only said this identifier loses it to the one it was signed for."""
    other = find_contact(session.contact.account_id, identifier=identifier)
    if other is None or other.pk == session.contact_id:
        return
    sayer = _who_only_said(other, "identifier")
    if sayer is None:
        return
    lock(other)
    save_changes(other, {"identifier": None}, by=None)
    sayer.contact = other
    keep_claims(sayer, {"identifier": identifier})


def _who_only_said(contact: Contact, key: str) -> ContactInbox | None:
    """The unverified session whose word is all that this key of the contact rests on; None when more speaks for it."""
    sessions = list(ContactInbox.objects.filter(contact=contact).order_by("pk"))
    if any(session.hmac_verified for session in sessions):
        return None
    value = getattr(contact, key)
    sayers = (session for session in sessions if not session.has_joined and session.said.get(key) == value)
    return next(sayers, None)


def _hear_unsigned(session: ContactInbox, told: dict[str, Any], *, avatar_url: str | None) -> dict[str, Any]:
    """Write what may be written; what may not, as claims by field."""
    trusting = accepts_unsigned(session.inbox)
    if trusting and not session.hmac_verified:
        _follow(session, told)
    contact, alone = session.contact, is_alone(session)
    claims = {key: told[key] for key in KEYS if key in told and _is_anothers(contact, **{key: told[key]})}
    given = {key: value for key, value in told.items() if key not in claims}
    if session.hmac_verified:
        written, refused = given, dict[str, Any]()
    else:
        standing = {key: getattr(contact, key) for key in given}
        if is_nameless(contact.name) and "name" in standing:
            standing["name"] = ""
        may_fill = alone or trusting
        written, refused = sifted(standing, session.said, given, may_fill=may_fill, may_correct=alone)
    if session.hmac_verified or ((alone or trusting) and not contact.avatar):
        request_avatar(contact, url=avatar_url)
    claims |= _write(contact, written)
    claims |= {key: refused[key] for key in ("name", *KEYS) if key in refused}
    for part in _FREE:
        claims |= dict(leaves(refused.get(part, {}), prefix=part))
    return claims


def _is_anothers(contact: Contact, **key: Any) -> bool:
    other = find_contact(contact.account_id, **key)
    return other is not None and other.pk != contact.pk


def _write(contact: Contact, written: Mapping[str, Any]) -> dict[str, Any]:
    """Store the values; those keys that someone else took a moment ago."""
    values = {key: value for key, value in written.items() if key not in _FREE}
    for part in _FREE:
        if part in written:
            values[part] = merged(getattr(contact, part), written[part])
    try:
        save_changes(contact, values, by=contact)
    except ContactKeyTaken as taken:
        lost = {field: values.pop(field) for field in taken.fields}
        save_changes(contact, values, by=contact)
        return lost
    return {}


def _follow(session: ContactInbox, told: Mapping[str, Any]) -> None:
    """Where the company believes what no one signed: let the session join whoever has its key (F.11).

    Only from a contact of its own, and never to one that a signature speaks for.
    """
    for key in KEYS:
        other = find_contact(session.contact.account_id, **{key: told[key]}) if key in told else None
        if other is None or other.pk == session.contact.pk or not is_alone(session):
            continue
        if are_two_people(session.contact, other, key=key, given=told) or is_vouched_contact(other):
            continue
        session.contact = merge_contacts(other, mergee=session.contact, by=session.contact)
        session.has_joined = True
