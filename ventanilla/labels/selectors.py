"""Questions about labels."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from ventanilla.accounts.models import Account
from ventanilla.kit.errors import NotFound
from ventanilla.labels.models import Label
from ventanilla.labels.titles import stored_titles


def labels_of(account: Account | int) -> QuerySet[Label]:
    """All labels by title."""
    return Label.objects.filter(account=account).order_by("title")


def get_label(account: Account, *, label_id: int) -> Label:
    """One label of the account. Raises NotFound."""
    label = labels_of(account).filter(pk=label_id).first()
    if label is None:
        raise NotFound
    return label


def labels_by_title(account: Account | int, titles: Iterable[object]) -> list[Label]:
    """The labels of these titles (any letter case); titles that are no label of the account are left out."""
    wanted = stored_titles(titles)
    return list(labels_of(account).filter(title__in=wanted)) if wanted else []
