"""Questions about contacts."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q, QuerySet, TextField
from django.db.models.expressions import OrderBy
from django.db.models.functions import Cast, Lower
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ventanilla.accounts import features
from ventanilla.accounts.models import Account, Membership, Presence, Role
from ventanilla.accounts.policies import Capability, may, seen_lately
from ventanilla.attributes.models import AttributeModel
from ventanilla.attributes.selectors import filter_fields
from ventanilla.contacts.errors import NotReachable
from ventanilla.contacts.models import (
    Contact,
    ContactAddress,
    ContactClaim,
    ContactInbox,
    ContactLabel,
    ContactNote,
)
from ventanilla.contacts.normal import KEYS, folded
from ventanilla.inboxes.channel import Identity
from ventanilla.inboxes.channels import capabilities_of
from ventanilla.inboxes.models import Inbox
from ventanilla.inboxes.selectors import inboxes_for
from ventanilla.kit import phones, statements
from ventanilla.kit.clock import now, zone
from ventanilla.kit.compiled import Compiled
from ventanilla.kit.conditions import (
    FieldSpec,
    InvalidCondition,
    Kind,
    Offer,
    Takes,
    compile_conditions,
    describe,
)
from ventanilla.kit.errors import Invalid, NotFound
from ventanilla.kit.orders import BlanksLast, Folded
from ventanilla.labels.titles import stored_titles

if TYPE_CHECKING:
    from ventanilla.kit.errors import Text

PAGE_SIZE = 15
ACTIVE_PAGE_SIZE = 25
_DIGITS = re.compile(r"\D+")


def contacts_of(account: Account | int) -> QuerySet[Contact]:
    """All contacts of the account, unordered."""
    return Contact.objects.filter(account=account)


def contacts_for(membership: Membership) -> QuerySet[Contact]:
    """The contacts this member may open one by one.

    All of them; with `hide_contacts_for_agent` (G.1), or a role without contacts, an agent's are those known in the
    inboxes they may open.
    """
    rows = contacts_of(membership.account_id)
    if not hides_contacts(membership):
        return rows
    known = ContactInbox.objects.filter(inbox__in=inboxes_for(membership)).values("contact_id")
    return rows.filter(pk__in=known)


def hides_contacts(membership: Membership) -> bool:
    """Whether this member has no contacts module: lists and search stay empty for them."""
    if not may(membership, Capability.CONTACTS_READ):
        return True
    return membership.role == Role.AGENT and features.is_enabled(
        membership.account, "hide_contacts_for_agent"
    )


def listed_contacts_for(membership: Membership) -> QuerySet[Contact]:
    """The contacts that lists, search and filters show this member."""
    return Contact.objects.none() if hides_contacts(membership) else contacts_of(membership.account_id)


def get_contact_for(membership: Membership, *, contact_id: int) -> Contact:
    """One contact this member may open. Raises NotFound."""
    if hides_contacts(membership):
        contact = contacts_for(membership).select_related("account").filter(pk=contact_id).first()
    else:
        contact = _numbered.first(account_id=membership.account_id, contact_id=contact_id)
    if contact is None:
        raise NotFound
    return contact


# Asked whenever a conversation is opened.
_numbered = Compiled(
    lambda account_id, contact_id: contacts_of(account_id).select_related("account").filter(pk=contact_id),
    account_id=int,
    contact_id=int,
)
_SAYS_ANYTHING = (
    "SELECT 1 FROM contacts_contactclaim k JOIN contacts_contactinbox i ON i.id = k.contact_inbox_id"
    " WHERE i.contact_id = %s AND k.state = 'open' LIMIT 1"
)
_IS_VOUCHED = "SELECT 1 FROM contacts_contactinbox WHERE contact_id = %s AND hmac_verified LIMIT 1"


def find_contact(
    account_id: int,
    *,
    identifier: str | None = None,
    email: str | None = None,
    phone_number: str | None = None,
) -> Contact | None:
    """The contact with this identifier, else this e-mail, else this phone; None when nobody has them."""
    for key, value in (("identifier", identifier), ("email__iexact", email), ("phone_number", phone_number)):
        if value:
            found = contacts_of(account_id).select_related("account").filter(**{key: value}).first()
            if found is not None:
                return found
    return _by_address(account_id, email=email, phone=phone_number)


def _by_address(account_id: int, **values: str | None) -> Contact | None:
    """Who has one of these as a further address."""
    for kind, value in values.items():
        if value:
            rows = ContactAddress.objects.filter(account_id=account_id, kind=kind, value=value)
            found = rows.select_related("contact__account").first()
            if found is not None:
                return found.contact
    return None


def resolved(rows: QuerySet[Contact]) -> QuerySet[Contact]:
    """Only those known by e-mail, phone or identifier (B.3)."""
    return rows.filter(is_known=True)


def labelled(rows: QuerySet[Contact], titles: Collection[str]) -> QuerySet[Contact]:
    """Those with any of the labels; all of them for no titles."""
    wanted = stored_titles(titles)
    if not wanted:
        return rows
    return rows.filter(pk__in=ContactLabel.objects.filter(label__title__in=wanted).values("contact_id"))


def matching(rows: QuerySet[Contact], text: str) -> QuerySet[Contact]:
    """Those whose name, e-mail, phone, identifier or company contains the text; accents and capitals do not matter."""
    words = folded(text.strip())
    found = Q(search_text__contains=words)
    digits = _DIGITS.sub("", words)
    if len(digits) >= 4 and not re.search(r"[^\d\s()+./-]", words):
        found |= Q(search_text__contains=digits)  # a number typed with spaces or hyphens
    return rows.filter(found)


def online_contacts(account: Account) -> QuerySet[Contact]:
    """Contacts who are connected now."""
    here = Presence.objects.filter(seen_lately(at=now()), account=account, kind=Presence.Kind.CONTACT)
    return contacts_of(account).filter(pk__in=here.values("ref_id"))


def contacts_with_title(account_id: int, title: str) -> QuerySet[Contact]:
    """Contacts whose copy of labels has this title. Reads every contact's copy, so it is for renaming only."""
    text = Cast("label_titles", TextField())
    rows = contacts_of(account_id).exclude(label_titles=[]).annotate(titles_text=text)
    # SQLite keeps JSON as it was written, with escapes; PostgreSQL writes it anew, without.
    plain, escaped = json.dumps(title, ensure_ascii=False), json.dumps(title)
    return rows.filter(Q(titles_text__contains=plain) | Q(titles_text__contains=escaped))


