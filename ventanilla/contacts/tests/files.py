"""Files of contacts for tests, and an import that runs here and now."""

from __future__ import annotations

import io
from typing import Any

from ventanilla.accounts.models import Account, User
from ventanilla.contacts.commands.imports import begin_import, change_import, start_import
from ventanilla.contacts.jobs.imports import work_on_imports
from ventanilla.contacts.models import ContactImport, RefusedRow


def upload(account: Account, by: User, content: bytes | str, **changes: Any) -> ContactImport:
    """The file, checked, with these options changed."""
    raw = content.encode() if isinstance(content, str) else content
    job = begin_import(account, content=io.BytesIO(raw), filename="clientes.csv", by=by)
    if changes:
        change_import(job, changes=changes, by=by)
    work_on_imports()
    job.refresh_from_db()
    return job


def bring_in(account: Account, by: User, content: bytes | str, **changes: Any) -> ContactImport:
    """The file, imported."""
    job = upload(account, by, content, **changes)
    start_import(job, by=by)
    work_on_imports()
    job.refresh_from_db()
    return job


def four(job: ContactImport) -> tuple[int, int, int, int]:
    """New, updated, the same, left out; they add up to what was read."""
    numbers = (job.created, job.updated, job.unchanged, job.refused)
    assert job.read == sum(numbers)
    return numbers


def why(job: ContactImport) -> dict[int, str]:
    """The code of each row that stayed out, by its line."""
    return dict(RefusedRow.objects.filter(file=job).values_list("line", "code"))
