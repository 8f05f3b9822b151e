"""Conversations by their number, by whose they are, and by what was written in them."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL

from ventanilla.contacts.models import Contact
from ventanilla.conversations.models import Conversation, Message
from ventanilla.search.documents import messages, table_of
from ventanilla.search.engines import engine
from ventanilla.search.language import Question, read
from ventanilla.search.living import ids_that_say
from ventanilla.search.operators import Reader
from ventanilla.search.selectors.contacts import holding, named


def find_conversations(reader: Reader, question: Question, text: str) -> QuerySet[Conversation]:
    """The one of that number first, then those of contacts whom the words name, newest first."""
    sees = reader.visibility
    only_these = any(one.says is not None or one.message for one in question.narrowings)
    if only_these or question.unwanted or not question.wanted:
        return Conversation.objects.none()
    rule = Q(contact__in=_people(sees.account_id, question, text).values("pk"))
    order: list[Any] = ["-created_at", "-id"]
    number = text.strip().removeprefix("#")
    if number.isdecimal() and len(number) < 18:
        is_meant = Q(display_id=int(number))
        rule |= is_meant
        # Many a phone number holds these digits, too.
        order.insert(0, Case(When(is_meant, then=Value(0)), default=Value(1)))
    rows = Conversation.objects.filter(sees.q(), question.conversation).filter(rule)
    return rows.select_related("contact", "inbox", "assignee").order_by(*order)


def _people(account_id: int, question: Question, text: str) -> QuerySet[Contact]:
    people = Contact.objects.filter(account_id=account_id)
    said = people.filter(named(account_id, question))
    if said.exists():
        return said
    held = holding(people, text, account_id=account_id)
    if not question.is_spelt or held.exists():
        return held
    return people.filter(named(account_id, question, loosely=True))


def conversations_that_say(reader: Reader, text: str, *, people: bool) -> Q:
    """The condition on Conversation that the words were written there; with `people`, or name its contact (which the
    contract does not ask for; it keeps none back).
    """
    question = read(text, reader)
    rule = Q(pk__in=_written(reader, question))
    if people and question.wanted and not question.narrowings:
        account_id = reader.visibility.account_id
        rule |= Q(contact__in=_people(account_id, question, text).values("pk"))
    return rule & question.conversation


def _written(reader: Reader, question: Question) -> RawSQL | list[int]:
    expression = question.expression(reader)
    if expression is None:
        return []
    table, key = table_of(messages.DOCUMENT), engine().key
    condition, given = engine().condition(table, expression)
    return RawSQL(  # noqa: S611
        f"SELECT m.conversation_id FROM {table} f CROSS JOIN conversations_message m"
        f" WHERE m.id = {key} AND m.deleted_at IS NULL AND {condition}",
        given,
    )


def messages_that_say(reader: Reader, text: str) -> QuerySet[Message]:
    """The messages in which the words were written, oldest first."""
    question = read(text, reader)
    expression = question.expression(reader)
    rows = Message.objects.filter(account_id=reader.visibility.account_id, deleted_at__isnull=True)
    if expression is None:
        return rows.none()
    return rows.filter(question.message, pk__in=ids_that_say(messages.DOCUMENT, expression)).order_by("id")
