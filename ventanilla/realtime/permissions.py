"""Who is subscribing, and what may they hear? Asked when a socket subscribes and again whenever the answer may change."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from ventanilla.accounts.models import Account, Membership, Role, User
from ventanilla.contacts.models import ContactInbox
from ventanilla.contacts.selectors import hides_contacts
from ventanilla.conversations.policies import ConversationFacts as ConversationFacts
from ventanilla.conversations.policies import FormerFacts as FormerFacts
from ventanilla.conversations.policies import Visibility, visibilities_of
from ventanilla.signin.selectors import owes_second_step, vouchable, with_second_step


class Permission(NamedTuple):
    """What a user may hear in an account."""

    role: str
    visibility: Visibility
    hides_contacts: bool = False

    def sees(self, facts: ConversationFacts) -> bool:
        """Whether they may see such a conversation."""
        return self.visibility.allows(facts)

    @property
    def sees_answers(self) -> bool:
        """Whether they see what customers answered to surveys in every inbox (contract F.23)."""
        return self.role == Role.ADMINISTRATOR

    @property
    def is_agent(self) -> bool:
        """The contract's audience AG: agents and administrators."""
        return self.role in (Role.AGENT, Role.ADMINISTRATOR)

    @property
    def hears_contacts(self) -> bool:
        """Of AG those who have contacts at all."""
        return self.is_agent and not self.hides_contacts


class ContactIdentity(NamedTuple):
    """The contact behind a token."""

    account_id: int
    contact_id: int
    contact_inbox_id: int


def load_permissions(account_id: int, user_ids: Collection[int]) -> dict[int, Permission]:
    """By user id; who may hear nothing here (any more) is left out."""
    memberships = Membership.objects.select_related("user", "account", "custom_role").filter(
        account_id=account_id,
        user_id__in=user_ids,
        user__is_active=True,
        account__status=Account.Status.ACTIVE,
    )
    members = {row.user_id: row for row in memberships}
    asking = {user_id for user_id, row in members.items() if row.account.second_step_in_force}
    # Whether a provider vouched for them in the very session is asked where it listens (live.opens).
    for user_id in asking - with_second_step(asking) - vouchable(account_id, asking) if asking else ():
        del members[user_id]
    seen = visibilities_of(members.values())
    return {
        user_id: Permission(row.role, seen[user_id], hides_contacts(row)) for user_id, row in members.items()
    }


def load_permission(account_id: int, user_id: int) -> Permission | None:
    """For one user; None when they may hear nothing here."""
    return load_permissions(account_id, [user_id]).get(user_id)


def find_user(pubsub_token: str, *, user_id: int) -> int | None:
    """The user whose token this is, if it is the one who is named."""
    found = User.objects.filter(pubsub_token=pubsub_token, pk=user_id, is_active=True).exists()
    return user_id if found else None


def listens_by_token(pubsub_token: str, *, user_id: int, account_id: int) -> bool:
    """Whether the token is this user's, and the account opens for it: it is the person's, no provider vouches for it."""
    account = Account.objects.filter(pk=account_id, only_single_sign_on=False).first()
    user = User.objects.filter(pk=user_id).first()
    if account is None or user is None or find_user(pubsub_token, user_id=user_id) is None:
        return False
    return not owes_second_step(account, user)


def find_contact(pubsub_token: str) -> ContactIdentity | None:
    """The contact identity whose token this is."""
    row = (
        ContactInbox.objects.filter(
            pubsub_token=pubsub_token,
            inbox__deleted_at__isnull=True,
            inbox__account__status=Account.Status.ACTIVE,
        )
        .values_list("inbox__account_id", "contact_id", "id")
        .first()
    )
    return ContactIdentity(*row) if row is not None else None
