"""The five answers, in words and as signs for places without pictures."""

from __future__ import annotations

from django.utils.translation import gettext as _

SIGNS = ("😞", "🙁", "😐", "🙂", "😀")


def scale() -> list[tuple[int, str]]:
    """Each rating with its word in the language active now, worst first."""
    words = (_("Very bad"), _("Bad"), _("Fair"), _("Good"), _("Very good"))
    return list(enumerate(words, start=1))
