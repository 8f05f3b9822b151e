"""Who follows a conversation."""

from __future__ import annotations

from collections.abc import Iterable

from ventanilla.accounts.models import User
from ventanilla.conversations.commands.following import follow, who_may_open
from ventanilla.conversations.commands.held import By, Held, held
from ventanilla.conversations.errors import NotAMember
from ventanilla.conversations.events import ParticipantsChanged
from ventanilla.conversations.models import Conversation, Participant


def add_participants(conversation: Conversation, *, user_ids: Iterable[int], by: By) -> list[User]:
    """The users begin to follow; returns those who did not before.

    Raises NotAMember when one of them cannot open the inbox. Records conversation.participants_changed.
    """
    wanted = list(dict.fromkeys(user_ids))
    with held(conversation) as row:
        _check(row, wanted)
        added = follow(row, wanted, by=by)
        row.save(by=by, touch=bool(added))
    return list(User.objects.filter(pk__in=added).order_by("id"))


def set_participants(conversation: Conversation, *, user_ids: Iterable[int], by: By) -> list[User]:
    """Exactly these users follow from now on; returns them."""
    wanted = list(dict.fromkeys(user_ids))
    with held(conversation) as row:
        _check(row, wanted)
        present = set(Participant.objects.filter(conversation_id=row.id).values_list("user_id", flat=True))
        removed = _remove(row, present - set(wanted), by=by)
        added = follow(row, wanted, by=by)
        row.save(by=by, touch=bool(added or removed))
    return list(User.objects.filter(pk__in=wanted).order_by("id"))


def remove_participants(conversation: Conversation, *, user_ids: Iterable[int], by: By) -> None:
    """The users stop following; those who did not are ignored."""
    with held(conversation) as row:
        removed = _remove(row, set(user_ids), by=by)
        row.save(by=by, touch=bool(removed))


def _check(row: Held, user_ids: list[int]) -> None:
    if set(user_ids) - who_may_open(row, user_ids):
        raise NotAMember(field="user_ids")


def _remove(row: Held, user_ids: set[int], *, by: By) -> list[int]:
    going = Participant.objects.filter(conversation_id=row.id, user_id__in=user_ids)
    removed = sorted(going.values_list("user_id", flat=True))
    if removed:
        going.delete()
        row.record(
            ParticipantsChanged(account_id=row.account_id, conversation_id=row.id, added=[], removed=removed),
            by=by,
        )
    return removed
