"""Canned responses as the desk knows them: with folder, files, languages, and for whom they are. The contract's routes
(application/canned_responses) show their code and text alone.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema

from ventanilla.accounts.policies import Capability
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.conversations import commands, selectors
from ventanilla.conversations.commands import CannedText
from ventanilla.conversations.models import CannedFile, CannedResponse
from ventanilla.kit import languages, links, storage
from ventanilla.kit.clock import epoch
from ventanilla.kit.errors import Invalid, NotFound

router = Router(tags=["Desk"])

MOST_MOVED = 1_000


class CannedFileShape(Schema):
    """A file that goes with the text. `signed_id` names it when the response is saved again."""

    signed_id: str
    filename: str
    content_type: str
    size: int
    url: str


class CannedShape(Schema):
    """`variants`: the text in further languages. `used_at`: epoch seconds."""

    id: int
    short_code: str
    title: str
    content: str
    language: str
    variants: dict[str, str]
    folder: str
    visibility: str
    team_id: int | None
    uses: int
    used_at: int | None
    files: list[CannedFileShape]


class LanguageShape(Schema):
    """A language, with its own name for itself."""

    code: str
    name: str


class CannedList(Schema):
    """Those that the caller may see, by short code, and the languages that a text may be in."""

    payload: list[CannedShape]
    languages: list[LanguageShape]


class CannedBody(Body):
    """What is given of one; `files` are signed ids of uploads, and of those that stay."""

    short_code: str | None = None
    title: str | None = None
    content: str | None = None
    folder: str | None = None
    language: str | None = None
    variants: dict[str, str] | None = None
    visibility: str | None = None
    team_id: int | None = None
    files: list[str] | None = None

    def text(self) -> CannedText:
        """The same for the command."""
        return CannedText(**{name: getattr(self, name) for name in self.model_fields_set})


class MovedBody(Body):
    """Which go into which folder; "" is none."""

    ids: list[int]
    folder: str = ""


def _file(item: CannedFile) -> dict[str, Any]:
    blob = storage.Blob(
        key=item.file.name or "", filename=item.filename, content_type=item.mime_type, byte_size=item.size
    )
    return {
        "signed_id": storage.signed_id(blob),
        "filename": item.filename,
        "content_type": item.mime_type,
        "size": item.size,
        "url": links.answer_url(storage.blob_path(blob)),
    }


def _json(row: CannedResponse) -> dict[str, Any]:
    return {
        "id": row.pk,
        "short_code": row.short_code,
        "title": row.title,
        "content": row.content,
        "language": row.language,
        "variants": row.variants,
        "folder": row.folder,
        "visibility": row.visibility,
        "team_id": row.team_id,
        "uses": row.uses,
        "used_at": epoch(row.used_at) if row.used_at else None,
        "files": [_file(item) for item in row.files.all()],
    }


def _writable(request: Request, canned_id: int) -> CannedResponse:
    request.auth.require(Capability.SHARED_SETTINGS_WRITE)
    return selectors.get_canned_response(request.auth.member, response_id=canned_id)


@router.get("", operation_id="desk_canned", response=CannedList)
def index(request: Request, account_id: int) -> HttpResponse:
    """All that the caller may see."""
    rows = selectors.canned_responses(request.auth.member).prefetch_related("files")
    spoken = [{"code": code, "name": name} for code, name in languages.names()]
    return json_reply({"payload": [_json(row) for row in rows], "languages": spoken})


@router.post("", operation_id="desk_create_canned", response=CannedShape)
def create(request: Request, account_id: int, given: CannedBody = Given()) -> HttpResponse:
    """Keep a text under a short code that is free."""
    request.auth.require(Capability.SHARED_SETTINGS_WRITE)
    return json_reply(_json(commands.create_canned_response(given.text(), by=request.auth.member)))


@router.post("/move", operation_id="desk_move_canned", response={200: None})
def move(request: Request, account_id: int, given: MovedBody = Given()) -> HttpResponse:
    """Put some of them into a folder: so it is made, renamed and emptied. All, or none when one cannot be seen."""
    request.auth.require(Capability.SHARED_SETTINGS_WRITE)
    wanted = set(given.ids)
    if len(wanted) > MOST_MOVED:
        raise Invalid(fields={"ids": [_("That's too many at once.")]})
    rows = list(selectors.canned_responses(request.auth.member).filter(pk__in=wanted))
    if len(rows) < len(wanted):
        raise NotFound
    commands.move_canned_responses(rows, folder=given.folder, by=request.auth.person)
    return empty_reply()


@router.patch("/{int:canned_id}", operation_id="desk_update_canned", response=CannedShape)
def change(request: Request, account_id: int, canned_id: int, given: CannedBody = Given()) -> HttpResponse:
    """Change what is given."""
    row = commands.update_canned_response(_writable(request, canned_id), given.text(), by=request.auth.member)
    return json_reply(_json(row))


@router.delete("/{int:canned_id}", operation_id="desk_delete_canned", response={200: None})
def destroy(request: Request, account_id: int, canned_id: int) -> HttpResponse:
    """Delete it; for a day it can be restored."""
    commands.delete_canned_response(_writable(request, canned_id), by=request.auth.person)
    return empty_reply()


@router.post("/{int:canned_id}/restore", operation_id="desk_restore_canned", response=CannedShape)
def restore(request: Request, account_id: int, canned_id: int) -> HttpResponse:
    """Bring a deleted one back."""
    request.auth.require(Capability.SHARED_SETTINGS_WRITE)
    row = selectors.all_canned_responses(request.auth.member).filter(pk=canned_id).first()
    if row is None:
        raise NotFound
    commands.restore_canned_response(row, by=request.auth.member)
    return json_reply(_json(row))


@router.post("/{int:canned_id}/used", operation_id="desk_canned_used", response={200: None})
def used(request: Request, account_id: int, canned_id: int) -> HttpResponse:
    """It was put into a message: one more on its count."""
    request.auth.require(Capability.CONVERSATIONS_WRITE)
    commands.count_canned_use(selectors.get_canned_response(request.auth.member, response_id=canned_id))
    return empty_reply()
