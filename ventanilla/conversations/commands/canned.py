"""Canned responses: texts kept ready under a short code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from ventanilla.accounts.models import Membership, User
from ventanilla.accounts.selectors import get_team
from ventanilla.conversations.commands.attachments import forget_files, keep_files, uploaded
from ventanilla.conversations.commands.held import actor_of
from ventanilla.conversations.errors import ShortCodeTaken
from ventanilla.conversations.events import CannedResponseChanged
from ventanilla.conversations.models import Attachment, CannedFile, CannedResponse
from ventanilla.conversations.models.kept import KEPT_COLUMNS
from ventanilla.events.log import record
from ventanilla.kit import languages, limit_values, storage
from ventanilla.kit.changes import lock
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Invalid
from ventanilla.kit.limits import MAX_SHORT_TEXT_CHARS, check_attributes, check_message

_MAX_FOLDER_CHARS = 100
_Visibility = CannedResponse.Visibility


@dataclass(frozen=True, kw_only=True)
class CannedText:
    """What is given of a canned response; None is not given.

    `files`: signed ids of uploads, and of those files that stay. `variants`: the text by further languages.
    """

    short_code: str | None = None
    title: str | None = None
    content: str | None = None
    folder: str | None = None
    language: str | None = None
    variants: Mapping[str, str] | None = None
    visibility: str | None = None
    team_id: int | None = None
    files: Sequence[str] | None = None
    extra: Mapping[str, Any] | None = None


def create_canned_response(text: CannedText, *, by: Membership) -> CannedResponse:
    """Keep a text. Raises Invalid, ShortCodeTaken, AttachmentRefused. Records canned_response.changed."""
    response = CannedResponse(account_id=by.account_id)
    return _write(response, text, by=by)


def update_canned_response(response: CannedResponse, text: CannedText, *, by: Membership) -> CannedResponse:
    """Change what is given. Raises the same. Records canned_response.changed."""
    return _write(response, text, by=by)


def _write(response: CannedResponse, text: CannedText, *, by: Membership) -> CannedResponse:
    stay, come = _files(response, text.files)
    kept = keep_files([uploaded(one) for one in come])
    try:
        with transaction.atomic():
            if response.pk is not None:
                lock(response)
            _take(response, text, by=by)
            _save(response, by=by)
            gone = _keep(response, stay, kept) if text.files is not None else []
    except BaseException:
        forget_files(kept)
        raise
    forget_files(gone)
    return response


def _files(response: CannedResponse, given: Sequence[str] | None) -> tuple[set[str], list[str]]:
    """Of the given signed ids, the places of those that are here already, and those that are new."""
    if len(given or ()) > limit_values.of("MAX_ATTACHMENTS"):
        limit_values.met_size("MAX_ATTACHMENTS")
        raise Invalid(fields={"files": [_("There are too many files in this message.")]})
    here = set(response.files.values_list("file", flat=True)) if response.pk and given else set()
    named = [(storage.from_signed_id(one).key, one) for one in given or ()]
    return {key for key, _one in named if key in here}, [one for key, one in named if key not in here]


def _keep(response: CannedResponse, stay: set[str], kept: Sequence[Attachment]) -> list[CannedFile]:
    """The files as they are to be; those that are no longer wanted, whose bytes may go once this is written."""
    gone = list(response.files.exclude(file__in=stay))
    CannedFile.objects.filter(pk__in=[one.pk for one in gone]).delete()
    CannedFile.objects.bulk_create(
        CannedFile(response=response, **{name: getattr(one, name) for name in KEPT_COLUMNS}) for one in kept
    )
    return gone


def _take(response: CannedResponse, text: CannedText, *, by: Membership) -> None:
    for name in ("short_code", "title", "folder"):
        if (value := getattr(text, name)) is not None:
            setattr(response, name, value.strip())
    if text.content is not None:
        response.content = text.content
    if text.language is not None:
        response.language = _language(text.language, field="language") if text.language else ""
    if text.variants is not None:
        response.variants = {
            _language(one, field="variants"): content for one, content in text.variants.items()
        }
    if text.extra:
        response.extra = {**response.extra, **text.extra}
    if text.visibility is not None or text.team_id is not None:
        _share(response, text, by=by)


def _language(tag: str, *, field: str) -> str:
    if (found := languages.known(tag)) is None:
        raise Invalid(fields={field: [_("We don't know this language.")]})
    return found


def _share(response: CannedResponse, text: CannedText, *, by: Membership) -> None:
    """For whom it is. An agent gives it to a team they are in."""
    wanted = text.visibility or _Visibility.TEAM
    if wanted not in _Visibility.values:
        raise Invalid(fields={"visibility": [_("Choose who can use it.")]})
    response.visibility, response.team, response.owner = wanted, None, None
    if wanted == _Visibility.PERSONAL:
        response.owner = by.user
    if wanted == _Visibility.TEAM:
        if not text.team_id:
            raise Invalid(fields={"team_id": [_("Choose a team.")]})
        team = get_team(by.account, team_id=text.team_id)
        if not by.is_administrator and not team.team_members.filter(user=by.user_id).exists():
            raise Invalid(fields={"team_id": [_("Choose one of your own teams.")]})
        response.team = team


def _check(response: CannedResponse) -> None:
    wrong: dict[str, list[str]] = {}
    if not response.short_code or len(response.short_code) > MAX_SHORT_TEXT_CHARS:
        wrong["short_code"] = [_("Enter a short code.")]
    if len(response.title) > MAX_SHORT_TEXT_CHARS:
        wrong["title"] = [_("Shorten the title.")]
    if len(response.folder) > _MAX_FOLDER_CHARS:
        wrong["folder"] = [_("Shorten the name of the folder.")]
    if not response.content.strip():
        wrong["content"] = [_("Enter the response text.")]
    if any(not isinstance(one, str) or not one.strip() for one in response.variants.values()):
        wrong["variants"] = [_("Enter the text in each language.")]
    if wrong:
        raise Invalid(fields=wrong)
    extra = response.extra
    for content in (response.content, *response.variants.values(), str(extra.get("content_full") or "")):
        check_message(content)
    check_attributes({key: value for key, value in extra.items() if key != "content_full"}, field="extra")


def _save(response: CannedResponse, *, by: Membership) -> None:
    _check(response)
    everyones = CannedResponse.objects.filter(
        account=response.account_id,
        short_code=response.short_code,
        visibility=_Visibility.ACCOUNT,
        deleted_at__isnull=True,
    )
    # One's own code beside the same of everyone's would be two under one name; another's own is not known here.
    if response.owner_id is not None and everyones.exclude(pk=response.pk).exists():
        raise _taken()
    try:
        with transaction.atomic():
            response.save()
            _record(response, by=by.user)
    except IntegrityError:
        raise _taken() from None


def _taken() -> ShortCodeTaken:
    return ShortCodeTaken(fields={"short_code": [_("This short code is taken.")]})


@transaction.atomic
def delete_canned_response(response: CannedResponse, *, by: User) -> None:
    """Hide it everywhere; for a day it can be brought back. Records canned_response.changed."""
    lock(response)
    response.deleted_at = now()
    response.save(update_fields=["deleted_at"])
    _record(response, by=by)


@transaction.atomic
def restore_canned_response(response: CannedResponse, *, by: Membership) -> None:
    """Bring a deleted one back. Raises ShortCodeTaken when its code was given away. Records canned_response.changed."""
    lock(response)
    if response.deleted_at is None:
        return
    response.deleted_at = None
    _save(response, by=by)


@transaction.atomic
def move_canned_responses(rows: Sequence[CannedResponse], *, folder: str, by: User) -> None:
    """Put them into that folder, "" for none. Raises Invalid. Records canned_response.changed for each."""
    folder = folder.strip()
    if len(folder) > _MAX_FOLDER_CHARS:
        raise Invalid(fields={"folder": [_("Shorten the name of the folder.")]})
    CannedResponse.objects.filter(pk__in=[row.pk for row in rows]).update(folder=folder, updated_at=now())
    for row in rows:
        _record(row, by=by)


def count_canned_use(response: CannedResponse) -> None:
    """It was put into a message."""
    CannedResponse.objects.filter(pk=response.pk).update(uses=F("uses") + 1, used_at=now())


def purge_canned_response(response: CannedResponse) -> None:
    """Delete it for good, with its files."""
    files = list(response.files.all())
    response.delete()
    forget_files(files)


def _record(response: CannedResponse, *, by: User) -> None:
    record(
        CannedResponseChanged(account_id=response.account_id, canned_response_id=response.pk),
        actor=actor_of(by),
    )
