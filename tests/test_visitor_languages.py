"""What visitors read of the server exists in each of their languages: the same sentences in all, faults included."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from django.test import Client
from django.utils import translation

from ventanilla.kit import errors

ROOT = Path(__file__).parents[1] / "ventanilla"
OTHERS = sorted(path.name for path in (ROOT / "locale").iterdir() if path.is_dir() and path.name != "es")
# Each sentence a visitor may meet at any door, whatever they asked for.
EVERYWHERE = ("web/trouble.py", "conversations/commands/templates.py")


def catalogue(language: str) -> dict[str, str]:
    with (ROOT / "locale" / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def sentences_everywhere() -> set[str]:
    with translation.override("en"):
        faults = {
            str(refusal.default_message)
            for _name, refusal in inspect.getmembers(errors, inspect.isclass)
            if issubclass(refusal, errors.Refusal)
        }
    said = {
        message if isinstance(message, str) else message[0]
        for place in EVERYWHERE
        for _line, message, _comments, _context in extract_from_file(
            "python", str(ROOT / place), keywords={"_": None}
        )
    }
    return faults | said


@pytest.mark.feature("Z-34")
@pytest.mark.parametrize("language", OTHERS)
def test_a_visitors_catalogue_has_what_they_may_read_and_what_the_others_have(language: str) -> None:
    mine = catalogue(language)
    assert sorted(sentences_everywhere() - set(mine)) == []
    assert set(mine) == set(catalogue("fr"))
    assert [text for text, translated in mine.items() if not translated.strip("() ',")] == []
    assert set(mine) <= set(catalogue("es"))


@pytest.mark.feature("Z-34")
@pytest.mark.parametrize("language", OTHERS)
def test_the_page_of_trouble_speaks_the_visitors_language(language: str, db: None) -> None:
    code = language.replace("_", "-")
    page = Client().get(
        "/nothing-of-ours-stands-here", headers={"accept-language": code, "accept": "text/html"}
    )
    text = page.content.decode()
    assert page.status_code == 404
    assert catalogue(language)["There's nothing here"] in text
    assert f'lang="{code.lower()}"' in text.lower()


@pytest.mark.feature("Z-34")
@pytest.mark.parametrize("language", OTHERS)
def test_what_goes_wrong_before_a_visitors_door_looks_is_said_in_their_language(
    language: str, db: None
) -> None:
    code = language.replace("_", "-")
    said = [
        Client().put("/api/v1/widget/config", headers={"accept-language": code}),
        Client().put(f"/api/v1/widget/config?locale={language}"),
    ]
    wanted = catalogue(language)["This address doesn't accept this kind of request."]
    assert [(one.status_code, wanted in one.json().values()) for one in said] == [(405, True)] * 2