# ── order ─────────────────────────────────────────────────────────────────────────────────────────────


# Blanks, empty texts too, go last in both directions.
_ORDERS: dict[str, Folded | F] = {
    "name": Folded("name"),
    "email": Folded("email"),
    "phone_number": F("phone_number"),
    "last_activity_at": F("last_activity_at"),
    "created_at": F("created_at"),
    "company": Folded("company"),
    "company_name": Folded("company"),
    "city": Folded("location"),
    "country": Folded("country_code"),
}
_NEVER_BLANK = frozenset({"created_at"})


def ordered(rows: QuerySet[Contact], sort: str | None) -> QuerySet[Contact]:
    """By `sort` (a leading "-" turns it round), blanks last; the newest activity first for any other word."""
    word = (sort or "").strip()
    name = word.removeprefix("-")
    if name not in _ORDERS:
        return rows.order_by(BlanksLast("last_activity_at"), "-pk")
    descending, last = word.startswith("-"), None if name in _NEVER_BLANK else True
    order = OrderBy(_ORDERS[name], descending=descending, nulls_last=last)
    return rows.order_by(order, "-pk" if descending else "pk")


# ── the filter language ───────────────────────────────────────────────────────────────────────────────


def _labelled_with(titles: Sequence[str] | None) -> QuerySet[Any, Any]:
    rows = ContactLabel.objects.all()
    if titles is not None:
        rows = rows.filter(label__title__in=stored_titles(titles))
    return rows.values("contact_id")


def _text_field(column: str, title: Text) -> FieldSpec:
    return FieldSpec(kind=Kind.TEXT, operators=Takes.TEXT, lookup=column, offer=Offer(title=title))


