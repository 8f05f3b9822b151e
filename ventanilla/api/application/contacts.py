"""Contacts: lists, one contact, its identities and labels (B.3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema
from ninja.files import UploadedFile
from ninja.params.functions import Query

from ventanilla.accounts.policies import Capability
from ventanilla.api.application.conversation_access import visibility_of
from ventanilla.api.application.inboxes import InboxNameShape, InboxShape
from ventanilla.api.application.labels import TitlesAnswer
from ventanilla.api.auth import Request
from ventanilla.api.errors import refusal_body
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.contacts import selectors
from ventanilla.contacts.commands import contacts as commands
from ventanilla.contacts.commands import identities
from ventanilla.contacts.commands.labels import set_contact_labels
from ventanilla.contacts.errors import ContactKeyTaken
from ventanilla.contacts.models import Contact
from ventanilla.contacts.rendering import contact_inbox_json, contacts_json
from ventanilla.conversations.commands.deletion import delete_contact_with_conversations
from ventanilla.conversations.selectors import counts_by_contact
from ventanilla.inboxes.rendering import inbox_json
from ventanilla.inboxes.selectors import get_inbox_for
from ventanilla.kit import rate_limits
from ventanilla.kit.errors import Invalid, NotFound
from ventanilla.kit.limits import is_web_url
from ventanilla.kit.pagination import page_number, page_of
from ventanilla.search.selectors import holding

router = Router(tags=["Contacts"])


class ContactInboxShape(Schema):
    """How an inbox knows a contact. Whoever is told of a contact by an event gets the inbox's name alone."""

    source_id: str
    inbox: InboxShape | InboxNameShape


class ContactShape(Schema):
    """A contact. Times are seconds since 1970."""

    additional_attributes: dict[str, Any]
    availability_status: Literal["online", "offline"]
    blocked: bool
    email: str | None
    id: int
    name: str
    phone_number: str | None
    identifier: str | None
    thumbnail: str
    custom_attributes: dict[str, Any]
    contact_type: Literal["visitor", "lead", "customer"]
    labels: list[str]
    created_at: int
    last_activity_at: int | None = None
    contact_inboxes: list[ContactInboxShape] | None = None


class ListedContactShape(ContactShape):
    """A contact in a list. `conversations_count`: conversations in any state that the caller may see."""

    conversations_count: int


class ContactPageMeta(Schema):
    """How many there are in all; `current_page` is the parameter as it was sent."""

    count: int
    current_page: int | str


class ContactPage(Schema):
    """One page of contacts."""

    meta: ContactPageMeta
    payload: list[ListedContactShape]


class ContactAnswer(Schema):
    """One contact in its envelope."""

    payload: ContactShape


class NewContactInboxShape(Schema):
    """The identity a new contact was given; both null when none was asked for."""

    inbox: InboxShape | None
    source_id: str | None


class NewContactPair(Schema):
    """A new contact and its identity."""

    contact: ContactShape
    contact_inbox: NewContactInboxShape


class NewContactAnswer(Schema):
    """A new contact in its envelope."""

    payload: NewContactPair


class ContactableInboxesAnswer(Schema):
    """Where a conversation with the contact can be begun."""

    payload: list[ContactInboxShape]


LABELS = Query([], alias="labels[]")


class ContactBody(Body):
    """What is known of a contact. custom_attributes are merged, additional_attributes replaced."""

    wrapper: ClassVar[str | None] = "contact"
    name: str | None = None
    last_name: str | None = None
    preferred_language: str | None = None
    email: str | None = None
    phone_number: str | None = None
    identifier: str | None = None
    avatar: UploadedFile | None = None
    avatar_url: str | None = None
    blocked: bool | None = None
    additional_attributes: dict[str, Any] | None = None
    custom_attributes: dict[str, Any] | None = None


class NewContactBody(ContactBody):
    """A new contact, with an identity in an inbox when one is named."""

    inbox_id: int | None = None
    source_id: str | None = None


