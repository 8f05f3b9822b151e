"""The settings of a website channel beside its look: side, language, domains."""

from __future__ import annotations

from typing import Any

import pytest

from ventanilla.channels.webchat import channel
from ventanilla.kit.errors import Invalid

SITE = {"website_url": "https://tienda.example"}


def cleaned(**given: Any) -> dict[str, Any]:
    settings, _secrets, _address = channel.clean_settings({**SITE, **given}, {}, {})
    return settings


def test_by_default_side_and_language_follow_page_and_visitor_and_every_domain_may() -> None:
    settings = cleaned()
    chosen = (settings["widget_position"], settings["widget_language"], settings["allowed_domains"])
    assert chosen == ("auto", "", "")


def test_what_is_given_is_kept_in_one_form() -> None:
    settings = cleaned(
        widget_position="left",
        widget_language="PT_br",
        allowed_domains="https://Tienda.example/x\n*.blog.example",
    )
    chosen = (settings["widget_position"], settings["widget_language"], settings["allowed_domains"])
    assert chosen == ("left", "pt-BR", "tienda.example, *.blog.example")


@pytest.mark.feature("Z-31", "Z-34")
@pytest.mark.parametrize(
    ("field", "value"),
    [("widget_position", "top"), ("widget_language", "tlh"), ("allowed_domains", "no es")],
)
def test_what_cannot_be_is_refused_by_name(field: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        cleaned(**{field: value})
    assert list(refused.value.fields) == [field]
