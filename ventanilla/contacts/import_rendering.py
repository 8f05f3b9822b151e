"""An import as the desk shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ventanilla.contacts.commands.imports import UNDO_FOR, can_be_undone
from ventanilla.contacts.importing.options import KEY_FIELDS
from ventanilla.contacts.importing.reasons import sentence
from ventanilla.contacts.models import ContactImport, RefusedRow
from ventanilla.kit.clock import epoch

_FINISHED = (ContactImport.State.DONE, ContactImport.State.STOPPED, ContactImport.State.FAILED)


def import_json(job: ContactImport) -> dict[str, Any]:
    """One import, without a query."""
    options = job.options
    undo_until = job.finished_at + UNDO_FOR if job.finished_at else None
    return {
        "id": job.pk,
        "state": job.state,
        "file": {"name": job.file["filename"], "bytes": job.file["byte_size"]},
        "options": {key: options.get(key) for key in _OPTIONS},
        "findings": job.findings,
        "counts": {name: getattr(job, name) for name in _NUMBERS},
        "total": job.total,
        "preview": _preview(job.preview),
        "can_start": bool(KEY_FIELDS.intersection(options.get("targets", []))),
        "problem": job.problem,
        "created_at": epoch(job.created_at),
        "started_at": epoch(job.started_at) if job.started_at else None,
        "finished_at": epoch(job.finished_at) if job.finished_at else None,
        "undo_until": epoch(undo_until)
        if undo_until and job.state in _FINISHED and (job.created or job.updated) and can_be_undone(job)
        else None,
    }


_NUMBERS = ("read", "created", "updated", "unchanged", "refused")
_OPTIONS = (
    "encoding", "delimiter", "has_header", "columns", "targets", "region", "day_first", "decimal_comma",
    "on_existing", "labels",
)  # fmt: skip


def _preview(preview: Mapping[str, Any]) -> dict[str, Any] | None:
    if not preview:
        return None
    rows = [
        {
            **{key: row[key] for key in ("number", "line", "who", "value")},
            "reason": sentence(row["code"], row["details"]),
        }
        for row in preview["refused_rows"]
    ]
    return {**{name: preview[name] for name in _NUMBERS}, "refused_rows": rows}


def refused_json(rows: Iterable[RefusedRow]) -> list[dict[str, Any]]:
    """Rows that stayed out, in the language active now."""
    return [
        {
            "number": row.number,
            "line": row.line,
            "who": row.who,
            "value": row.value,
            "reason": sentence(row.code, row.details),
        }
        for row in rows
    ]
