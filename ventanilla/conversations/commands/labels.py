"""Labels on a conversation. Words a client names that the account does not have yet become labels of the account."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.utils.translation import gettext_lazy as lazy

from ventanilla.accounts.models import User
from ventanilla.conversations.commands.activity import labels_in_words, lines, write_activity
from ventanilla.conversations.commands.held import By, Held, held
from ventanilla.conversations.models import Conversation, ConversationLabel
from ventanilla.labels.commands import ensure_labels
from ventanilla.labels.models import Label
from ventanilla.labels.titles import stored_titles

lines(
    {
        "labels_added": lazy("%(actor)s added %(labels)s"),
        "labels_removed": lazy("%(actor)s removed %(labels)s"),
    }
)


def set_labels(
    conversation: Conversation, *, titles: Iterable[str], by: By, caused_by: int | None = None
) -> Conversation:
    """Make these the conversation's labels, and no others.

    Raises Invalid, naming labels. Records conversation.updated (label_list) when that is a change.
    """
    with held(conversation, caused_by=caused_by) as row:
        labels = _labels(conversation, titles, by=by)
        wanted = {label.pk: label for label in labels}
        present = _present(row)
        _change(row, add=wanted.keys() - present, remove=present - wanted.keys(), by=by)
    return conversation


def add_labels(
    conversation: Conversation, *, titles: Iterable[str], by: By, caused_by: int | None = None
) -> Conversation:
    """Add these labels to the ones it has."""
    with held(conversation, caused_by=caused_by) as row:
        labels = _labels(conversation, titles, by=by)
        _change(row, add={label.pk for label in labels} - _present(row), remove=set(), by=by)
    return conversation


def remove_labels(
    conversation: Conversation, *, titles: Iterable[str], by: By, caused_by: int | None = None
) -> Conversation:
    """Take these labels away; titles it does not have are ignored."""
    wanted = stored_titles(titles)
    with held(conversation, caused_by=caused_by) as row:
        gone = set(
            ConversationLabel.objects.filter(conversation_id=row.id, label__title__in=wanted).values_list(
                "label_id", flat=True
            )
        )
        _change(row, add=set(), remove=gone, by=by)
    return conversation


def copy_label_titles(conversation: Conversation) -> None:
    """Bring the copied titles up to date after a label was renamed or deleted. No line in the thread."""
    with held(conversation) as row:
        copy_titles(row)
        row.save(by=None)


def _labels(conversation: Conversation, titles: Iterable[str], *, by: By) -> list[Label]:
    return ensure_labels(conversation.account, titles=titles, by=by if isinstance(by, User) else None)


def _present(row: Held) -> set[int]:
    return set(ConversationLabel.objects.filter(conversation_id=row.id).values_list("label_id", flat=True))


def copy_titles(row: Held) -> None:
    """Note the titles of the labels as they are now. The caller saves."""
    titles = Label.objects.filter(conversation_labels__conversation_id=row.id).values_list("title", flat=True)
    row.set("label_titles", sorted(titles))


def _change(row: Held, *, add: Collection[int], remove: Collection[int], by: By) -> None:
    titles = dict(Label.objects.filter(pk__in=[*add, *remove]).values_list("pk", "title"))
    if remove:
        ConversationLabel.objects.filter(conversation_id=row.id, label_id__in=remove).delete()
    if add:
        ConversationLabel.objects.bulk_create(
            ConversationLabel(conversation_id=row.id, label_id=label_id) for label_id in sorted(add)
        )
    copy_titles(row)
    if by is not None:
        for kind, label_ids in (("labels_added", add), ("labels_removed", remove)):
            if label_ids:
                named = sorted(titles[label_id] for label_id in label_ids)
                write_activity(row, kind, by=by, labels=labels_in_words(named, locale=row.locale))
    row.save(by=by)
