"""Which language a visitor is spoken to. The team's own screens know `settings.LANGUAGES`; visitors are spoken to in
more (`settings.VISITOR_LANGUAGES`). This is the only place that chooses, for the frame, the API it calls, automatic
texts, mails to visitors and the survey's page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.conf import settings
from django.utils import translation

_BY_TAG = {code.lower(): code for code, _name in settings.VISITOR_LANGUAGES}
_MAX_WISHES = 20


def known(tag: str) -> str | None:
    """The language of ours for "pt_BR", "es-419" or "fr": with its region if we have that, else without; or None."""
    parts = tag.strip().replace("_", "-").lower().split("-")
    return _BY_TAG.get("-".join(parts[:2])) or _BY_TAG.get(parts[0])


def wishes_in(accept_language: str) -> Iterator[str]:
    """The tags of an Accept-Language header, best first (RFC 9110 §12.5.4); what cannot be read counts as last."""

    def weight(item: str) -> float:
        _tag, _sign, quality = item.partition(";q=")
        try:
            return float(quality) if quality else 1.0
        except ValueError:
            return 0.0

    items = [item.replace(" ", "") for item in accept_language.split(",")[:_MAX_WISHES]]
    for item in sorted(items, key=weight, reverse=True):
        if weight(item) > 0:
            yield item.partition(";")[0]


def choose(*wanted: str, otherwise: str) -> str:
    """The first wish that we speak, else `otherwise`."""
    return next((found for tag in wanted if (found := known(tag))), None) or known(otherwise) or "en"


def for_visitor(*, asked: str, fixed: str, accept_language: str, account: str) -> str:
    """What the page asked for, else what the inbox is fixed to, else the browser's wishes, else the account's."""
    return choose(asked, fixed, *wishes_in(accept_language), otherwise=account)


def is_right_to_left(language: str) -> bool:
    """Whether it is written from right to left."""
    return bool(translation.get_language_info(language)["bidi"])


def names() -> Iterable[tuple[str, str]]:
    """Each language visitors can be spoken to, with its own name for itself."""
    return tuple(settings.VISITOR_LANGUAGES)
