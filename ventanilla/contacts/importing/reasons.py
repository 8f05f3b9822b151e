"""Why a row stayed out, in one sentence for people. The codes are what rows keep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

_SENTENCES: Mapping[str, Any] = {
    "open_quote": lazy("A quotation mark opens here and never closes."),
    "too_long": lazy("A cell is too long."),
    "too_many_cells": lazy("The line has more cells than the file has columns."),
    "not_text": lazy("There's a character in it that isn't text."),
    "unreadable": lazy("Some letters can't be read. Try another encoding."),
    "no_key": lazy("No email, phone number or identifier: the contact couldn't be recognised next time."),
    "email_no_at": lazy("The email has no @."),
    "email_cut": lazy("Part of the email is missing, before or after the @."),
    "email_comma": lazy("The email has a comma instead of a full stop."),
    "bad_email": lazy("This isn't an email address."),
    "phone_no_country": lazy(
        "The phone number has no country code. Choose the country of the file's numbers."
    ),
    "bad_language": lazy("We don't know this language."),
    "bad_country": lazy("We don't know this country."),
    "bad_date": lazy("There's no such day."),
    "not_yes_or_no": lazy("Write yes or no."),
    "misfit": lazy("%(said)s"),
    "repeated": lazy("Repeated: it's the same as line %(line)s."),
    "two_people": lazy("%(first)s and %(second)s both match this line. Merge them first, or correct it."),
    "other_identifier": lazy("The contact with this email or phone, %(name)s, has another identifier."),
    "taken": lazy(
        "Another contact took one of these addresses or numbers a moment ago. Import the line again."
    ),
    "other_email": lazy("The contact with this phone number, %(name)s, has another email."),
}


def sentence(code: str, details: Mapping[str, Any]) -> str:
    """In the language active now."""
    if code == "bad_phone":
        count = int(details.get("digits", 0))
        text = ngettext(
            "The phone number has %(digits)s digit.", "The phone number has %(digits)s digits.", count
        )
        return _("This isn't a possible phone number.") + " " + text % {"digits": count}
    try:
        return str(_SENTENCES[code]) % dict(details)
    except (KeyError, ValueError):
        return _("This line can't be read.")
