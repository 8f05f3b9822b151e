"""Questions to the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from ventanilla.accounts.models import Account, User
from ventanilla.audit.models import AuditEntry
from ventanilla.audit.subjects import PERSON

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is looked for; empty is all. `words` are looked for in names, people and addresses."""

    words: str = ""
    actor_id: int | None = None
    subject: str = ""
    event: str = ""
    since: datetime | None = None
    until: datetime | None = None


def entries(account: Account, question: Question) -> QuerySet[AuditEntry]:
    """The account's entries, newest first."""
    rows = AuditEntry.objects.filter(account_id=account.pk).order_by("-pk")
    if question.actor_id is not None:
        rows = rows.filter(actor_kind="user", actor_id=question.actor_id)
    if question.subject:
        rows = rows.filter(subject=question.subject)
    if question.event:
        rows = rows.filter(event=question.event)
    if question.since is not None:
        rows = rows.filter(happened_at__gte=question.since)
    if question.until is not None:
        rows = rows.filter(happened_at__lt=question.until)
    return _matching(rows, account, question.words.strip())


def _matching(rows: QuerySet[AuditEntry], account: Account, words: str) -> QuerySet[AuditEntry]:
    if not words:
        return rows
    called = Q(name__icontains=words) | Q(email__icontains=words)
    people = User.objects.filter(called, memberships__account=account).values("pk")
    return rows.filter(
        Q(subject_name__icontains=words)
        | Q(address__startswith=words)
        | Q(actor_kind="user", actor_id__in=people)
        | Q(subject=PERSON, subject_id__in=people)
    )


def page_before(rows: QuerySet[AuditEntry], *, before: int | None) -> list[AuditEntry]:
    """A page, and one entry more where there is another page."""
    return list((rows if before is None else rows.filter(pk__lt=before))[: PAGE + 1])


def people_of(account: Account) -> list[tuple[int, str]]:
    """Whoever may be asked for by name: the account's members, by name."""
    rows = User.objects.filter(memberships__account=account).order_by("name", "pk")
    return list(rows.values_list("pk", "name"))
