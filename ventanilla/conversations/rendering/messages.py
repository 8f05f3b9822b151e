"""Messages as JSON: for the API (contract A.7), for events (D.3), and for the customer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import msgspec

from ventanilla.accounts.avatars import avatar_url
from ventanilla.contacts.said import is_told_all, told_keys
from ventanilla.conversations.models import Attachment, Message
from ventanilla.conversations.rendering.people import Names, people_of
from ventanilla.conversations.rendering.values import epoch_of, iso_of, object_of, raw_of
from ventanilla.inboxes.marks import UNDELIVERED
from ventanilla.kit import files, inline_pictures, links, statements, storage
from ventanilla.kit.columns import columns_of

_MESSAGE = columns_of(Message)
_BESIDE = {
    "display_id": "c.display_id",
    "assignee_id": "c.assignee_id",
    "unread_count": "c.unread_count",
    "last_activity_at": "c.last_activity_at",
    "contact_source_id": "ci.source_id",
    "contact_id": "c.contact_id",
    "contact_said": "ci.said",
    "contact_verified": "ci.hmac_verified",
    "contact_joined": "ci.has_joined",
}
_ATTACHMENT = columns_of(Attachment)
_SELECT = (
    "SELECT "
    + ", ".join(
        [f"m.{name}" for name in _MESSAGE] + list(_BESIDE.values()) + [f"a.{name}" for name in _ATTACHMENT]
    )
    + " FROM conversations_message m"
    " JOIN conversations_conversation c ON c.id = m.conversation_id"
    " JOIN contacts_contactinbox ci ON ci.id = c.contact_inbox_id"
    " LEFT JOIN conversations_attachment a ON a.message_id = m.id"
    " WHERE {where} ORDER BY m.id, a.id"
)
_COLUMNS = (*_MESSAGE, *_BESIDE)
_WIDTH = len(_COLUMNS)
_CONTACT = (
    "id name email phone_number identifier avatar additional_attributes custom_attributes is_withheld".split()
)
_SHOWING = "SELECT id FROM inboxes_inbox WHERE id IN ({marks}) AND csat_response_visible"
_CONTACTS = f"SELECT {', '.join(_CONTACT)} FROM contacts_contact WHERE id IN ({{marks}})"

# The contract has no word for "nobody knows": it stays in progress there, and content_attributes.delivery says it.
STATUS_NAMES = ("sent", "delivered", "read", "failed", "progress", "progress")
# What customers never need of content_attributes: our own notes about sending.
_INTERNAL = frozenset(
    {
        "external_error", "delivery", "waits_for", "automation_rule_id", "translations", "bcc_emails", "bcc_email"
    }
)  # fmt: skip

_encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class MessageRow:
    """A message with its attachments, as read."""

    columns: dict[str, Any]
    attachments: list[dict[str, Any]] = field(default_factory=list)
    # What a customer answered to a survey, where the team is not to see it (`csat_response_visible`).
    hidden_answer: Any = None


@lru_cache(maxsize=256)
def _select(where: str) -> str:
    return _SELECT.format(where=where)


def load(where: str, parameters: Sequence[Any]) -> list[MessageRow]:
    """The messages (`m`) for which that holds, oldest first, with their attachments. One statement."""
    found = statements.fetch_all(_select(where), parameters)
    rows: list[MessageRow] = []
    last_id = None
    for values in found:
        if values[0] != last_id:
            last_id = values[0]
            rows.append(MessageRow(dict(zip(_COLUMNS, values, strict=False))))
        if values[_WIDTH] is not None:
            rows[-1].attachments.append(dict(zip(_ATTACHMENT, values[_WIDTH:], strict=True)))
    _hide_answers([row for row in rows if row.columns["content_type"] == "input_csat"])
    for row in rows:
        if any(item["content_id"] for item in row.attachments):
            _place_pictures(row)
    return rows


def _place_pictures(row: MessageRow) -> None:
    """What the HTML of a mail shows is no file beside it (contract F.20): the HTML has its address, and `inline_images`
    says what it is, for who shows the text.
    """
    attributes = object_of(row.columns["content_attributes"])
    mail = attributes.get("email")
    html_content = mail.get("html_content") if isinstance(mail, dict) else None
    if not isinstance(html_content, dict) or not isinstance(html := html_content.get("full"), str):
        return
    shown = inline_pictures.shown_by(html)
    inside = [item for item in row.attachments if item["content_id"] in shown and item["file"]]
    if not inside:
        return
    row.attachments = [item for item in row.attachments if item not in inside]
    pictures = [{"id": item["id"], "content_id": item["content_id"], **file_json(item)} for item in inside]
    places = {picture["content_id"]: picture["data_url"] for picture in pictures}
    placed = {**html_content, "full": inline_pictures.placed(html, places)}
    row.columns["content_attributes"] = {
        **attributes,
        "email": {**mail, "html_content": placed, "inline_images": pictures},
    }


def _hide_answers(surveys: list[MessageRow]) -> None:
    """Set the answers aside that only administrators and the customer may see (contract F.23)."""
    if not surveys:
        return
    inbox_ids = sorted({row.columns["inbox_id"] for row in surveys})
    shown = {
        found[0] for found in statements.fetch_all(_SHOWING.format(marks=marks(len(inbox_ids))), inbox_ids)
    }
    for row in surveys:
        if row.columns["inbox_id"] not in shown:
            _hide_answer(row)


def hide_all_answers(rows: Iterable[MessageRow]) -> None:
    """Set every survey's answer aside: what is kept ready for all must not depend on who may read it."""
    for row in rows:
        if row.columns["content_type"] == "input_csat":
            _hide_answer(row)


