"""How a command answers: a sentence for people, one JSON object for programs (`--json`)."""

from __future__ import annotations

import json
import sys
from typing import Any

from ventanilla.config.cli.arguments import Misused
from ventanilla.config.cli.texts import text


class Stop(Exception):
    """The command cannot go on; `code` names the reason and its sentence in texts.toml (`stop_<code>`)."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values

    def sentence(self) -> str:
        """Why, and what to do about it."""
        return text(f"stop_{self.code}", **self.values)


def answer(as_json: bool, sentence: str, **fields: Any) -> None:
    """Print the command's result."""
    print(json.dumps(fields, ensure_ascii=False, default=str) if as_json else sentence, flush=True)


def complain(as_json: bool, stop: Stop) -> None:
    """Print on the error stream why the command stopped."""
    _say_error(as_json, stop.code, stop.sentence(), stop.sentence())


def complain_of_line(as_json: bool, wrong: Misused) -> None:
    """Print on the error stream what is wrong with the line; for people also how it is written."""
    sentence = text("usage_error", program=wrong.program, message=wrong)
    _say_error(as_json, "usage", sentence, wrong.usage + sentence)


def _say_error(as_json: bool, code: str, message: str, for_people: str) -> None:
    said = {"error": {"code": code, "message": message}}
    print(json.dumps(said, ensure_ascii=False) if as_json else for_people, file=sys.stderr, flush=True)
