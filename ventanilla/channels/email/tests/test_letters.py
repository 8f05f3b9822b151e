"""Emails in many languages, of many programs: what the writer says is shown and what they quote is folded."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from babel.dates import format_date, format_time

from ventanilla.channels.email.replies import split_reply
from ventanilla.channels.email.tests.letters import (
    Letter,
    correspondence,
    folding,
    keeping,
    languages,
    programs,
    squeezed,
)
from ventanilla.kit.subjects import is_forward

LETTERS = [*languages.LETTERS, *programs.LETTERS, *keeping.LETTERS, *folding.LETTERS, *correspondence.LETTERS]


@pytest.mark.feature("Z-25", "I-02", "I-03")
@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: letter.name)
def test_what_was_written_is_shown_and_the_rest_is_folded(letter: Letter) -> None:
    parts = split_reply(letter.text, letter.html, is_forward=is_forward(letter.subject), writer=letter.writer)
    assert squeezed(parts.reply) == squeezed(letter.reply)
    folded = squeezed(" ".join((parts.history, parts.signature, parts.footer)))
    assert [words for words in letter.folds if squeezed(words) not in folded] == []
    assert not letter.signature or squeezed(parts.signature) == squeezed(letter.signature)
    assert not letter.footer or squeezed(parts.footer) == squeezed(letter.footer)


@pytest.mark.feature("Z-25")
@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: letter.name)
def test_nothing_that_was_written_is_lost(letter: Letter) -> None:
    parts = split_reply(letter.text, letter.html, is_forward=is_forward(letter.subject), writer=letter.writer)
    if not letter.text:
        return
    kept = " ".join((parts.reply, parts.history, parts.signature, parts.footer)).split()
    assert sorted(kept) == sorted(letter.text.split())


LOCALES = (
    "es es_CL es_MX en en_US en_GB pt pt_BR ca gl eu fr fr_CA de de_CH it nl sv nb da fi pl cs sk ro ru uk bg sr hr sl el tr"
    " ar fa he ja zh zh_TW ko hu et lt lv is id vi th hi"
).split()
MOMENT = datetime(2026, 12, 2, 9, 41, tzinfo=UTC)
ADDRESS = "hola@lua.example.test"
FORMS = (
    "{date} {time} Lua Souto <{address}>:",
    "{date}, {time}, Lua Souto ({address}):",
    "Lua Souto <{address}> {date} {time}:",
    "<{address}> {date} {time}:",
)


def attributions(locale: str) -> list[str]:
    """As a program of that language may write them, without a verb."""
    moments = [
        (format_date(MOMENT, kind, locale=locale), format_time(MOMENT, "short", locale=locale))
        for kind in ("short", "medium", "long", "full")
    ]
    return [form.format(date=date, time=time, address=ADDRESS) for date, time in moments for form in FORMS]


def wrappings(line: str) -> list[str]:
    """The line itself; broken at each of its spaces; broken within its address.

    Not where one word of the name, or the number of a day, would stand alone: that may be how the writer signs or answers.
    """
    broken = [
        f"{line[:place]}\n{line[place + 1 :]}"
        for place, one in enumerate(line)
        if one == " " and not (line[:place] == "Lua" or line[:place].isdecimal())
    ]
    at = line.index(ADDRESS)
    inside = [f"{line[: at + cut]}\n{line[at + cut :]}" for cut in (4, 5, 9, 13)]
    return [line, *broken, *inside]


@pytest.mark.feature("Z-25")
@pytest.mark.parametrize("locale", LOCALES)
def test_a_date_and_an_address_are_enough_in_any_language_wherever_the_line_is_wrapped(locale: str) -> None:
    missed = [
        wrapped
        for line in attributions(locale)
        for wrapped in wrappings(line)
        if split_reply(f"Vale, gracias.\n\n{wrapped}\n\n> Hola\n> Lua").reply != "Vale, gracias."
    ]
    assert missed == []


@pytest.mark.feature("Z-25")
@pytest.mark.parametrize("locale", LOCALES)
def test_without_marks_below_it_too(locale: str) -> None:
    missed = [
        line
        for line in attributions(locale)
        if split_reply(f"Vale, gracias.\n\n{line}\n\nHola\nLua").reply != "Vale, gracias."
    ]
    assert missed == []
