"""What clients write about a conversation, in the ways they write it: state, priority, agent, team."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from ventanilla.accounts.models import Account, Team, User
from ventanilla.conversations.models import Priority, Status
from ventanilla.conversations.snoozing import Snooze, snooze_until
from ventanilla.kit.clock import now
from ventanilla.kit.errors import NotFound
from ventanilla.kit.wire_values import NOTHING, moment, row_id, word_or_number

_MOMENTS = frozenset(one.value for one in Snooze)


def status_given(value: str | int | None) -> int:
    """The state of that name or number. Raises Invalid."""
    return word_or_number("" if value is None else value, Status, field="status")


def priority_given(value: str | int | None) -> int | None:
    """The priority of that name or number; None for null, a blank or "none" (names of clients). Raises Invalid."""
    if value is None or str(value).strip() in NOTHING:
        return None
    return word_or_number(value, Priority, field="priority")


def until_given(
    value: float | str | None, *, by: User | None, account: Account, field: str = "snoozed_until"
) -> datetime | None:
    """Epoch seconds, or a name of snoozing.Snooze as it is meant now for that person. Raises Invalid."""
    if isinstance(value, str) and value in _MOMENTS:
        return snooze_until(Snooze(value), at=now(), user=by, account=account)
    return moment(value, field=field)


def agent_given(account: Account, value: str | int | None) -> User | None:
    """The member of the account with that id; None for 0, null and "nil". Raises Invalid, NotFound."""
    user_id = row_id(value, field="assignee_id")
    if user_id is None:
        return None
    user = User.objects.filter(pk=user_id, memberships__account=account).first()
    if user is None:
        raise NotFound(fields={"assignee_id": [_("This agent doesn't exist.")]})
    return user


def team_given(account: Account, value: str | int | None) -> Team | None:
    """The team of the account with that id; None for 0, null and "nil". Raises Invalid, NotFound."""
    team_id = row_id(value, field="team_id")
    if team_id is None:
        return None
    team = Team.objects.filter(pk=team_id, account=account, deleted_at__isnull=True).first()
    if team is None:
        raise NotFound(fields={"team_id": [_("This team doesn't exist.")]})
    return team
