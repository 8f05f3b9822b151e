"""Canned responses: texts kept ready under a short code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ventanilla.accounts.models import Account, User
from ventanilla.conversations.commands.held import actor_of
from ventanilla.conversations.errors import ShortCodeTaken
from ventanilla.conversations.events import CannedResponseChanged
from ventanilla.conversations.models import CannedResponse
from ventanilla.events.log import record
from ventanilla.kit.errors import Invalid
from ventanilla.kit.limits import MAX_SHORT_TEXT_CHARS, check_attributes, check_message


def _check(short_code: str, content: str, extra: Mapping[str, Any]) -> None:
    wrong: dict[str, list[str]] = {}
    if not short_code or len(short_code) > MAX_SHORT_TEXT_CHARS:
        wrong["short_code"] = [_("Enter a short code.")]
    if not content.strip():
        wrong["content"] = [_("Enter the response text.")]
    if wrong:
        raise Invalid(fields=wrong)
    check_message(content)
    check_attributes({key: value for key, value in extra.items() if key != "content_full"}, field="extra")
    check_message(str(extra.get("content_full") or ""))


def create_canned_response(
    account: Account, *, short_code: str, content: str, by: User, extra: Mapping[str, Any] | None = None
) -> CannedResponse:
    """Keep a text. Raises Invalid or ShortCodeTaken. Records canned_response.changed."""
    response = CannedResponse(
        account=account, short_code=short_code.strip(), content=content, extra=dict(extra or {})
    )
    _save(response, by=by)
    return response


def update_canned_response(
    response: CannedResponse,
    *,
    by: User,
    short_code: str | None = None,
    content: str | None = None,
    extra: Mapping[str, Any] | None = None,
) -> CannedResponse:
    """Change what is given. Raises Invalid or ShortCodeTaken. Records canned_response.changed."""
    if short_code is not None:
        response.short_code = short_code.strip()
    if content is not None:
        response.content = content
    if extra:
        response.extra = {**response.extra, **extra}
    _save(response, by=by)
    return response


def _save(response: CannedResponse, *, by: User) -> None:
    _check(response.short_code, response.content, response.extra)
    try:
        with transaction.atomic():
            response.save()
            _record(response, by=by)
    except IntegrityError:
        raise ShortCodeTaken(fields={"short_code": [_("This short code is taken.")]}) from None


@transaction.atomic
def delete_canned_response(response: CannedResponse, *, by: User) -> None:
    """Delete the text. Records canned_response.changed."""
    _record(response, by=by)
    response.delete()


def _record(response: CannedResponse, *, by: User) -> None:
    record(
        CannedResponseChanged(account_id=response.account_id, canned_response_id=response.pk),
        actor=actor_of(by),
    )
