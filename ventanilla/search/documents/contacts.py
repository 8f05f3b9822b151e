"""Who is known: names, addresses, numbers, names in social networks, and what the company's own fields say."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from ventanilla.contacts.events import (
    ContactCreated,
    ContactDeleted,
    ContactMerged,
    ContactsImported,
    ContactsImportUndone,
    ContactUnmerged,
    ContactUpdated,
)
from ventanilla.contacts.models import Contact
from ventanilla.contacts.normal import folded
from ventanilla.events.facts import Fact
from ventanilla.kit import statements
from ventanilla.search.analysis import WORD, Words, analysed
from ventanilla.search.expressions import Expression, Phrase, all_of

HEARS: tuple[type[Fact], ...] = (
    ContactCreated, ContactUpdated, ContactMerged, ContactUnmerged, ContactDeleted, ContactsImported,
    ContactsImportUndone,
)  # fmt: skip

_FIELDS = (
    "id", "account_id", "name", "email", "phone_number", "identifier", "company", "location",
    "search_text", "additional_attributes", "custom_attributes",
)  # fmt: skip
_LONGEST_END = 24  # letters of a word's end that are entered, and that are asked for


def of_account(account_id: int) -> str:
    """The mark of what belongs to an account."""
    return f"_a{account_id}"


def holding(text: str) -> Expression | None:
    """Who has every piece of the text somewhere in a word. None when there is no letter in it.

    Wider than `contacts.selectors.matching` asks for, and never narrower: where the pieces stand is for the living row.
    """
    pieces = WORD.findall(folded(text))
    wanted = [piece for piece in pieces if len(piece) > 1] or pieces
    return all_of([Phrase((_end(piece),), is_open=True) for piece in wanted]) if wanted else None


def _end(text: str) -> str:
    """The mark of a word that goes on like this from one of its letters."""
    return f"_s{text[:_LONGEST_END]}"


def _ends(text: str) -> Iterator[str]:
    for word in set(WORD.findall(text)):
        for start in range(len(word)):
            yield _end(word[start:])


def ids_in(fact: Fact) -> Iterable[int]:
    """The contacts whose words a fact of `HEARS` may have changed."""
    match fact:
        case ContactMerged(contact_id=pk, mergee_id=gone) | ContactUnmerged(contact_id=pk, mergee_id=gone):
            return (pk, gone)
        case ContactsImported(created=made, updated=changed):
            return (*made, *changed)
        case ContactsImportUndone(deleted=gone_ones, updated=changed):
            return (*gone_ones, *changed)
        case ContactCreated(contact_id=pk) | ContactUpdated(contact_id=pk) | ContactDeleted(contact_id=pk):
            return (pk,)
        case _:
            return ()


class Contacts:
    name = "contact"

    def words(self, ids: Collection[int]) -> dict[int, Words]:
        found: dict[int, Words] = {}
        rows = Contact.objects.filter(pk__in=list(ids)).values_list(*_FIELDS)
        for pk, account_id, *plain, held, additional, custom in rows:
            texts = [*(text or "" for text in plain), *_texts(additional), *_texts(custom)]
            found[pk] = analysed(texts, [of_account(account_id), *_ends(held)])
        return found

    def last_id(self) -> int:
        row = statements.fetch_one("SELECT max(id) FROM contacts_contact")
        return int(row[0] or 0) if row else 0

    def ids(self, above: int, up_to: int) -> list[int]:
        found = "SELECT id FROM contacts_contact WHERE id > %s AND id <= %s"
        return [row[0] for row in statements.fetch_all(found, [above, up_to])]


def _texts(value: Any) -> Iterator[str]:
    """The texts and numbers in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)


DOCUMENT = Contacts()
