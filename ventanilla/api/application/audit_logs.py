"""The audit log in the contract's shape (B.5, F.24)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.policies import Capability
from ventanilla.api.auth import Request
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.audit.rendering import contract_json
from ventanilla.audit.selectors import Question, entries
from ventanilla.kit.pagination import page_number, page_of

router = Router(tags=["Audit log"])

PAGE = 15


class AuditedThing(Schema):
    """What it was done to, as it is or was called."""

    id: int
    name: str


class AuditLogShape(Schema):
    """One act. `created_at` is in seconds since 1970."""

    id: int
    auditable_id: int | None
    auditable_type: str
    auditable: AuditedThing | None
    associated_id: int
    associated_type: str
    user_id: int | None
    user_type: str | None
    username: str
    action: str
    audited_changes: dict[str, Any]
    version: int
    comment: str | None
    request_uuid: str
    created_at: int
    remote_address: str | None


class AuditLogsAnswer(Schema):
    """A page, newest first."""

    per_page: int
    total_entries: int
    current_page: int
    audit_logs: list[AuditLogShape]


@router.get("/audit_logs", operation_id="audit_logs", response=AuditLogsAnswer)
def index(request: Request, account_id: int, page: str = "1") -> HttpResponse:
    """Fifteen to a page, newest first."""
    request.auth.require(Capability.ADMINISTRATION)
    rows = entries(request.auth.account, Question())
    return json_reply(
        {
            "per_page": PAGE,
            "total_entries": rows.count(),
            "current_page": page_number(page),
            "audit_logs": contract_json(page_of(rows, page=page, size=PAGE)),
        }
    )
