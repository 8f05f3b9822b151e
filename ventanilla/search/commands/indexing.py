"""Entering what living rows say, and forgetting what is gone."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from django.db import transaction

from ventanilla.kit import statements
from ventanilla.search.analysis import Words
from ventanilla.search.documents import Document, documents, table_of
from ventanilla.search.engines import engine
from ventanilla.search.expressions import Phrase

# Words that can be misspelt by a letter and still be meant: no numbers, no addresses of pages.
SPELT = re.compile(r"[^\W\d_]{4,24}")
_MOST_KNOWN = 300_000
_known: set[str] = set()  # that this process knows to be in the table


def renew(document: Document, ids: Collection[int]) -> None:
    """Enter what these rows say now; those that are gone are forgotten. Some statements, however many they are."""
    if not ids:
        return
    said = document.words(ids)
    gone = set(ids) - said.keys()
    enter(document, said)
    if gone:
        forget(document, gone)


def enter(document: Document, said: dict[int, Words]) -> None:
    """Write these words into the index."""
    if said:
        engine().put(table_of(document), list(said.items()))
        _learn({word for words in said.values() for word in words.words})


def forget(document: Document, ids: Collection[int]) -> None:
    """Take rows out, and every word that no one says any more."""
    words = engine().remove(table_of(document), ids)
    unlearn = [word for word in words if SPELT.fullmatch(word) and not _is_said(word)]
    for start in range(0, len(unlearn), 500):
        some = unlearn[start : start + 500]
        places = ", ".join(["%s"] * len(some))
        statements.execute(f"DELETE FROM search_word WHERE word IN ({places})", some)
    _known.difference_update(unlearn)


def _is_said(word: str) -> bool:
    return any(engine().knows(table_of(document), Phrase((word,))) for document in documents().values())


def _learn(words: Iterable[str]) -> None:
    new = sorted(word for word in words if word not in _known and SPELT.fullmatch(word))
    for start in range(0, len(new), 200):
        some = new[start : start + 200]
        values = ", ".join(["(%s, %s)"] * len(some))
        statements.execute(
            f"INSERT INTO search_word (word, mirrored) VALUES {values} ON CONFLICT DO NOTHING",
            [value for word in some for value in (word, word[::-1])],
        )
    if new:
        transaction.on_commit(lambda: _remember(new))


def _remember(words: list[str]) -> None:
    if len(_known) > _MOST_KNOWN:
        _known.clear()
    _known.update(words)
