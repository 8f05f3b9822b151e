"""Activity lines (contract F.6): who did what, in the account's language, as messages of their own type.

The kind and its variables are kept beside the text, so that a screen can say it in the reader's language. Each kind is
declared by the commands that cause it, in whichever room; scripts/tooling/generate_docs.py makes the desk's catalogue of
them.
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
from ventanilla.inboxes.marks import ACTIVITY, VARIABLES

Words = Any  # what gettext_lazy returns


_sentences: dict[str, Words] = {}


def lines(said: Mapping[str, Words]) -> None:
    """Declare kinds of line where they are caused: the sentence of each, translated when it is read (gettext_lazy), with
    its variables to fill in. Raises ValueError for a kind that another module declares.
    """
    if taken := _sentences.keys() & said.keys():
        raise ValueError(f"declared twice: {', '.join(sorted(taken))}")
    _sentences.update(said)


def sentences() -> dict[str, str]:
    """The sentence of each kind that is declared, in the language active now."""
    return {kind: str(sentence) for kind, sentence in _sentences.items()}


def priority_word(name: str) -> str:
    """The word for a priority, in the language active now."""
    return {"low": _("low"), "medium": _("medium"), "high": _("high"), "urgent": _("urgent")}[name]


def labels_in_words(titles: Iterable[str], *, locale: str) -> str:
    """The labels as a line names them. One with a comma of its own is quoted: no one could tell it from two."""
    with translation.override(locale.replace("_", "-")):
        return ", ".join(_("“%(label)s”") % {"label": title} if "," in title else title for title in titles)


def activity_text(kind: str, variables: Mapping[str, Any], *, locale: str) -> str:
    """The line of `kind` in that language."""
    with translation.override(locale.replace("_", "-")):
        shown = {
            name: priority_word(value) if name in {"old", "new"} else value
            for name, value in variables.items()
        }
        return str(_sentences[kind]) % shown


def write_activity(held: Held, kind: str, *, by: By, **variables: Any) -> Message:
    """Write one line of that kind. The caller saves `held`."""
    with translation.override(held.locale.replace("_", "-")):
        variables = {"actor": name_of(by), **variables}
    new = NewMessage(
        message_type=MessageType.ACTIVITY,
        content=activity_text(kind, variables, locale=held.locale),
        additional_attributes={
            ACTIVITY: kind,
            VARIABLES: variables,
            **({"user_id": by.pk} if isinstance(by, User) else {}),
        },
    )
    return insert_message(held, new, by=by)


def rewrite_activity(held: Held, message: Message, kind: str, **variables: Any) -> None:
    """Let a line say how the matter stands now. Records message.updated when that is something else than before."""
    old = message.additional_attributes
    variables = {**old.get(VARIABLES, {}), **variables}
    if (old.get(ACTIVITY), old.get(VARIABLES)) == (kind, variables):
        return
    message.additional_attributes = {**old, ACTIVITY: kind, VARIABLES: variables}
    message.content = activity_text(kind, variables, locale=held.locale)
    message.save(update_fields=["additional_attributes", "content"])
    save_message(held, message, {ACTIVITY: [old.get(ACTIVITY), kind]}, by=None)
