"""How a customer is asked for their satisfaction: the five answers, and where the survey's page is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from ventanilla.inboxes.marks import MessageMarks
from ventanilla.kit import links

# For places without pictures, worst first.
FACES = ("😞", "🙁", "😐", "🙂", "😀")
STARS = ("★", "★★", "★★★", "★★★★", "★★★★★")


def scale() -> list[tuple[int, str]]:
    """Each rating with its word in the language active now, worst first."""
    words = (_("Very bad"), _("Bad"), _("Fair"), _("Good"), _("Very good"))
    return list(enumerate(words, start=1))


def signs_of(attributes: Mapping[str, Any]) -> tuple[str, ...]:
    """The sign of each rating, as the inbox wished when it asked (content attributes of the survey)."""
    return STARS if MessageMarks(attributes).has_stars else FACES


def survey_url(conversation_uuid: object) -> str:
    """The page that whoever has its address may answer (contract C.3). Raises AddressUnknown."""
    return links.public_url(f"/survey/responses/{conversation_uuid}")
