"""A setting is declared once; what follows from it agrees."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ventanilla.kit.errors import Invalid
from ventanilla.kit.setting_fields import Choice, Settings, Structure, Switch, Text, Whole, Zone


def _list(given: object, current: object) -> list[object]:
    if not isinstance(given, list):
        raise Invalid(fields={"days": ["no list"]})
    return [current, *given]


SAMPLE = Settings(
    Switch(name="loud", label="Loud", group="general"),
    Text(name="motto", label="Motto", when="loud", longest=5, nullable=True, blank_is_null=True),
    Choice(
        name="side", label="Side", options=[("left", "Left"), ("right", "Right")], refusal="Left or right."
    ),
    Whole(name="days_kept", label="Days", lowest=1, highest=9, refusal="One to nine.", nullable=True),
    Zone(name="zone", label="Zone"),
    Structure(name="days", of=list, cleaned=_list),
    Text(name="key", for_administrators=True, is_secret=True, nullable=True),
)


def clean(**given: object) -> dict[str, object]:
    return SAMPLE.clean(given, lambda name: f"kept {name}")


def test_each_kind_cleans_its_value_and_only_what_is_given():
    assert clean(loud=1, motto=" hey ", side="left", days_kept=None, zone="UTC", other=1) == {
        "loud": True, "motto": "hey", "side": "left", "days_kept": None, "zone": "UTC",
    }  # fmt: skip
    assert clean(days=[1]) == {"days": ["kept days", 1]}


def test_every_wrong_field_is_named_at_once_and_structures_after_them():
    with pytest.raises(Invalid) as refused:
        clean(motto="too long", side="up", days_kept=10, zone="Mars", days="x")
    assert set(refused.value.fields) == {"motto", "side", "days_kept", "zone"}
    with pytest.raises(Invalid) as refused:
        clean(days="x")
    assert set(refused.value.fields) == {"days"}


def test_null_is_an_answer_only_where_it_empties():
    given = {"loud": None, "motto": None, "days_kept": None, "other": 1}
    assert SAMPLE.said(given) == {"motto": None, "days_kept": None}


def test_the_wire_shows_what_the_caller_may_see():
    row = SimpleNamespace(loud=True, motto="", side="left", days_kept=3, zone="UTC", days=[], key="k")
    shown = SAMPLE.shown(row, for_administrator=False)
    assert (shown["motto"], "key" in shown) == (None, False)
    assert SAMPLE.shown(row, for_administrator=True)["key"] == "k"
    assert SAMPLE.secret == {"key"}


def test_the_form_says_what_a_person_fills_in_and_on_what_it_depends():
    fields = SAMPLE.form()["properties"]
    assert set(fields) == {"loud", "motto", "side", "days_kept", "zone"}
    assert fields["motto"] == {"type": "string", "title": "Motto", "when": "loud", "maxLength": 5}
    assert fields["side"]["enumTitles"] == ["Left", "Right"]
