"""Visitors are spoken to in their own language (decision Q-19)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from django.conf import settings

from ventanilla.kit import languages

ROOM = Path(settings.BASE_DIR) / "ventanilla"
TEAM = {"es", "en"}  # the source is English, and the Spanish catalogue holds everything
# What says something to a visitor: on its page, in its widget, by mail, or as a refusal at its door.
SPOKEN = (
    "web/survey.py", "conversations/commands/templates.py", "conversations/satisfaction.py", "api/visitors.py",
    "api/widget/access.py", "api/widget/contact.py", "api/widget/messages.py", "delivery/mails.py",
    "conversations/commands/transcripts.py", "api/uploads/attachments.py", "api/uploads/direct.py",
)  # fmt: skip
PAGES = (
    "web/templates/web/survey.html",
    "web/templates/web/busy.html",
    "web/templates/web/widget.html",
    "kit/templates/mail.html",
)


# Why a copy did not leave: the desk alone shows it.
TO_AGENTS = {
    "The mail server didn't say whether it accepted the email.",
    "Ventanilla's mail server isn't responding.",
    "The conversation no longer exists.",
}


def said() -> Iterator[str]:
    """Every sentence a visitor may read."""
    for name in SPOKEN:
        for _line, message, _comments, _context in extract_from_file(
            "python", ROOM / name, keywords={"_": None, "gettext": None, "gettext_lazy": None}
        ):
            sentence = message if isinstance(message, str) else message[0]
            if sentence not in TO_AGENTS:
                yield sentence
    for name in PAGES:
        yield from re.findall(r'{% trans "([^"]*)"', (ROOM / name).read_text(encoding="utf-8"))


@pytest.mark.feature("Z-34")
@pytest.mark.parametrize("code", [code for code, _name in languages.names() if code not in TEAM])
def test_every_sentence_to_a_visitor_is_in_every_language_with_the_same_values(code: str) -> None:
    path = ROOM / "locale" / code.replace("-", "_") / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        catalogue = read_po(file)
    values = re.compile(r"%\(\w+\)s")
    for sentence in said():
        entry = catalogue.get(sentence)
        assert entry is not None, sentence
        assert entry.string, sentence
        assert sorted(values.findall(str(entry.string))) == sorted(values.findall(sentence))


@pytest.mark.feature("Z-34")
def test_the_messenger_and_the_server_speak_the_same_languages() -> None:
    folder = Path(settings.BASE_DIR) / "widget" / "src" / "messenger" / "words"
    assert {path.stem for path in folder.glob("*.json")} == {code for code, _name in languages.names()}
