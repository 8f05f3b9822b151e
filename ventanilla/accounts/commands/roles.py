"""Roles of an account's own: made, changed, removed with somewhere to go for their people."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ventanilla.accounts.actors import actor_of
from ventanilla.accounts.commands.agents import update_agent
from ventanilla.accounts.errors import RoleInUse
from ventanilla.accounts.events import RoleCreated, RoleDeleted, RoleUpdated
from ventanilla.accounts.models import Account, CustomRole, Membership, Role, Sight, User
from ventanilla.accounts.policies import GRANTABLE, OPENING, Capability
from ventanilla.accounts.selectors import get_role
from ventanilla.events.log import record
from ventanilla.kit.changes import assign, lock
from ventanilla.kit.errors import Invalid

if TYPE_CHECKING:
    from ventanilla.kit.errors import Text

_NAME_CHARS = 64
_DESCRIPTION_CHARS = 2000
MOST_ROLES = 50
_FIELDS = ("name", "description", "sight", "inbox_ids", "capabilities")
_TALKING = (Capability.CONVERSATIONS_ASSIGN, Capability.CONVERSATIONS_CLOSE, Capability.MESSAGES_DELETE)


@transaction.atomic
def create_role(account: Account, *, by: User | None, **fields: Any) -> CustomRole:
    """Make a role of name, description, sight, inbox_ids and capabilities. Raises Invalid. Records role.created."""
    Account.objects.select_for_update().only("pk").get(pk=account.pk)
    if CustomRole.objects.filter(account=account).count() >= MOST_ROLES:
        raise Invalid(fields={"name": [_("An account can have up to 50 roles of its own.")]})
    role = CustomRole(account=account, sight=Sight.NONE)
    assign(role, _cleaned(role, fields))
    _check(role)
    _save(role)
    record(RoleCreated(account_id=account.pk, role_id=role.pk, title=role.name), actor=actor_of(by))
    return role


@transaction.atomic
def update_role(role: CustomRole, *, by: User | None, **fields: Any) -> CustomRole:
    """Change what is given. Raises Invalid. Records role.updated."""
    lock(role)
    changes = assign(role, _cleaned(role, fields))
    if changes:
        _check(role)
        _save(role)
        record(RoleUpdated(account_id=role.account_id, role_id=role.pk, changes=changes), actor=actor_of(by))
    return role


@transaction.atomic
def delete_role(role: CustomRole, *, by: User | None, move_to: str | int | None = None) -> None:
    """Remove the role; its people get `move_to`: the id of another one of the account, or a standard role.

    Raises RoleInUse when it has people and nothing is said, Invalid for a role that is none. Records role.deleted, and
    agent.updated for each of them.
    """
    lock(role)
    people = list(Membership.objects.filter(custom_role=role).select_related("account", "user"))
    if people and move_to is None:
        raise RoleInUse
    for membership in people:
        update_agent(membership, by=by, **_standing(role, move_to))
    record(RoleDeleted(account_id=role.account_id, role_id=role.pk, title=role.name), actor=actor_of(by))
    role.delete()


def _standing(role: CustomRole, move_to: str | int | None) -> dict[str, Any]:
    if isinstance(move_to, str) and move_to in Role.values:
        return {"role": move_to, "custom_role_id": 0}
    number = int(move_to) if str(move_to).isdecimal() else 0  # type: ignore[arg-type]  # decimal digits
    if number == role.pk:
        raise Invalid(fields={"move_to": [_("Choose another role for its people.")]})
    return {"custom_role_id": get_role(role.account, role_id=number, field="move_to").pk}


def _cleaned(role: CustomRole, fields: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: fields[name] for name in _FIELDS if name in fields}
    if "name" in values:
        values["name"] = " ".join(str(values["name"] or "").split())
    if "description" in values:
        values["description"] = str(values["description"] or "").strip()
    if values.get("inbox_ids") is not None:
        values["inbox_ids"] = sorted(set(values["inbox_ids"]))
    if "capabilities" in values:
        values["capabilities"] = sorted(set(values["capabilities"] or []))
    return values


def _check(role: CustomRole) -> None:
    """Every answer is one there is, and no two contradict each other. Raises Invalid with all reasons by field."""
    wrong: dict[str, list[Text]] = {}
    for field, reason in (*_odd(role), *contradictions(role.sight, role.inbox_ids, role.capabilities)):
        wrong.setdefault(field, []).append(reason)
    if wrong:
        raise Invalid(fields=wrong)


def _odd(role: CustomRole) -> Iterator[tuple[str, Text]]:
    if not role.name or len(role.name) > _NAME_CHARS:
        yield "name", _("Enter a name of up to 64 characters.")
    elif (
        CustomRole.objects.filter(account_id=role.account_id, name__iexact=role.name)
        .exclude(pk=role.pk)
        .exists()
    ):
        yield "name", _("There's already a role with that name.")
    if len(role.description) > _DESCRIPTION_CHARS:
        yield "description", _("This text is too long.")
    if role.sight not in Sight.values:
        yield "sight", _("Choose which conversations they see.")
    if not set(role.capabilities) <= GRANTABLE:
        yield "capabilities", _("One of these permissions doesn't exist or can't be given to a role.")


def contradictions(
    sight: str, inbox_ids: Collection[int] | None, capabilities: Collection[str]
) -> Iterator[tuple[str, Text]]:
    """What of a role cannot be true together: the capability (or field) that is refused, and why."""
    given = set(capabilities)
    answers = Capability.CONVERSATIONS_WRITE in given
    if answers and sight == Sight.NONE:
        yield Capability.CONVERSATIONS_WRITE.value, _("No one can reply in conversations they don't see.")
    for one in _TALKING:
        if one in given and not answers:
            yield one.value, _("This needs “Reply to customers”: it changes the conversation.")
    if Capability.CONTACTS_WRITE in given and Capability.CONTACTS_READ not in given:
        yield Capability.CONTACTS_WRITE.value, _("No one can change contacts they don't see.")
    for one in (Capability.CONTACTS_DELETE, Capability.CONTACTS_EXCHANGE):
        if one in given and Capability.CONTACTS_WRITE not in given:
            yield one.value, _("This needs “Change contacts”.")
    if sight != Sight.INBOXES or inbox_ids is not None:
        for one in sorted(OPENING):
            if one in given:
                yield one.value, _("They could open for themselves what this role hides from them.")


def _save(role: CustomRole) -> None:
    try:
        with transaction.atomic():
            role.save()
    except IntegrityError:  # someone else took the name between the question and the write
        raise Invalid(fields={"name": [_("There's already a role with that name.")]})
