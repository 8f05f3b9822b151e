"""Why a filter is refused."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from ventanilla.kit.errors import Refusal


class InvalidCondition(Refusal):
    """The filter names something unknown, uses an operator that the key does not take, or gives no values."""

    code = "invalid_filter"

    def at(self, index: int) -> InvalidCondition:
        """The same of the condition at this place, counted from 0."""
        return InvalidCondition(self.message, fields={f"conditions.{index}": [self.message]})


def unreadable() -> InvalidCondition:
    """The filter is not a list of conditions."""
    return InvalidCondition(_("We couldn't read the filter."))


def unknown_key(key: str) -> InvalidCondition:
    """No field and no custom attribute has that key."""
    return InvalidCondition(_("There's no attribute called “%(key)s”.") % {"key": key[:100]})


def wrong_operator(key: str, allowed: Iterable[str]) -> InvalidCondition:
    """The key exists and does not take that operator; the sentence lists those it takes."""
    return InvalidCondition(
        _("“%(key)s” accepts only: %(operators)s.")
        % {"key": key[:100], "operators": ", ".join(sorted(allowed))}
    )


def no_values(key: str) -> InvalidCondition:
    """The operator needs a value and there is none."""
    return InvalidCondition(_("Enter a value for “%(key)s”.") % {"key": key[:100]})


def wrong_value(key: str) -> InvalidCondition:
    """The value is not of the key's kind (a word for a number, a date that does not exist)."""
    return InvalidCondition(_("The value for “%(key)s” isn't valid.") % {"key": key[:100]})


def wrong_joint(word: str) -> InvalidCondition:
    """Conditions are joined by AND or OR, and this is neither."""
    return InvalidCondition(
        _("Conditions are joined by AND or OR; query_operator says “%(word)s”.") % {"word": word[:100]}
    )
