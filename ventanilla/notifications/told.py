"""What is left to tell when a mail or a push message is about to leave: the latest state of what the event was about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from ventanilla.accounts.models import Membership, User
from ventanilla.conversations.models import Conversation, Message, MessageType
from ventanilla.conversations.policies import Visibility, facts_of, visibility_for
from ventanilla.notifications.kind import Told
from ventanilla.notifications.models import Notification
from ventanilla.notifications.registry import Kind


def told_of(payload: Mapping[str, Any]) -> Told | None:
    """Everything it is about; None when the conversation or the member is gone."""
    conversation = (
        Conversation.objects.select_related("account", "contact", "inbox")
        .filter(pk=payload["conversation_id"], inbox__deleted_at__isnull=True)
        .first()
    )
    membership = (
        Membership.objects.select_related("account", "user", "custom_role", "notification_setting")
        .filter(user_id=payload["user_id"], account_id=conversation.account_id, user__is_active=True)
        .first()
        if conversation is not None
        else None
    )
    if conversation is None or membership is None or not membership.account.is_active:
        return None
    actor = User.objects.filter(pk=payload["actor_id"] or 0).first()
    return Told(
        membership=membership,
        conversation=conversation,
        message=_message_of(conversation, payload["message_id"]),
        actor_name=actor.available_name if actor is not None else "",
    )


def _message_of(conversation: Conversation, message_id: int | None) -> Message | None:
    """The message it tells of; of a conversation, what the customer said last."""
    rows = Message.objects.filter(conversation=conversation, deleted_at__isnull=True).prefetch_related(
        "attachments"
    )
    if message_id is not None:
        return rows.filter(pk=message_id).first()
    return rows.filter(message_type=MessageType.INCOMING).order_by("-pk").first()


def unread(told: Told) -> Notification | None:
    """Their notification, if it waits: what they have read or put away at the desk since is no news."""
    rows = Notification.objects.select_related("actor_user", "message")
    return rows.filter(
        user=told.membership.user, conversation=told.conversation, read_at__isnull=True
    ).first()


def may_see(told: Told) -> bool:
    """Whether they still see the conversation."""
    return sight_of(told).allows(facts_of(told.conversation))


def sight_of(told: Told) -> Visibility:
    """What the one who is told sees now."""
    return visibility_for(told.membership.user, told.conversation.account, membership=told.membership)


def is_news(kind: Kind, told: Told) -> bool:
    """Whether there is still something to say."""
    return kind.is_news(told) and (told.message is not None or not kind.needs_message)


def locale_of(membership: Membership) -> str:
    """The language of their desk, else the account's."""
    own = str(membership.user.ui_settings.get("locale") or "")
    return own if own in dict(settings.LANGUAGES) else membership.account.locale


def path_of(conversation: Conversation) -> str:
    """Where the desk shows it."""
    return f"/app/accounts/{conversation.account_id}/conversations/{conversation.display_id}"