# In the order in which an editor offers them; what has no offer is for programs.
FILTER_FIELDS: dict[str, FieldSpec] = {
    "name": _text_field("name", gettext_lazy("Name")),
    "email": _text_field("email", gettext_lazy("Email")),
    "phone_number": FieldSpec(
        kind=Kind.PHONE,
        operators=Takes.PHONE,
        lookup="phone_number",
        offer=Offer(title=gettext_lazy("Phone number")),
    ),
    "identifier": _text_field("identifier", gettext_lazy("Identifier")),
    "city": _text_field("location", gettext_lazy("City")),
    "country_code": FieldSpec(
        kind=Kind.TEXT,
        operators=Takes.EQUALITY,
        lookup="country_code",
        offer=Offer(title=gettext_lazy("Country"), codes=phones.REGIONS, names="region"),
    ),
    "company": _text_field("company", gettext_lazy("Company")),
    "company_name": FieldSpec(kind=Kind.TEXT, operators=Takes.TEXT, lookup="company"),
    "labels": FieldSpec(
        kind=Kind.RELATION,
        operators=Takes.EQUALITY_OR_PRESENCE,
        related=_labelled_with,
        offer=Offer(title=gettext_lazy("Label"), source="labels"),
    ),
    "blocked": FieldSpec(
        kind=Kind.BOOLEAN,
        operators=Takes.EQUALITY,
        lookup="blocked",
        offer=Offer(title=gettext_lazy("Blocked")),
    ),
    "created_at": FieldSpec(
        kind=Kind.MOMENT,
        operators=Takes.MOMENT,
        lookup="created_at",
        offer=Offer(title=gettext_lazy("Creation date")),
    ),
    "last_activity_at": FieldSpec(
        kind=Kind.MOMENT,
        operators=Takes.MOMENT,
        lookup="last_activity_at",
        offer=Offer(title=gettext_lazy("Last activity")),
    ),
}


def filter_fields_for(account: Account) -> list[dict[str, Any]]:
    """What an editor offers for contacts of the account (kit.conditions.describe)."""
    return describe(FILTER_FIELDS, filter_fields(account, model=AttributeModel.CONTACT))


def filtered(rows: QuerySet[Contact], *, account: Account, conditions: object) -> QuerySet[Contact]:
    """The rows that the conditions (F.15) mean. Raises InvalidCondition."""
    custom = filter_fields(account, model=AttributeModel.CONTACT)
    return rows.filter(
        compile_conditions(conditions, fields=FILTER_FIELDS, custom=custom, zone=zone(account.timezone))
    )


def filtered_each(
    rows: QuerySet[Contact], *, account: Account, many: Iterable[object]
) -> list[QuerySet[Contact] | None]:
    """What each of many filters means; None for one that means nothing any more."""
    custom, where = filter_fields(account, model=AttributeModel.CONTACT), zone(account.timezone)

    def meant(conditions: object) -> QuerySet[Contact] | None:
        try:
            rule = compile_conditions(conditions, fields=FILTER_FIELDS, custom=custom, zone=where)
        except InvalidCondition:
            return None
        return rows.filter(rule).order_by()

    return [meant(conditions) for conditions in many]


# ── identities and notes ──────────────────────────────────────────────────────────────────────────────


def source_id_for(contact: Contact, inbox: Inbox) -> str:
    """What a new identity of the contact in this inbox is called. Raises NotReachable when it needs an address."""
    known_by = capabilities_of(inbox.kind).identity
    if known_by == Identity.EMAIL:
        if not contact.email:
            raise NotReachable("email")
        return contact.email
    if known_by in (Identity.PHONE, Identity.PHONE_DIGITS):
        if not contact.phone_number:
            raise NotReachable("phone_number")
        return contact.phone_number.lstrip("+") if known_by == Identity.PHONE_DIGITS else contact.phone_number
    return str(uuid.uuid4())


@dataclass(frozen=True)
class Reachable:
    """An inbox through which a conversation with the contact can be begun."""

    inbox: Inbox
    source_id: str


def contactable_inboxes(membership: Membership, contact: Contact) -> list[Reachable]:
    """Where this member can begin a conversation with the contact (F.21)."""
    rows = ContactInbox.objects.filter(contact=contact).order_by("pk")
    known = {row.inbox_id: row.source_id for row in rows}
    untouched = set(rows.filter(conversations__isnull=True).values_list("inbox_id", flat=True))
    found: list[Reachable] = []
    for inbox in inboxes_for(membership):
        can = capabilities_of(inbox.kind)
        if can.in_our_widget:
            if inbox.pk in untouched:
                found.append(Reachable(inbox, known[inbox.pk]))
            continue
        try:
            if can.can_start_conversation:
                found.append(Reachable(inbox, known.get(inbox.pk) or source_id_for(contact, inbox)))
        except NotReachable:
            continue
    return found


