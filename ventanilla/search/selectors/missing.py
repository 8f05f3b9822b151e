"""What the index has still to be built from."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from ventanilla.search.analysis import EDITION
from ventanilla.search.documents import Document, documents
from ventanilla.search.models import Build


@dataclass(frozen=True, slots=True)
class Missing:
    """Of a kind of document: rows with ids up to `rest` are not entered; 0: all are."""

    document: str
    rest: int


def edition() -> str:
    """Of the words of today in the database at hand: an index of another one is built anew."""
    return f"{EDITION} {connection.vendor}"


def missing() -> list[Missing]:
    """Of every kind."""
    rest = dict(Build.objects.filter(edition=edition()).values_list("document", "rest_up_to"))
    return [
        Missing(name, rest[name] if name in rest else document.last_id())
        for name, document in documents().items()
    ]


def is_whole(document: Document) -> bool:
    """Whether nothing is missing of that kind: what the log has not told yet aside."""
    return Build.objects.filter(pk=document.name, edition=edition(), rest_up_to=0).exists()
