"""Whether a value fits its attribute (F.16). Keys without a definition are free, as the contract has it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from ventanilla.accounts.models import Account
from ventanilla.attributes.models import AttributeDefinition, AttributeModel, DisplayType
from ventanilla.attributes.selectors import definitions_of
from ventanilla.kit import limits
from ventanilla.kit.errors import Invalid

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d)", re.I)  # "shop.example:8080/x" has none
_JS_LITERAL = re.compile(r"/(?P<body>.*)/(?P<flags>[a-z]*)", re.S)
_PATTERN_SECONDS = 0.05
_TRUE, _FALSE = {"true", "1", "yes", "on"}, {"false", "0", "no", "off"}


class Misfit(ValueError):
    """The value does not fit; the text is the sentence for people."""


def clean_values(
    account: Account | int, values: Mapping[str, Any], *, model: AttributeModel
) -> dict[str, Any]:
    """The values in their stored form. Raises Invalid, naming each attribute whose value does not fit.

    Blank values clear an attribute and always fit.
    """
    limits.check_attributes(values)
    if not values:
        return {}
    definitions = {row.key: row for row in definitions_of(account, model=model).filter(key__in=list(values))}
    cleaned, problems = dict(values), list[str]()
    for key, definition in definitions.items():
        try:
            cleaned[key] = clean_value(definition, values[key])
        except Misfit as misfit:
            problems.append(f"{definition.display_name}: {misfit}")
    if problems:
        raise Invalid(fields={"custom_attributes": problems})
    return cleaned


def clean_value(definition: AttributeDefinition, value: Any) -> Any:
    """One value in its stored form: numbers as numbers, check boxes as booleans, days as text."""
    if value is None or value == "":
        return value
    return _CLEANERS[DisplayType(definition.display_type)](definition, value)


def _text(definition: AttributeDefinition, value: Any) -> Any:
    if isinstance(value, list | dict):
        raise Misfit(_("Enter text."))
    if definition.regex_pattern and not _matches(definition.regex_pattern, str(value)):
        raise Misfit(definition.regex_cue or _("This isn't in the expected format."))
    return value


def _matches(pattern: str, text: str) -> bool:
    """Whether the text fits a JavaScript pattern, bare or as `/pattern/flags`.

    A pattern we cannot read, or one that takes too long, lets everything through: the browser checks it as well.
    """
    import regex  # a library that only attributes with a pattern need

    written = _JS_LITERAL.fullmatch(pattern)
    body, flags = (written["body"], written["flags"]) if written else (pattern, "")
    try:
        # No JavaScript pattern needs more than this; one made to hang a server would.
        return bool(
            regex.search(body, text, regex.IGNORECASE if "i" in flags else 0, timeout=_PATTERN_SECONDS)
        )
    except (regex.error, TimeoutError):
        return True


def _number(_definition: AttributeDefinition, value: Any) -> Any:
    if isinstance(value, bool):
        raise Misfit(_("Enter a number."))
    try:
        number = float(str(value).strip())
    except ValueError:
        raise Misfit(_("Enter a number."))
    if not math.isfinite(number) or abs(number) > limits.MAX_ATTRIBUTE_NUMBER:
        raise Misfit(_("This number is too large."))
    return int(number) if number.is_integer() else number


def _link(_definition: AttributeDefinition, value: Any) -> Any:
    text = str(value).strip()
    # People type bare hosts; what must not get through is another scheme, which would run when it is clicked.
    if not limits.is_web_url(text if _SCHEME.match(text) else f"https://{text}"):
        raise Misfit(_("Enter a web address."))
    return text


def _date(_definition: AttributeDefinition, value: Any) -> Any:
    text = str(value).strip()
    try:
        date.fromisoformat(text[:10])
        if len(text) > 10:
            datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise Misfit(_("Enter a date such as 2026-05-31."))
    return text


def _choice(definition: AttributeDefinition, value: Any) -> Any:
    if str(value) not in {str(choice) for choice in definition.values}:
        raise Misfit(_("Choose one of the options."))
    return value


def _checkbox(_definition: AttributeDefinition, value: Any) -> Any:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word not in _TRUE | _FALSE:
        raise Misfit(_("Choose yes or no."))
    return word in _TRUE


_CLEANERS: dict[DisplayType, Callable[[AttributeDefinition, Any], Any]] = {
    DisplayType.TEXT: _text,
    DisplayType.NUMBER: _number,
    DisplayType.CURRENCY: _number,
    DisplayType.PERCENT: _number,
    DisplayType.LINK: _link,
    DisplayType.DATE: _date,
    DisplayType.LIST: _choice,
    DisplayType.CHECKBOX: _checkbox,
}
