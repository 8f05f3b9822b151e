"""Activity lines (contract F.6): who did what, in the account's language, as messages of their own type.

The kind and its variables are kept beside the text, so that a screen can say it in the reader's language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from ventanilla.accounts.models import User
from ventanilla.conversations.commands.held import By, Held, name_of
from ventanilla.conversations.commands.new_message import NewMessage
from ventanilla.conversations.commands.receipts import save_message
from ventanilla.conversations.commands.rows import insert_message
from ventanilla.conversations.models import Message, MessageType


def sentences() -> dict[str, str]:
    """The sentence of each kind, with its variables to fill in, in the language active now."""
    return {
        "status.open": _("%(actor)s reopened the conversation"),
        "status.resolved": _("%(actor)s resolved the conversation"),
        "status.pending": _("%(actor)s marked the conversation as pending"),
        "status.snoozed": _("%(actor)s snoozed the conversation"),
        "status.archived": _("%(actor)s archived the conversation"),
        "resolved_by_contact": _("%(actor)s resolved the conversation"),
        "auto_resolved": _("The conversation was resolved for inactivity (days: %(days)s)"),
        "reopened_by_message": _("The conversation was reopened by a new message"),
        "woken": _("The conversation is open again: the snooze ended"),
        "assigned": _("%(actor)s assigned the conversation to %(assignee)s"),
        "self_assigned": _("%(actor)s assigned the conversation to themselves"),
        "unassigned": _("%(actor)s unassigned the conversation"),
        "team_assigned": _("%(actor)s assigned the conversation to the %(team)s team"),
        "team_assigned_with_agent": _(
            "%(actor)s assigned the conversation to %(assignee)s in the %(team)s team"
        ),
        "team_removed": _("%(actor)s removed the conversation from the %(team)s team"),
        "priority_added": _("%(actor)s set the priority to %(new)s"),
        "priority_changed": _("%(actor)s changed the priority from %(old)s to %(new)s"),
        "priority_removed": _("%(actor)s removed the priority"),
        "labels_added": _("%(actor)s added %(labels)s"),
        "labels_removed": _("%(actor)s removed %(labels)s"),
        "muted": _("%(actor)s blocked the contact"),
        "unmuted": _("%(actor)s unblocked the contact"),
        "merged_in": _("%(actor)s merged conversation #%(number)s into this one"),
        "merged_away": _("%(actor)s merged this conversation into #%(number)s"),
        "unmerged_in": _("%(actor)s undid the merge: conversation #%(number)s has its messages back"),
        "unmerged_away": _("%(actor)s undid the merge into #%(number)s"),
        "viewed": _("%(actor)s viewed the conversation"),
        "transcript_queued": _("%(actor)s asked for a copy for %(email)s"),
        "transcript_trying": _("The copy for %(email)s hasn't been sent yet, we'll keep trying: %(reason)s"),
        "transcript_sent": _("The copy for %(email)s that %(actor)s asked for was sent"),
        "transcript_bounced": _("The copy for %(email)s didn't arrive: %(reason)s"),
        "transcript_lost": _("The copy for %(email)s wasn't sent: %(reason)s"),
        "transcript_unknown": _("We don't know whether the copy for %(email)s was sent"),
    }


def priority_word(name: str) -> str:
    """The word for a priority, in the language active now."""
    return {"low": _("low"), "medium": _("medium"), "high": _("high"), "urgent": _("urgent")}[name]


def labels_in_words(titles: Iterable[str], *, locale: str) -> str:
    """The labels as a line names them. One with a comma of its own is quoted: nobody could tell it from two."""
    with translation.override(locale.replace("_", "-")):
        return ", ".join(_("“%(label)s”") % {"label": title} if "," in title else title for title in titles)


def activity_text(kind: str, variables: Mapping[str, Any], *, locale: str) -> str:
    """The line of `kind` in that language."""
    with translation.override(locale.replace("_", "-")):
        shown = {
            name: priority_word(value) if name in {"old", "new"} else value
            for name, value in variables.items()
        }
        return sentences()[kind] % shown


def write_activity(held: Held, kind: str, *, by: By, **variables: Any) -> Message:
    """Write one line of that kind. The caller saves `held`."""
    with translation.override(held.locale.replace("_", "-")):
        variables = {"actor": name_of(by), **variables}
    new = NewMessage(
        message_type=MessageType.ACTIVITY,
        content=activity_text(kind, variables, locale=held.locale),
        additional_attributes={
            "activity": kind,
            "variables": variables,
            **({"user_id": by.pk} if isinstance(by, User) else {}),
        },
    )
    return insert_message(held, new, by=by)


def rewrite_activity(held: Held, message: Message, kind: str, **variables: Any) -> None:
    """Let a line say how the matter stands now. Records message.updated when that is something else than before."""
    old = message.additional_attributes
    variables = {**old.get("variables", {}), **variables}
    if (old.get("activity"), old.get("variables")) == (kind, variables):
        return
    message.additional_attributes = {**old, "activity": kind, "variables": variables}
    message.content = activity_text(kind, variables, locale=held.locale)
    message.save(update_fields=["additional_attributes", "content"])
    save_message(held, message, {"activity": [old.get("activity"), kind]}, by=None)