def _hide_answer(row: MessageRow) -> None:
    attributes = object_of(row.columns["content_attributes"])
    if "submitted_values" in attributes:
        row.hidden_answer = attributes.pop("submitted_values")
        row.columns["content_attributes"] = attributes


def _show_answer(row: MessageRow) -> None:
    if row.hidden_answer is not None:
        attributes = object_of(row.columns["content_attributes"])
        row.columns["content_attributes"] = {**attributes, "submitted_values": row.hidden_answer}
        row.hidden_answer = None


def load_by_id(ids: Iterable[int]) -> list[MessageRow]:
    """Those messages, oldest first."""
    wanted = list(dict.fromkeys(ids))
    return load(f"m.id IN ({marks(len(wanted))})", wanted) if wanted else []


def marks(count: int) -> str:
    """Placeholders for that many values."""
    return ", ".join(["%s"] * count)


# ── pieces ────────────────────────────────────────────────────────────────────────────────────────────


def contact_sender_json(row: Mapping[str, Any]) -> dict[str, Any]:
    """A contact as the sender of a message, from its columns."""
    return {
        "additional_attributes": raw_of(row["additional_attributes"]),
        "custom_attributes": raw_of(row["custom_attributes"]),
        "email": row["email"],
        "id": row["id"],
        "identifier": row["identifier"],
        "name": row["name"],
        "phone_number": row["phone_number"],
        "thumbnail": avatar_url(row["avatar"] or ""),
        "type": "contact",
    }


def attachment_json(row: Mapping[str, Any], *, message_id: int, account_id: int) -> dict[str, Any]:
    """An attachment by its kind (contract A.7)."""
    shown: dict[str, Any] = {
        "id": row["id"],
        "message_id": message_id,
        "file_type": row["file_type"],
        "account_id": account_id,
    }
    if row["file_type"] == "location":
        return shown | {
            "coordinates_lat": row["coordinates_lat"],
            "coordinates_long": row["coordinates_long"],
            "fallback_title": row["fallback_title"],
            "data_url": row["external_url"],
        }
    if row["file_type"] == "contact":
        return shown | {"fallback_title": row["fallback_title"]}
    if not row["file"]:
        return shown | {"fallback_title": row["fallback_title"], "data_url": row["external_url"]}
    if row.get("content_id"):  # what the HTML of a mail shows it by
        shown["content_id"] = row["content_id"]
    return shown | file_json(row)


def attachment_url(attachment: Attachment) -> str:
    """The absolute address of an attached file, for mails. Raises AddressUnknown."""
    blob = storage.Blob(
        key=attachment.file.name or "",
        filename=attachment.filename,
        content_type=attachment.mime_type,
        byte_size=attachment.size,
    )
    return links.public_url(storage.blob_path(blob))


def file_json(row: Mapping[str, Any]) -> dict[str, Any]:
    """The addresses and measures of an attached file."""
    blob = storage.Blob(
        key=row["file"],
        filename=row["filename"] or "file",
        content_type=row["mime_type"],
        byte_size=row["size"],
        width=row["width"],
        height=row["height"],
    )
    thumbnail = storage.thumbnail_path(blob)
    return {
        "extension": files.extension(blob.filename) or files.extension_for(blob.content_type) or None,
        "data_url": links.answer_url(storage.blob_path(blob)),
        "thumb_url": links.answer_url(thumbnail) if thumbnail else "",
        "file_size": blob.byte_size,
        "width": blob.width,
        "height": blob.height,
        "filename": blob.filename,
        "content_type": blob.content_type,
    }


