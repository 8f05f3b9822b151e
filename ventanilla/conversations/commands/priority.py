"""How urgent a conversation is."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from ventanilla.conversations.commands.activity import lines, write_activity
from ventanilla.conversations.commands.held import By, Held, held
from ventanilla.conversations.models import Conversation, Priority
from ventanilla.kit.errors import Invalid

lines(
    {
        "priority_added": lazy("%(actor)s set the priority to %(new)s"),
        "priority_changed": lazy("%(actor)s changed the priority from %(old)s to %(new)s"),
        "priority_removed": lazy("%(actor)s removed the priority"),
    }
)


def set_priority(
    conversation: Conversation, *, priority: int | None, by: By, caused_by: int | None = None
) -> Conversation:
    """Set or clear (None) the priority. Records conversation.updated when that is a change."""
    if priority is not None and priority not in Priority.values:
        raise Invalid(fields={"priority": [_("This priority doesn't exist.")]})
    with held(conversation, caused_by=caused_by) as row:
        old = row.priority
        if row.set("priority", priority):
            if by is not None:
                _say(row, old, priority, by=by)
            row.save(by=by)
    return conversation


def _say(row: Held, old: int | None, new: int | None, *, by: By) -> None:
    names = {name: Priority(value).label for name, value in (("old", old), ("new", new)) if value is not None}
    if new is None:
        write_activity(row, "priority_removed", by=by, **names)
    elif old is None:
        write_activity(row, "priority_added", by=by, **names)
    else:
        write_activity(row, "priority_changed", by=by, **names)
