"""In which messages words stand: in what is shown, and in what is folded beside it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from ventanilla.conversations.models import FoldedText

_AROUND = 60  # characters of an excerpt on each side of the words


def says(account_id: int, text: str) -> Q:
    """Of messages of the account: their text has the words, or what they quote or sign with has."""
    folded = FoldedText.objects.filter(account_id=account_id, text__icontains=text)
    return Q(content__icontains=text) | Q(pk__in=folded.values("pk"))


def folded_excerpts(message_ids: Iterable[int], text: str) -> dict[int, str]:
    """By message: the words in what is folded, with what stands around them, in one line."""
    found = FoldedText.objects.filter(pk__in=list(message_ids), text__icontains=text)
    return {pk: _around(folded, text) for pk, folded in found.values_list("pk", "text")}


def _around(folded: str, text: str) -> str:
    at = max(folded.casefold().find(text.casefold()), 0)
    begin, end = max(at - _AROUND, 0), at + len(text) + _AROUND
    line = " ".join(folded[begin:end].split())
    return f"{'…' if begin else ''}{line}{'…' if end < len(folded) else ''}"