Contacts = Mapping[int, Mapping[str, Any]]


def contacts_of(rows: Iterable[MessageRow], known: Contacts | None = None) -> dict[int, Mapping[str, Any]]:
    """The contacts who wrote these messages, by id; only those not `known` are asked for."""
    found: dict[int, Mapping[str, Any]] = dict(known or {})
    missing = {
        row.columns["sender_id"]
        for row in rows
        if row.columns["sender_type"] == "Contact" and row.columns["sender_id"] not in found
    }
    if missing:
        rows_found = statements.fetch_all(_CONTACTS.format(marks=marks(len(missing))), sorted(missing))
        found |= {values[0]: dict(zip(_CONTACT, values, strict=True)) for values in rows_found}
    return found


def _add_sender(shown: dict[str, Any], row: Mapping[str, Any], contacts: Contacts, names: Names) -> None:
    kind, sender_id = row["sender_type"], row["sender_id"]
    if kind == "User":
        shown["sender"] = names.sender(sender_id)
    elif kind == "AgentBot":
        shown["sender"] = names.bot(sender_id)
    elif kind == "Contact" and sender_id in contacts:
        shown["sender"] = contact_sender_json(contacts[sender_id])


def _add_rest(shown: dict[str, Any], row: MessageRow, contacts: Contacts, names: Names) -> dict[str, Any]:
    """The keys that are absent rather than null."""
    columns = row.columns
    if columns["echo_id"] is not None:
        shown["echo_id"] = columns["echo_id"]
    _add_sender(shown, columns, contacts, names)
    if row.attachments:
        shown["attachments"] = [
            attachment_json(item, message_id=columns["id"], account_id=columns["account_id"])
            for item in row.attachments
        ]
    return shown


# ── whole messages ────────────────────────────────────────────────────────────────────────────────────


def rest_form(row: MessageRow, contacts: Contacts, names: Names) -> dict[str, Any]:
    """The API's message, and `version`, `additional_attributes` beside the contract's keys."""
    columns = row.columns
    shown: dict[str, Any] = {
        "id": columns["id"],
        "content": columns["content"],
        "inbox_id": columns["inbox_id"],
        "conversation_id": columns["display_id"],
        "message_type": columns["message_type"],
        "content_type": columns["content_type"],
        "status": STATUS_NAMES[columns["status"]],
        "content_attributes": raw_of(columns["content_attributes"]),
        "additional_attributes": raw_of(columns["additional_attributes"]),
        "created_at": epoch_of(columns["created_at"]),
        "private": bool(columns["private"]),
        "source_id": columns["source_id"],
        "version": columns["version"],
    }
    return _add_rest(shown, row, contacts, names)


def event_form(row: MessageRow, contacts: Contacts, names: Names) -> dict[str, Any]:
    """The message of events."""
    columns = row.columns
    shown: dict[str, Any] = {
        "id": columns["id"],
        "content": columns["content"],
        "account_id": columns["account_id"],
        "inbox_id": columns["inbox_id"],
        "conversation_id": columns["display_id"],
        "message_type": columns["message_type"],
        "content_type": columns["content_type"],
        "status": STATUS_NAMES[columns["status"]],
        "private": bool(columns["private"]),
        "source_id": columns["source_id"],
        "content_attributes": raw_of(columns["content_attributes"]),
        "additional_attributes": raw_of(columns["additional_attributes"]),
        "external_source_ids": {},
        "processed_message_content": columns["processed_content"] or columns["content"],
        "sentiment": {},
        "sender_type": columns["sender_type"] or None,
        "sender_id": columns["sender_id"],
        "created_at": epoch_of(columns["created_at"]),
        "updated_at": iso_of(columns["updated_at"]),
        "conversation": {
            "assignee_id": columns["assignee_id"],
            "unread_count": columns["unread_count"],
            "last_activity_at": epoch_of(columns["last_activity_at"]),
            "contact_inbox": {"source_id": columns["contact_source_id"]},
        },
        "version": columns["version"],
    }
    return _add_rest(shown, row, contacts, names)


def _for_contact(attributes: Any) -> dict[str, Any]:
    shown = {key: value for key, value in object_of(attributes).items() if key not in _INTERNAL}
    if isinstance(mail := shown.get("email"), dict) and UNDELIVERED in mail:
        shown["email"] = {key: value for key, value in mail.items() if key != UNDELIVERED}
    return shown