class ConditionsBody(Body):
    """Conditions of the filter language (F.15)."""

    payload: list[dict[str, Any]] = []


class KeysBody(Body):
    """Keys of custom attributes."""

    custom_attributes: list[str] = []


class TitlesBody(Body):
    """Titles of labels."""

    labels: list[str] = []


class ContactInboxBody(Body):
    """An identity to give the contact."""

    inbox_id: int
    source_id: str | None = None
    hmac_verified: bool = False


class SourceBody(Body):
    """An identity to look for."""

    inbox_id: int
    source_id: str = ""


def _fields(given: ContactBody) -> dict[str, Any]:
    """What was given. Null empties a text and leaves everything else as it is."""
    if given.avatar_url and not is_web_url(given.avatar_url):
        raise Invalid(fields={"avatar_url": [_("Enter an address that starts with http:// or https://.")]})
    texts = {"name", "last_name", "preferred_language", "email", "phone_number", "identifier"}
    return {
        name: value
        for name, value in given.given.items()
        if name not in {"inbox_id", "source_id"} and (value is not None or name in texts)
    }


def _page_reply(
    request: Request,
    rows: QuerySet[Contact],
    *,
    page: str,
    with_inboxes: bool = True,
    size: int = selectors.PAGE_SIZE,
) -> HttpResponse:
    shown = contacts_json(
        page_of(rows, page=page, size=size), with_inboxes=with_inboxes, reader=request.auth.member
    )
    counts = counts_by_contact(visibility_of(request), [item["id"] for item in shown])
    for item in shown:
        item["conversations_count"] = counts.get(item["id"], 0)
    meta = {"count": rows.order_by().count(), "current_page": page_number(page)}
    return json_reply({"meta": meta, "payload": shown})


def _bare(request: Request, contact: Contact) -> dict[str, Any]:
    return contacts_json([contact], reader=request.auth.member)[0]


def _readable(request: Request, contact_id: int) -> Contact:
    return selectors.get_contact_for(request.auth.member, contact_id=contact_id)


def _writable(request: Request, contact_id: int) -> Contact:
    request.auth.require(Capability.CONTACTS_WRITE)
    return _readable(request, contact_id)


def exists_reply(request: Request, taken: ContactKeyTaken) -> HttpResponse:
    """The refusal, and who it is that has these already (`existing` the ids by field, `holders` with what they are
    called), as far as the caller may open them."""
    known = selectors.contacts_for(request.auth.member).filter(pk__in=taken.contact_ids.values())
    called = {row.pk: row.name or row.email or row.phone_number or "" for row in known}
    existing = {field: pk for field, pk in taken.contact_ids.items() if pk in called}
    body = refusal_body(taken)
    if existing:
        holders = {field: {"id": pk, "name": called[pk]} for field, pk in existing.items()}
        body |= {"existing": existing, "holders": holders, "contact_id": next(iter(existing.values()))}
    return json_reply(body, status=taken.status)


def asks_for_inboxes(request: HttpRequest) -> bool:
    """`include_contact_inboxes`, true unless said otherwise."""
    return request.GET.get("include_contact_inboxes", "true").lower() not in {"false", "0"}


@router.get("/contacts", operation_id="list_contacts", response=ContactPage)
def index(
    request: Request,
    account_id: int,
    page: str = "1",
    sort: str = "",
    labels: list[str] = LABELS,
    include_contact_inboxes: bool = True,
) -> HttpResponse:
    """Contacts known by email, phone or identifier, fifteen to a page."""
    rows = selectors.resolved(selectors.listed_contacts_for(request.auth.member))
    rows = selectors.ordered(selectors.labelled(rows, labels), sort)
    return _page_reply(request, rows, page=page, with_inboxes=include_contact_inboxes)


