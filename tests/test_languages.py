"""Every sentence of the server exists in Spanish, with the same places to fill in."""

from __future__ import annotations

import ast
import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract, extract_from_dir
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).parents[1] / "ventanilla"
_PLACE = re.compile(r"%\([a-z_]+\)[sd]")
_WORDS = {"_": None, "gettext": None, "gettext_lazy": None, "lazy": None, "ngettext": (1, 2)}


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


_REASONS = {
    "SendFailed",
    "SendUnknown",
    "SendNeedsSignIn",
    "Unreachable",
    "SignInRefused",
    "PartlyFailed",
    "Withdrawn",
}


@pytest.mark.feature("Z-22")
def test_what_people_read_of_a_message_that_did_not_leave_is_in_the_catalogue() -> None:
    """Such a reason is shown in the thread, so none is a bare English text in the code."""
    bare = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in sorted(ROOT.rglob("*.py"))
        if not {"tests", "testing"} & set(path.parts)
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in _REASONS
        if call.args and _is_sentence(call.args[0])
    ]
    assert not bare


def _is_sentence(given: ast.expr) -> bool:
    """Whether words of ours stand there as they are; a protocol's own (HTTP 410) are no words of ours."""
    texts = given.values if isinstance(given, ast.JoinedStr) else [given]
    words = [one.value for one in texts if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return any(re.search(r"[a-z]{2} ?", word) for word in words)