def _as_customer_sees(shown: dict[str, Any], row: MessageRow, contacts: Contacts) -> dict[str, Any]:
    """Senders by what this customer may know: of themselves, see contacts.said; of others who write into the thread
    nothing, for anyone can write in a known person's name.
    """
    sender = shown.get("sender")
    if not isinstance(sender, dict) or sender.get("type") != "contact":
        return shown
    columns = row.columns
    record = contacts[sender["id"]]
    name = thumbnail = ""
    if sender["id"] == columns["contact_id"]:
        all_of_it = is_told_all(
            hmac_verified=bool(columns["contact_verified"]), is_withheld=bool(record["is_withheld"])
        )
        joined = bool(columns["contact_joined"])
        said = object_of(columns["contact_said"])
        name = told_keys(record, said, is_told_all=all_of_it, has_joined=joined)["name"]
        thumbnail = sender["thumbnail"] if all_of_it or not joined else ""
    shown["sender"] = {"id": sender["id"], "name": name, "thumbnail": thumbnail, "type": "contact"}
    return shown


def contact_event_form(row: MessageRow, contacts: Contacts, names: Names) -> dict[str, Any]:
    """The message of events as its customer gets it: nothing that is only ours."""
    _show_answer(row)
    shown = event_form(row, contacts, names)
    shown["content_attributes"] = _for_contact(row.columns["content_attributes"])
    shown["additional_attributes"] = {}
    shown["conversation"] = {
        "assignee_id": row.columns["assignee_id"],
        "unread_count": 0,
        "last_activity_at": epoch_of(row.columns["last_activity_at"]),
        "contact_inbox": {"source_id": row.columns["contact_source_id"]},
    }
    return _as_customer_sees(shown, row, contacts)


def public_form(row: MessageRow, contacts: Contacts, names: Names) -> dict[str, Any]:
    """The message of the widget and of the public client API (contract C.1, C.2)."""
    _show_answer(row)
    columns = row.columns
    shown: dict[str, Any] = {
        "id": columns["id"],
        "content": columns["content"],
        "inbox_id": columns["inbox_id"],
        "conversation_id": columns["display_id"],
        "message_type": columns["message_type"],
        "content_type": columns["content_type"],
        "content_attributes": _for_contact(columns["content_attributes"]),
        "created_at": epoch_of(columns["created_at"]),
    }
    return _as_customer_sees(_add_rest(shown, row, contacts, names), row, contacts)


FORMS = {
    "rest": rest_form,
    "event": event_form,
    "contact_event": contact_event_form,
    "public": public_form,
}


def render_rows(
    rows: Sequence[MessageRow], *, form: str, account_id: int, all_answers: bool = False
) -> dict[int, bytes]:
    """Loaded messages in that form, by id, in their order. `all_answers`: for an administrator, who sees every survey's."""
    if all_answers:
        for row in rows:
            _show_answer(row)
    names = people_of(account_id).names()
    contacts = contacts_of(rows)
    build = FORMS[form]
    return {row.columns["id"]: _encode(build(row, contacts, names)) for row in rows}


def _render_ids(
    ids: Iterable[int], *, form: str, account_id: int, all_answers: bool = False
) -> dict[int, bytes]:
    return render_rows(load_by_id(ids), form=form, account_id=account_id, all_answers=all_answers)


def written_json(message: Message, *, display_id: int) -> bytes:
    """The API's message, from the instance a command has just given back; for one without attachments."""
    columns = {name: getattr(message, name) for name in _MESSAGE}
    row = MessageRow(columns | {"display_id": display_id})
    return _encode(rest_form(row, contacts_of([row]), people_of(message.account_id).names()))


def messages_json(ids: Iterable[int], *, account_id: int, all_answers: bool = False) -> dict[int, bytes]:
    """The API's messages by id, oldest first. `all_answers`: for who may read every survey's answer."""
    return _render_ids(ids, form="rest", account_id=account_id, all_answers=all_answers)


def message_events(
    ids: Iterable[int], *, account_id: int, for_contact: bool = False, all_answers: bool = False
) -> dict[int, bytes]:
    """Messages as events carry them. The caller keeps notes and activity from customers.

    `all_answers`: for who may read every survey's answer.
    """
    form = "contact_event" if for_contact else "event"
    return _render_ids(ids, form=form, account_id=account_id, all_answers=all_answers)


def public_messages_json(ids: Iterable[int], *, account_id: int) -> dict[int, bytes]:
    """Messages as the widget and the public client API show them."""
    return _render_ids(ids, form="public", account_id=account_id)
