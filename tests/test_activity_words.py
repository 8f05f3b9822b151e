"""The desk says what happened in its reader's language: it knows every kind of line, in the words of the server."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.module_loading import autodiscover_modules

from ventanilla.conversations.commands.activity import lines, sentences

CATALOGUES = Path(__file__).resolve().parents[1] / "desk" / "src" / "i18n"


@pytest.mark.feature("C-19", "X-01")
@pytest.mark.parametrize("language", ["es", "en"])
def test_the_desk_has_a_sentence_for_every_activity(language):
    autodiscover_modules("commands")  # whichever room declares some
    said = json.loads((CATALOGUES / language / "activity.json").read_text())["activity"]
    with translation.override(language):
        known = {
            kind.replace(".", "_"): re.sub(r"%\((\w+)\)s", r"{\1}", text)
            for kind, text in sentences().items()
        }
    assert said == known


def test_a_kind_is_declared_once():
    with pytest.raises(ValueError, match="muted"):
        lines({"muted": "Again"})
