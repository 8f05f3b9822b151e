"""Refusals that only actions know."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from ventanilla.kit.errors import Invalid, Refusal

_NAMED = 10  # in a sentence


class UnknownAction(Invalid):
    """No action has that name."""

    code = "unknown_action"

    def __init__(self, name: str) -> None:
        super().__init__(fields={"actions": [_("There's no action “%(name)s”.") % {"name": name[:100]}]})


class NotAll(Invalid):
    """Some of the conversations cannot be changed that way, or were not; `refused` says which and why."""

    code = "not_all"

    def __init__(self, refused: Mapping[int, Refusal]) -> None:
        self.refused = dict(sorted(refused.items()))
        numbers = list(self.refused)
        sentence = _("These conversations weren't changed: %(numbers)s. %(reason)s") % {
            "numbers": named(numbers),
            "reason": self.refused[numbers[0]].message,
        }
        super().__init__(fields={"ids": [sentence]})


def reason_of(refusal: Refusal) -> str:
    """Why one conversation was not changed, without its number."""
    if isinstance(refusal, NotAll) and refusal.refused:
        return next(iter(refusal.refused.values())).message
    return refusal.message


def named(numbers: list[int]) -> str:
    """The numbers of conversations as a sentence names them: the first ten."""
    shown = ", ".join(f"#{number}" for number in numbers[:_NAMED])
    return f"{shown}, …" if len(numbers) > _NAMED else shown