@router.get("/contacts/search", operation_id="search_contacts", response=ContactPage)
def search(
    request: Request,
    account_id: int,
    q: str = "",
    page: str = "1",
    sort: str = "",
    labels: list[str] = LABELS,
    include_contact_inboxes: bool = True,
) -> HttpResponse:
    """Contacts whose name, email, phone, identifier or company contains `q`; accents do not matter."""
    rate_limits.check("contact_search_per_account", account_id)
    words = selectors.search_words(q)
    rows = selectors.resolved(selectors.listed_contacts_for(request.auth.member))
    rows = selectors.labelled(holding(rows, words, account_id=account_id), labels)
    return _page_reply(
        request, selectors.ordered(rows, sort), page=page, with_inboxes=include_contact_inboxes
    )


@router.post("/contacts/filter", operation_id="filter_contacts", response=ContactPage)
def filter_contacts(
    request: Request,
    account_id: int,
    page: str = "1",
    sort: str = "",
    q: str = "",
    labels: list[str] = LABELS,
    given: ConditionsBody = Given(),
) -> HttpResponse:
    """Contacts that the conditions mean, among all of them; words (`q`, as in a search) and labels narrow them."""
    rows = selectors.filtered(
        selectors.listed_contacts_for(request.auth.member),
        account=request.auth.account,
        conditions=given.payload,
    )
    rows = selectors.labelled(rows, labels)
    if q.strip():
        rate_limits.check("contact_search_per_account", account_id)
        rows = holding(rows, q.strip(), account_id=account_id)
    return _page_reply(
        request, selectors.ordered(rows, sort), page=page, with_inboxes=asks_for_inboxes(request)
    )


@router.get("/contacts/active", operation_id="list_active_contacts", response=ContactPage)
def active(request: Request, account_id: int, page: str = "1") -> HttpResponse:
    """Contacts who are connected now."""
    here = selectors.online_contacts(request.auth.account)
    rows = selectors.listed_contacts_for(request.auth.member).filter(pk__in=here.values("pk"))
    return _page_reply(request, selectors.ordered(rows, ""), page=page, size=selectors.ACTIVE_PAGE_SIZE)


@router.post("/contacts", operation_id="create_contact", response=NewContactAnswer)
def create(request: Request, account_id: int, given: NewContactBody = Given()) -> HttpResponse:
    """Make a contact and, with `inbox_id`, its identity there."""
    caller = request.auth
    caller.require(Capability.CONTACTS_WRITE)
    if given.source_id and not given.inbox_id:
        raise Invalid(fields={"inbox_id": [_("Add the channel where the contact has this source_id.")]})
    inbox = get_inbox_for(caller.member, inbox_id=given.inbox_id) if given.inbox_id else None
    try:
        contact, contact_inbox = identities.create_contact_in(
            caller.account, inbox=inbox, source_id=given.source_id, by=caller.person, **_fields(given)
        )
    except ContactKeyTaken as taken:
        return exists_reply(request, taken)
    identity = {
        "inbox": inbox_json(inbox, for_administrator=False) if inbox else None,
        "source_id": contact_inbox.source_id if contact_inbox else None,
    }
    return json_reply({"payload": {"contact": _bare(request, contact), "contact_inbox": identity}})


@router.get("/contacts/{int:contact_id}", operation_id="show_contact", response=ContactAnswer)
def show(request: Request, account_id: int, contact_id: int) -> HttpResponse:
    """One contact."""
    return json_reply({"payload": _bare(request, _readable(request, contact_id))})


@router.patch("/contacts/{int:contact_id}", operation_id="update_contact", response=ContactAnswer)
def change(request: Request, account_id: int, contact_id: int, given: ContactBody = Given()) -> HttpResponse:
    """Change what is given."""
    contact = _writable(request, contact_id)
    try:
        contact = commands.update_contact(contact, by=request.auth.person, **_fields(given))
    except ContactKeyTaken as taken:
        return exists_reply(request, taken)
    return json_reply({"payload": _bare(request, contact)})


