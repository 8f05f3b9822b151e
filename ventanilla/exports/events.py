"""What is recorded of exports."""

from __future__ import annotations

from typing import ClassVar

from ventanilla.events.facts import About, Fact, collection


class ExportCreated(Fact, frozen=True, kw_only=True):
    """Somebody asked for a table. `kind`: tickets or messages; `begins` and `ends` are days."""

    name: ClassVar[str] = "export.created"
    administrative = About("exports.Export", "export_id")
    told = collection("export", "export_id")
    export_id: int
    kind: str
    format: str
    begins: str
    ends: str
    filtered: bool


class ExportChanged(Fact, frozen=True, kw_only=True):
    """It began, ended, was cancelled, or its file is gone."""

    name: ClassVar[str] = "export.changed"
    told = collection("export", "export_id")
    export_id: int
    state: str


class ExportCancelled(Fact, frozen=True, kw_only=True):
    """Somebody stopped it: there is no file."""

    name: ClassVar[str] = "export.cancelled"
    administrative = About("exports.Export", "export_id")
    told = collection("export", "export_id")
    export_id: int


class ExportDownloaded(Fact, frozen=True, kw_only=True):
    """Somebody took the file away."""

    name: ClassVar[str] = "export.downloaded"
    administrative = About("exports.Export", "export_id")
    told = collection("export", "export_id")
    export_id: int
