"""Every sentence of the server exists in Spanish, with the same places to fill in."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract, extract_from_dir
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).parents[1] / "ventanilla"
_PLACE = re.compile(r"%\([a-z_]+\)[sd]")
_WORDS = {"_": None, "gettext": None, "gettext_lazy": None, "ngettext": (1, 2)}


def catalogue() -> dict[str, str]:
    """Each sentence with its translation; of those with a plural, both forms."""
    found: dict[str, str] = {}
    with (ROOT / "locale" / "es" / "LC_MESSAGES" / "django.po").open("rb") as file:
        for message in read_po(file, locale="es"):
            if message.id:
                asked = [message.id] if isinstance(message.id, str) else list(message.id)
                said = [message.string] if isinstance(message.string, str) else list(message.string)
                found |= dict(zip(asked, said, strict=True))
    return found


def sentences() -> set[str]:
    found = {
        text
        for _file, _line, message, _comments, _context in extract_from_dir(
            str(ROOT), method_map=[("**/tests/**", "ignore"), ("**.py", "python")], keywords=_WORDS
        )
        for text in ([message] if isinstance(message, str) else list(message))
        if text
    }
    for template in ROOT.rglob("*.html"):
        # As Django's own collector reads it: `trans`, and `blocktrans` with its places and plurals.
        code = templatize(template.read_text(encoding="utf-8"), origin=str(template))
        for _line, message, _comments, _context in extract("python", BytesIO(code.encode()), keywords=_WORDS):
            found |= {text for text in ([message] if isinstance(message, str) else message) if text}
    return found


def test_every_sentence_exists_in_spanish() -> None:
    known = catalogue()
    missing = sorted(text for text in sentences() if not known.get(text))
    assert not missing


def test_a_translation_has_the_same_places_to_fill_in() -> None:
    for text, translated in catalogue().items():
        assert sorted(_PLACE.findall(text)) == sorted(_PLACE.findall(translated)), text


def test_no_sentence_shouts() -> None:
    for text, translated in catalogue().items():
        assert not set("!¡") & set(translated.replace("! o #", "")), text
