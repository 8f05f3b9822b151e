"""Labels: made, changed, deleted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ventanilla.accounts.actors import actor_of
from ventanilla.accounts.commands.caches import Cached, invalidate_cache
from ventanilla.accounts.models import Account, User
from ventanilla.events.log import record
from ventanilla.kit.changes import assign
from ventanilla.kit.errors import Invalid
from ventanilla.labels.events import LabelCreated, LabelDeleted, LabelUpdated
from ventanilla.labels.models import Label
from ventanilla.labels.titles import MAX_TITLE_CHARS, stored_title, stored_titles

_TITLE = re.compile(r"[^\W_][\w-]+")  # letters and digits of any script, then also _ and - (contract B.6)
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}|#[0-9a-fA-F]{3}")
MOST_LABELS = 100  # on one conversation or contact
_MAX_DESCRIPTION_CHARS = 2000


def _clean_title(title: str) -> str:
    """The stored form, by the rule of settings. Raises Invalid."""
    cleaned = stored_title(title)
    if not _TITLE.fullmatch(cleaned) or len(cleaned) > MAX_TITLE_CHARS:
        raise Invalid(
            fields={"title": [_("Use two or more letters, numbers, hyphens or underscores, and no spaces.")]}
        )
    return cleaned


def _clean(fields: dict[str, Any]) -> dict[str, Any]:
    values = {key: value for key, value in fields.items() if value is not None}
    if "title" in values:
        values["title"] = _clean_title(values["title"])
    if "color" in values and not _COLOUR.fullmatch(values["color"]):
        raise Invalid(fields={"color": [_("Enter a colour as #rrggbb.")]})
    if len(values.get("description", "")) > _MAX_DESCRIPTION_CHARS:
        raise Invalid(fields={"description": [_("This text is too long.")]})
    return values


def _taken() -> Invalid:
    return Invalid(fields={"title": [_("There's already a label with that name.")]})


@transaction.atomic
def create_label(
    account: Account,
    *,
    title: str,
    by: User | None,
    description: str | None = None,
    color: str | None = None,
    show_on_sidebar: bool | None = None,
) -> Label:
    """Make a label. Raises Invalid. Records label.created."""
    given = {"title": title, "description": description, "color": color, "show_on_sidebar": show_on_sidebar}
    values = _clean(given)
    if Label.objects.filter(account=account, title=values["title"]).exists():
        raise _taken()
    try:
        with transaction.atomic():
            label = Label.objects.create(account=account, **values)
    except IntegrityError:  # someone else took the title between the question and the insert
        raise _taken()
    record(LabelCreated(account_id=account.pk, label_id=label.pk, title=label.title), actor=actor_of(by))
    invalidate_cache(account, of=Cached.LABELS)
    return label


@transaction.atomic
def ensure_labels(account: Account, *, titles: Iterable[object], by: User | None) -> list[Label]:
    """The account's labels of these words, any word; missing ones are made, away from the side bar.

    Raises Invalid, naming labels. Records label.created for each that is made.
    """
    wanted = stored_titles(titles)
    if len(wanted) > MOST_LABELS:
        raise Invalid(fields={"labels": [_("That's too many labels.")]})
    if any(len(title) > MAX_TITLE_CHARS for title in wanted):
        raise Invalid(fields={"labels": [_("A label can have up to 255 characters.")]})
    known = {label.title: label for label in Label.objects.filter(account=account, title__in=wanted)}
    for title in wanted:
        if title not in known:
            known[title] = _ensure_label(account, title, by=by)
    return [known[title] for title in wanted]


def _ensure_label(account: Account, title: str, *, by: User | None) -> Label:
    label, made = Label.objects.get_or_create(
        account=account, title=title, defaults={"show_on_sidebar": False}
    )
    if made:
        record(LabelCreated(account_id=account.pk, label_id=label.pk, title=title), actor=actor_of(by))
        invalidate_cache(account, of=Cached.LABELS)
    return label


@transaction.atomic
def update_label(label: Label, *, by: User | None, **fields: Any) -> Label:
    """Change title, description, color or show_on_sidebar. Conversations and contacts are re-tagged when their rooms
    read label.updated.

    Raises Invalid. Records label.updated.
    """
    known = {"title", "description", "color", "show_on_sidebar"}
    given = {key: value for key, value in fields.items() if key in known}
    if given.get("title") == label.title:  # any word that stands may stay, though settings would not make it
        del given["title"]
    values = _clean(given)
    if (
        "title" in values
        and Label.objects.filter(account_id=label.account_id, title=values["title"])
        .exclude(pk=label.pk)
        .exists()
    ):
        raise _taken()
    changes = assign(label, values)
    if changes:
        label.save(update_fields=[*changes, "updated_at"])
        record(
            LabelUpdated(account_id=label.account_id, label_id=label.pk, changes=changes), actor=actor_of(by)
        )
        invalidate_cache(label.account, of=Cached.LABELS)
    return label


@transaction.atomic
def delete_label(label: Label, *, by: User | None) -> None:
    """Delete the label and take it off everything; copies of its title go when their rooms read label.deleted."""
    account, label_id, title = label.account, label.pk, label.title
    label.delete()
    record(LabelDeleted(account_id=account.pk, label_id=label_id, title=title), actor=actor_of(by))
    invalidate_cache(account, of=Cached.LABELS)
