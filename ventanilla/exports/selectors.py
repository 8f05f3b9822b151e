"""Questions about exports."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from ventanilla.accounts.models import Account, Membership, User
from ventanilla.contacts.selectors import hides_contacts
from ventanilla.conversations.policies import Visibility
from ventanilla.exports.columns import Sheet
from ventanilla.exports.models import Export
from ventanilla.kit.clock import zone
from ventanilla.kit.errors import NotFound

AT_WORK = (Export.State.QUEUED, Export.State.RUNNING)


def exports_for(account: Account, visibility: Visibility) -> QuerySet[Export]:
    """Those this member may see, newest first: who does not see every conversation sees the tables they made alone."""
    rows = Export.objects.filter(account=account).select_related("created_by").order_by("-pk")
    return rows if visibility.everything else rows.filter(created_by_id=visibility.user_id)


def get_export(account: Account, visibility: Visibility, *, export_id: int) -> Export:
    """One of them. Raises NotFound."""
    found = exports_for(account, visibility).select_related("account").filter(pk=export_id).first()
    if found is None:
        raise NotFound
    return found


def makers(rows: QuerySet[Export]) -> list[User]:
    """Who made these, each once, by name. However many there are, they are not read for it."""
    asked = rows.order_by().filter(created_by__isnull=False).values("created_by_id").distinct()
    return sorted(User.objects.filter(pk__in=asked), key=lambda user: user.available_name.casefold())


def sheet_of(export: Export, membership: Membership) -> Sheet:
    """How its table is written for that member."""
    account = export.account
    return Sheet(account, zone(account.timezone), with_addresses=not hides_contacts(membership))


def export_json(row: Export) -> dict[str, Any]:
    """As the desk shows it."""
    who = row.created_by
    return {
        "id": row.pk,
        "kind": row.kind,
        "format": row.format,
        "separator": row.separator,
        "begins": row.begins.isoformat(),
        "ends": row.ends.isoformat(),
        "date_of": row.date_of,
        "order": row.order,
        "conditions": row.conditions,
        "state": row.state,
        "problem": row.problem,
        "position": row.position,
        "total": row.total,
        "done": row.done,
        "rows": row.rows,
        "bytes": int(row.file.get("byte_size", 0)),
        "created_by": {"id": who.pk, "name": who.available_name} if who is not None else None,
        "created_at": row.created_at,
        "started_at": row.started_at,
        "finished_at": row.finished_at,
        "expires_at": row.expires_at,
        "is_downloaded": row.downloaded_at is not None,
    }
