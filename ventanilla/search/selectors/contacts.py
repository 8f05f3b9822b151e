"""Known contacts that the words name."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from ventanilla.accounts.models import Membership
from ventanilla.contacts.models import Contact
from ventanilla.contacts.selectors import contacts_for, matching, resolved
from ventanilla.events.log import START, Position, read_after
from ventanilla.events.models import ConsumerCursor
from ventanilla.search.documents import contacts
from ventanilla.search.expressions import Phrase, all_of
from ventanilla.search.language import Question
from ventanilla.search.living import ids_that_say
from ventanilla.search.models import CONSUMER
from ventanilla.search.selectors.missing import is_whole

_MOST_WAITING = 500  # events; with more of them every contact is looked at


def find_contacts(membership: Membership, question: Question, text: str) -> QuerySet[Contact]:
    """By last activity: those whose words begin so, else those that hold the text anywhere, else a letter away."""
    if question.narrowings or question.unwanted or not question.wanted:
        return Contact.objects.none()
    known = resolved(contacts_for(membership)).order_by("-last_activity_at", "-id")
    account_id = membership.account_id
    said = known.filter(named(account_id, question))
    if said.exists():
        return said
    held = holding(known, text, account_id=account_id)
    if not question.is_spelt or held.exists():
        return held
    return known.filter(named(account_id, question, loosely=True))


def named(account_id: int, question: Question, *, loosely: bool = False) -> Q:
    """The condition on Contact that the words of the question are theirs."""
    words = question.words(loosely=loosely)
    if words is None:
        return Q(pk__in=[])
    scope = Phrase((contacts.of_account(account_id),))
    return Q(pk__in=ids_that_say(contacts.DOCUMENT, all_of([scope, words])))


def holding(rows: QuerySet[Contact], text: str, *, account_id: int) -> QuerySet[Contact]:
    """What `contacts.selectors.matching` finds among the account's `rows`, this very moment, by the index of contacts.

    Programs look for whom they have just made: what the log has not told the index yet is looked at itself. Without a
    letter to look for, or while the index is being built, every row is.
    """
    held, said = matching(rows, text), contacts.holding(text)
    waiting = _waiting() if said is not None and is_whole(contacts.DOCUMENT) else None
    if said is None or waiting is None:
        return held
    scope = Phrase((contacts.of_account(account_id),))
    return held.filter(pk__in=ids_that_say(contacts.DOCUMENT, all_of([scope, said]), beside=waiting))


def _waiting() -> set[int] | None:
    """Contacts of which the index has still to hear; None when they are too many."""
    cursor = ConsumerCursor.objects.filter(pk=CONSUMER).values_list("position_xid", "position_id").first()
    events = read_after(
        Position(*cursor) if cursor else START,
        names={kind.name for kind in contacts.HEARS},
        limit=_MOST_WAITING,
        settled=False,
    )
    found = {pk for event in events for pk in contacts.ids_in(event.fact)}
    return found if len(events) < _MOST_WAITING and len(found) <= _MOST_WAITING else None
