"""What happens to the audit log itself."""

from __future__ import annotations

from typing import ClassVar

from ventanilla.events.facts import About, Fact


class AuditLogExported(Fact, frozen=True, kw_only=True):
    """Someone took it away as a table."""

    name: ClassVar[str] = "audit_log.exported"
    administrative = About("audit.AuditEntry")
