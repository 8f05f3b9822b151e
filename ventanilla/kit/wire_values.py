"""Single values in the ways that clients write them. Each raises Invalid, naming `field`."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

from django.db.models import IntegerChoices
from django.utils.translation import gettext as _

from ventanilla.kit.clock import from_epoch
from ventanilla.kit.errors import Invalid

NOTHING = frozenset({"", "none", "nil", "null"})  # words by which clients say that there is to be none


def word_or_number(value: Any, choices: type[IntegerChoices], *, field: str) -> int:
    """The member of that name or number."""
    named = {member.label: member.value for member in choices}
    text = str(value).strip()
    if text in named:
        return int(named[text])
    if text.isdecimal() and len(text) < 10 and int(text) in choices.values:
        return int(text)
    raise Invalid(fields={field: [_("This value doesn't exist.")]})


def moment(value: float | str | None, *, field: str) -> datetime | None:
    """Epoch seconds, as number or text; None for null and a blank."""
    if value is None or value == "":
        return None
    try:
        if math.isfinite(float(value)):
            return from_epoch(value)
    except (ValueError, TypeError, OverflowError):
        pass
    raise Invalid(fields={field: [_("Enter a valid date and time.")]})


def row_id(value: Any, *, field: str) -> int | None:
    """The id of a row; None for 0, null and the words for nothing."""
    text = "" if value is None else str(value).strip()
    if text in NOTHING or text == "0":
        return None
    if not text.isdecimal():
        raise Invalid(fields={field: [_("Enter an id, or 0 for no one.")]})
    return int(text)
