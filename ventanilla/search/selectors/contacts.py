"""Known contacts that the words name."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from ventanilla.accounts.models import Membership
from ventanilla.contacts.models import Contact
from ventanilla.contacts.selectors import contacts_for, matching, resolved
from ventanilla.search.documents import contacts
from ventanilla.search.expressions import Phrase, all_of
from ventanilla.search.language import Question
from ventanilla.search.living import ids_that_say


def find_contacts(membership: Membership, question: Question, text: str) -> QuerySet[Contact]:
    """By last activity: those whose words begin so, else those that hold the text anywhere, else a letter away."""
    if question.narrowings or question.unwanted or not question.wanted:
        return Contact.objects.none()
    known = resolved(contacts_for(membership)).order_by("-last_activity_at", "-id")
    account_id = membership.account_id
    said = known.filter(named(account_id, question))
    if said.exists():
        return said
    held = matching(known, text)
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