def get_contact_inbox(*, inbox: Inbox, source_id: str) -> ContactInbox:
    """The identity in that inbox, its contact loaded. Raises NotFound."""
    found = ContactInbox.objects.select_related("contact").filter(inbox=inbox, source_id=source_id).first()
    if found is None:
        raise NotFound
    return found


# ── what visitors claim ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Claim:
    """What a visitor says of themselves, and who is known by that: None when it is nobody else."""

    row: ContactClaim
    known: Contact | None


def open_claims(contact: Contact) -> list[Claim]:
    """What waits for an agent, oldest first, once each; what the record says by now is settled. At most six statements."""
    if statements.fetch_one(_SAYS_ANYTHING, [contact.pk]) is None:
        return []
    rows = (
        ContactClaim.objects.filter(contact_inbox__contact=contact, state=ContactClaim.State.OPEN)
        .select_related("contact_inbox__inbox")
        .defer("contact_inbox__inbox__secrets", "contact_inbox__inbox__hmac_token")
        .order_by("said_at", "pk")
    )
    once = {(row.field, str(row.value)): row for row in reversed(rows)}
    waiting = [row for row in reversed(once.values()) if value_at(contact, row.field) != row.value]
    known = _holders(contact, waiting)
    return [Claim(row, known.get((row.field, str(row.value)))) for row in waiting]


def value_at(contact: Contact, field: str) -> Any:
    """What the record says at a claim's `field`."""
    column, *path = field.split(".")
    value = getattr(contact, column, None)
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _holders(contact: Contact, rows: Sequence[ContactClaim]) -> dict[tuple[str, str], Contact]:
    found: dict[tuple[str, str], Contact] = {}
    for key in KEYS:
        wanted = [row.value for row in rows if row.field == key]
        if not wanted:
            continue
        others = contacts_of(contact.account_id).exclude(pk=contact.pk)
        matched = (
            others.annotate(folded_email=Lower("email")).filter(folded_email__in=wanted)
            if key == "email"
            else others.filter(**{f"{key}__in": wanted})
        )
        for other in matched:
            value = str(getattr(other, key))
            found[key, value.lower() if key == "email" else value] = other
    return found


def get_claim(contact: Contact, *, claim_id: int) -> ContactClaim:
    """One claim about the contact. Raises NotFound."""
    claim = (
        ContactClaim.objects.filter(contact_inbox__contact=contact, pk=claim_id)
        .select_related("contact_inbox")
        .first()
    )
    if claim is None:
        raise NotFound
    claim.contact_inbox.contact = contact
    return claim


def holder_of(claim: ContactClaim) -> Contact | None:
    """The other contact who has the claimed key now, if any."""
    contact = claim.contact_inbox.contact
    if claim.field not in KEYS:
        return None
    known = find_contact(contact.account_id, **{claim.field: claim.value})
    return None if known is None or known.pk == contact.pk else known


def same_claims(claim: ContactClaim) -> QuerySet[ContactClaim]:
    """This claim, and the same from other sessions of the contact."""
    contact_id = ContactInbox.objects.values("contact_id").filter(pk=claim.contact_inbox_id)
    return ContactClaim.objects.filter(
        contact_inbox__contact_id__in=contact_id, field=claim.field, value=claim.value
    )


def is_vouched_contact(contact: Contact) -> bool:
    """Whether the company's server signed one of the contact's sessions."""
    return statements.fetch_one(_IS_VOUCHED, [contact.pk]) is not None


def is_alone(session: ContactInbox) -> bool:
    """Whether the contact is this session's own, and known by nothing else."""
    if session.has_joined:
        return False
    return not ContactInbox.objects.filter(contact_id=session.contact_id).exclude(pk=session.pk).exists()


def notes_of(contact: Contact) -> QuerySet[ContactNote]:
    """Notes, newest first, with their authors."""
    return ContactNote.objects.filter(contact=contact).select_related("user").order_by("-pk")


def get_note(contact: Contact, *, note_id: int) -> ContactNote:
    """One note about the contact. Raises NotFound."""
    note = notes_of(contact).filter(pk=note_id).first()
    if note is None:
        raise NotFound
    return note


def search_words(text: str | None) -> str:
    """The words to search for. Raises Invalid when there are none (B.3)."""
    words = (text or "").strip()
    if not words:
        raise Invalid(_("Add what to search for as q."))
    return words
