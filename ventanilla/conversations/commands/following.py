"""Participants and mentions as other commands write them, inside their transaction."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import Membership, Role, TeamMember, User
from ventanilla.conversations.commands.content import mentioned
from ventanilla.conversations.commands.held import By, Held
from ventanilla.conversations.errors import NotAMember
from ventanilla.conversations.events import ConversationMentioned, ParticipantsChanged
from ventanilla.conversations.models import Mention, Message, Participant
from ventanilla.inboxes.selectors import kept_from, kept_from_answering
from ventanilla.kit.errors import NotFound


def who_may_open(held: Held, user_ids: Collection[int]) -> set[int]:
    """Those of the users who are administrators of the account or members of the inbox, and have accepted to be."""
    members = _who_may_open(held.account_id, held.inbox_id)
    found = set(members.filter(user_id__in=user_ids).values_list("user_id", flat=True))
    return found - kept_from(held.account_id, held.inbox_id) if found else found


def _who_may_open(account_id: int, inbox_id: int) -> QuerySet[Membership]:
    inside = Q(role=Role.ADMINISTRATOR) | Q(user__inbox_memberships__inbox_id=inbox_id)
    return Membership.objects.filter(inside, account_id=account_id, invited_email="")


def check_assignable(user: User | None, *, account_id: int, inbox_id: int) -> None:
    """Whom a conversation of the inbox is given must be able to open and to answer it.

    Raises NotFound for a user of another account, NotAMember for one who cannot open the inbox or may only look.
    """
    if user is None:
        return
    member = Membership.objects.filter(user=user, account_id=account_id)
    if not member.exists():
        raise NotFound(fields={"assignee_id": [_("This agent doesn't exist.")]})
    answering = _who_may_open(account_id, inbox_id).exclude(role=Role.ANALYST)
    kept_out = kept_from_answering(account_id, inbox_id)
    if user.pk in kept_out or not answering.filter(user=user).exists():
        raise NotAMember(field="assignee_id")


def follow(held: Held, user_ids: Collection[int], *, by: By) -> list[int]:
    """Make the users participants; the ones who were not yet. Records conversation.participants_changed."""
    already = set(
        Participant.objects.filter(conversation_id=held.id, user_id__in=user_ids).values_list(
            "user_id", flat=True
        )
    )
    added = [user_id for user_id in dict.fromkeys(user_ids) if user_id not in already]
    if added:
        Participant.objects.bulk_create(
            Participant(
                account_id=held.account_id, conversation_id=held.id, user_id=user_id, created_at=held.at
            )
            for user_id in added
        )
        held.record(
            ParticipantsChanged(account_id=held.account_id, conversation_id=held.id, added=added, removed=[]),
            by=by,
        )
    return added


def note_mentions(held: Held, message: Message, *, by: By) -> None:
    """Keep whom a note mentions: a mention each, and they follow the conversation (contract F.12).

    Only people who can open the inbox count; a team means its members.
    """
    if "mention://" not in message.content:
        return
    user_ids, team_ids = mentioned(message.content)
    if team_ids:
        members = TeamMember.objects.filter(team_id__in=team_ids, team__account_id=held.account_id)
        user_ids += list(members.values_list("user_id", flat=True))
    allowed = who_may_open(held, user_ids)
    user_ids = [user_id for user_id in dict.fromkeys(user_ids) if user_id in allowed]
    for user_id in user_ids:
        Mention.objects.update_or_create(
            conversation_id=held.id,
            user_id=user_id,
            defaults={"account_id": held.account_id, "message": message, "mentioned_at": held.at},
        )
    follow(held, user_ids, by=by)
    for user_id in user_ids:
        held.record(
            ConversationMentioned(
                account_id=held.account_id,
                conversation_id=held.id,
                message_id=message.pk,
                user_id=user_id,
            ),
            by=by,
        )
