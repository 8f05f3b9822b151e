"""Who is known: names, addresses, numbers, names in social networks, and what the company's own fields say."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from ventanilla.contacts.models import Contact
from ventanilla.kit import statements
from ventanilla.search.analysis import Words, analysed

_FIELDS = (
    "id", "account_id", "name", "email", "phone_number", "identifier", "company", "location",
    "additional_attributes", "custom_attributes",
)  # fmt: skip


def of_account(account_id: int) -> str:
    """The mark of what belongs to an account."""
    return f"_a{account_id}"


class Contacts:
    name = "contact"

    def words(self, ids: Collection[int]) -> dict[int, Words]:
        found: dict[int, Words] = {}
        rows = Contact.objects.filter(pk__in=list(ids)).values_list(*_FIELDS)
        for pk, account_id, *plain, additional, custom in rows:
            texts = [*(text or "" for text in plain), *_texts(additional), *_texts(custom)]
            found[pk] = analysed(texts, [of_account(account_id)])
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
