"""Phone numbers in E.164, the one form we store: "+" and 2 to 15 digits."""

from __future__ import annotations

import re

import phonenumbers
from django.utils.translation import gettext_lazy as _

from ventanilla.kit.errors import Invalid

# ISO 3166 codes of the regions that have telephones, which is all that people live in.
REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
_E164 = re.compile(r"^\+[1-9]\d{1,14}$")
_PUNCTUATION = re.compile(r"[\s().\-/\u2010-\u2015\u00a0]+")


class InvalidPhone(Invalid):
    """It cannot be read as an international phone number."""

    code = "invalid_phone"
    default_message = _("The phone number must start with + and the country code.")


def is_e164(text: str) -> bool:
    """Whether it already has the stored form."""
    return bool(_E164.match(text))


def to_e164(text: str, *, region: str | None = None) -> str:
    """The number in E.164; `region` ("ES") reads numbers written without their country. Raises InvalidPhone.

    A number of the right form is taken even when no network has given it out: numbering plans change faster
    than tables of them.
    """
    compact = _PUNCTUATION.sub("", text.strip())
    if compact.startswith("00"):
        compact = "+" + compact[2:]
    if is_e164(compact):
        return compact
    try:
        parsed = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        raise InvalidPhone from error
    number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    if not phonenumbers.is_possible_number(parsed) or not is_e164(number):
        raise InvalidPhone
    return number


def for_people(number: str) -> str:
    """The stored form as people of its country write it; what cannot be read stays as it is."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
