"""The words people read, on every screen and in both languages, by the rules of `words.toml`.

One file of rules serves the desk's catalogues, the widget's, the server's sentences (msgid and Spanish) and the command
line. A rule that catches nothing any more still shows by its own examples that it can.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
RULES: dict[str, Any] = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
LANGUAGES = ("en", "es")
_PLACE = re.compile(r"\{(\w+)\}|%\((\w+)\)[sd]")
# A place to fill in, an address: whatever it is called, nobody reads it as a word.
_NO_WORDS = re.compile(r"\{\{?[\w.]+\}?\}|%\(\w+\)[sd]|\b(?:mail|help)\.example\.com")
_NUMBERS = r"count|days|hours|minutes|messages|files|rows|tables|attempts"
_COUNTED = re.compile(rf"(?:\{{(?:{_NUMBERS})\}}|%\((?:{_NUMBERS})\)[sd]) (?P<word>[^\W\d_]+)")


@dataclass(frozen=True)
class Sentence:
    """One text people read: whose catalogue, which language, where, and each plural form of it."""

    whose: str
    language: str
    where: str
    forms: tuple[str, ...]


def _leaves(tree: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value


def _desk() -> Iterator[Sentence]:
    for language in LANGUAGES:
        for file in sorted((ROOT / "desk/src/i18n" / language).glob("*.json")):
            for key, text in _leaves(json.loads(file.read_text(encoding="utf-8"))):
                plain = text.replace("{'@'}", "@").replace("{'|'}", "¦")
                yield Sentence("desk", language, key, tuple(plain.split(" | ")))


def _widget() -> Iterator[Sentence]:
    for language in LANGUAGES:
        words = json.loads((ROOT / f"widget/src/messenger/words/{language}.json").read_text(encoding="utf-8"))
        for key, text in words.items():
            forms = tuple(text.values()) if isinstance(text, dict) else (text,)
            yield Sentence("widget", language, key, forms)


def _server() -> Iterator[Sentence]:
    with (ROOT / "ventanilla/locale/es/LC_MESSAGES/django.po").open("rb") as file:
        for message in read_po(file, locale="es"):
            if message.id:
                asked = (message.id,) if isinstance(message.id, str) else tuple(message.id)
                said = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
                yield Sentence("server", "en", asked[0], asked)
                yield Sentence("server", "es", asked[0], said)


def _command_line() -> Iterator[Sentence]:
    for file in ("ventanilla/config/cli/texts.toml", "scripts/tooling/texts.toml"):
        for key, both in tomllib.loads((ROOT / file).read_text(encoding="utf-8")).items():
            for language in LANGUAGES:
                yield Sentence("cli", language, key, (both[language],))


@cache
def sentences() -> tuple[Sentence, ...]:
    return (*_desk(), *_widget(), *_server(), *_command_line())


def broken(rule: dict[str, Any], text: str) -> bool:
    """Whether this text says what the rule forbids, beyond what it excepts."""
    for allowed in rule.get("except", ()):
        text = text.replace(allowed, "")
    text = _NO_WORDS.sub("…", text)
    return re.search(rule["never"], text, re.IGNORECASE) is not None


def faults(sentence: Sentence) -> list[str]:
    """What is wrong with one sentence, in words for whoever has to change it."""
    found = []
    for rule in RULES[sentence.language]:
        if sentence.whose in rule.get("only", (sentence.whose,)):
            found += [
                f"“{form}”: say {rule['say']}. {rule['why']}" for form in sentence.forms if broken(rule, form)
            ]
    if len(sentence.forms) == 1:
        for counted in _COUNTED.finditer(sentence.forms[0]):
            if counted["word"] not in RULES["alike"][sentence.language]:
                found.append(f"“{sentence.forms[0]}”: it fails at 1; give it plural forms or a list form.")
    return [f"{sentence.whose} {sentence.language} {sentence.where}: {fault}" for fault in found]


def test_every_sentence_keeps_the_rules_of_words() -> None:
    found = [fault for sentence in sentences() for fault in faults(sentence)]
    assert not found, "\n".join(found)
    assert len(sentences()) > 2000


@pytest.mark.parametrize(
    ("language", "rule"),
    [(language, rule) for language in LANGUAGES for rule in RULES[language]],
    ids=lambda value: value if isinstance(value, str) else value["say"],
)
def test_a_rule_catches_what_it_forbids_and_lets_the_better_pass(language: str, rule: dict[str, Any]) -> None:
    whose = rule.get("only", ["desk"])[0]
    assert any(
        rule["say"] in fault for fault in faults(Sentence(whose, language, "planted", (rule["wrong"],)))
    )
    assert not faults(Sentence(whose, language, "planted", (rule["right"],)))


def test_a_number_that_can_be_one_needs_plural_forms() -> None:
    assert faults(Sentence("desk", "es", "planted", ("{count} cambios aplicados",)))
    assert faults(Sentence("server", "en", "planted", ("after %(days)s days",)))
    assert not faults(Sentence("desk", "es", "planted", ("{count} cambio", "{count} cambios")))
    assert not faults(Sentence("cli", "en", "planted", ("Changes applied: {count}.",)))


def test_both_languages_fill_in_the_same_places() -> None:
    places: dict[tuple[str, str], dict[str, set[str]]] = {}
    for sentence in sentences():
        named = {one or other for form in sentence.forms for one, other in _PLACE.findall(form)}
        places.setdefault((sentence.whose, sentence.where), {})[sentence.language] = named
    assert not {key: both for key, both in places.items() if both.get("en") != both.get("es")}