@router.delete("/contacts/{int:contact_id}", operation_id="delete_contact", response={200: None})
def destroy(request: Request, account_id: int, contact_id: int) -> HttpResponse:
    """Delete the contact with all conversations; refused while they are online."""
    request.auth.require(Capability.CONTACTS_DELETE)
    delete_contact_with_conversations(_readable(request, contact_id), by=request.auth.person)
    return empty_reply()


@router.delete(
    "/contacts/{int:contact_id}/avatar", operation_id="delete_contact_avatar", response=ContactAnswer
)
def delete_avatar(request: Request, account_id: int, contact_id: int) -> HttpResponse:
    """Take the picture away."""
    contact = commands.remove_contact_avatar(_writable(request, contact_id), by=request.auth.person)
    return json_reply({"payload": _bare(request, contact)})


@router.post(
    "/contacts/{int:contact_id}/destroy_custom_attributes",
    operation_id="delete_contact_attributes",
    response=ContactAnswer,
)
def delete_attributes(
    request: Request, account_id: int, contact_id: int, given: KeysBody = Given()
) -> HttpResponse:
    """Forget the values of these custom attributes."""
    contact = commands.delete_custom_attributes(
        _writable(request, contact_id), keys=given.custom_attributes, by=request.auth.person
    )
    return json_reply({"payload": _bare(request, contact)})


@router.get(
    "/contacts/{int:contact_id}/contactable_inboxes",
    operation_id="contactable_inboxes",
    response=ContactableInboxesAnswer,
)
def contactable_inboxes(request: Request, account_id: int, contact_id: int) -> HttpResponse:
    """Where the caller can begin a conversation with the contact."""
    found = selectors.contactable_inboxes(request.auth.member, _readable(request, contact_id))
    return json_reply({"payload": [contact_inbox_json(item.source_id, item.inbox) for item in found]})


@router.post(
    "/contacts/{int:contact_id}/contact_inboxes",
    operation_id="create_contact_inbox",
    response=ContactInboxShape,
)
def create_contact_inbox(
    request: Request, account_id: int, contact_id: int, given: ContactInboxBody = Given()
) -> HttpResponse:
    """Give the contact an identity in an inbox; without source_id one is made."""
    contact = _writable(request, contact_id)
    inbox = get_inbox_for(request.auth.member, inbox_id=given.inbox_id)
    made = identities.create_contact_inbox(
        contact, inbox=inbox, source_id=given.source_id, hmac_verified=given.hmac_verified
    )
    return json_reply(contact_inbox_json(made.source_id, inbox))


@router.post("/contact_inboxes/filter", operation_id="find_contact_by_source", response=ContactShape)
def find_by_source(request: Request, account_id: int, given: SourceBody = Given()) -> HttpResponse:
    """The contact an inbox knows by that source_id."""
    try:
        inbox = get_inbox_for(request.auth.member, inbox_id=given.inbox_id)
        found = selectors.get_contact_inbox(inbox=inbox, source_id=given.source_id)
    except NotFound:
        return empty_reply(status=404)
    return json_reply(_bare(request, found.contact))


@router.get("/contacts/{int:contact_id}/labels", operation_id="list_contact_labels", response=TitlesAnswer)
def labels(request: Request, account_id: int, contact_id: int) -> HttpResponse:
    """Titles of the contact's labels."""
    return json_reply({"payload": _readable(request, contact_id).label_titles})


@router.post("/contacts/{int:contact_id}/labels", operation_id="set_contact_labels", response=TitlesAnswer)
def set_labels(
    request: Request, account_id: int, contact_id: int, given: TitlesBody = Given()
) -> HttpResponse:
    """Make exactly these the contact's labels; any word the account does not have yet becomes one."""
    titles: Sequence[str] = set_contact_labels(
        _writable(request, contact_id), titles=given.labels, by=request.auth.person
    )
    return json_reply({"payload": titles})
