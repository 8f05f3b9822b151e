"""One conversation, one message."""

from __future__ import annotations

from functools import lru_cache

from ventanilla.accounts.models import Account, AgentBot
from ventanilla.accounts.selectors import Agent, agents_of
from ventanilla.conversations.models import Conversation, Message
from ventanilla.conversations.policies import Visibility
from ventanilla.conversations.selectors.walking import KEYS, Keys, Statement, compiled
from ventanilla.kit import statements
from ventanilla.kit.compiled import Compiled
from ventanilla.kit.errors import NotFound

_LATEST = 20  # contract B.1: a contact's conversations


@lru_cache(maxsize=256)
def _numbered(visibility: Visibility) -> Compiled[Conversation]:
    """The reader's conversation of a number: asked by nearly every request, so it is compiled once a reader."""
    return Compiled(
        lambda display_id: (
            Conversation.objects.filter(visibility.q(), display_id=display_id)
            .select_related("inbox")
            .defer("inbox__secrets", "inbox__hmac_token", "inbox__external_token")
        ),
        display_id=int,
    )


@lru_cache(maxsize=256)
def _numbered_in_brief(visibility: Visibility) -> Compiled[Conversation]:
    return Compiled(
        lambda display_id: (
            Conversation.objects.filter(visibility.q(), display_id=display_id)
            .select_related("inbox")
            .only("account_id", "inbox_id", "contact_id", "display_id", "inbox__kind", "inbox__account_id")
        ),
        display_id=int,
    )


def get_conversation_in_brief(visibility: Visibility, *, display_id: int) -> Conversation:
    """The same with its ids and the inbox's kind only, for a command that reads the row itself. Raises NotFound."""
    found = _numbered_in_brief(visibility).first(display_id=display_id)
    if found is None:
        raise NotFound
    return found


def get_conversation(visibility: Visibility, *, display_id: int) -> Conversation:
    """The conversation with that number. Raises NotFound when there is none or the reader may not see it."""
    found = _numbered(visibility).first(display_id=display_id)
    if found is None:
        raise NotFound
    return found


def get_conversation_for_bot(bot: AgentBot, account: Account, *, display_id: int) -> Conversation:
    """The same for a bot: it sees the inboxes it is connected to. Raises NotFound."""
    found = (
        Conversation.objects.filter(account=account, inbox__agent_bot=bot, display_id=display_id)
        .select_related("account", "inbox", "contact", "contact_inbox")
        .defer("inbox__secrets", "inbox__hmac_token", "inbox__external_token")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def get_message(conversation: Conversation, *, message_id: int) -> Message:
    """A message of the conversation. Raises NotFound."""
    message = Message.objects.filter(conversation=conversation, pk=message_id).first()
    if message is None:
        raise NotFound
    message.conversation = conversation
    return message


def participants_of(conversation: Conversation) -> list[Agent]:
    """Who follows it, as agents."""
    user_ids = [user_id for (user_id,) in statements.fetch_all(_FOLLOWERS, [conversation.pk])]
    return agents_of(conversation.account_id, user_ids=user_ids) if user_ids else []


_FOLLOWERS = "SELECT user_id FROM conversations_participant WHERE conversation_id = %s"


def contact_conversation_keys(visibility: Visibility, contact_id: int) -> Keys:
    """The newest conversations with a contact that the reader may see, to be rendered."""
    sql, parameters = _with_contact(visibility)
    if not sql:
        return []
    given = [contact_id if value == _ANY_CONTACT else value for value in parameters]
    return statements.fetch_all(sql, given)


_ANY_CONTACT = -7_300_000_000_000  # no contact's id: stands where it comes


@lru_cache(maxsize=256)
def _with_contact(visibility: Visibility) -> Statement:
    rows = Conversation.objects.filter(visibility.q(), contact_id=_ANY_CONTACT)
    return compiled(rows.order_by("-last_activity_at", "-id").values_list(*KEYS)[:_LATEST])
