"""Whether a value fits its attribute."""

from __future__ import annotations

import pytest

from ventanilla.attributes.commands import create_definition
from ventanilla.attributes.models import AttributeModel
from ventanilla.attributes.values import clean_values
from ventanilla.kit.errors import Invalid


@pytest.fixture
def clean(acme, admin):
    def check(display_type: str, value: object, **fields: object) -> object:
        create_definition(
            acme, key="k", display_name="K", display_type=display_type, attribute_model=1, by=admin, **fields
        )
        return clean_values(acme, {"k": value}, model=AttributeModel.CONTACT)["k"]

    return check


@pytest.mark.parametrize(
    ("display_type", "value", "stored"),
    [
        ("text", "x", "x"),
        ("number", "42", 42),
        ("percent", 1.5, 1.5),
        ("currency", "9.90", 9.9),
        ("link", "shop.example:8080/x", "shop.example:8080/x"),
        ("link", "https://shop.example", "https://shop.example"),
        ("date", "2026-05-31", "2026-05-31"),
        ("date", "2026-05-31T10:00:00Z", "2026-05-31T10:00:00Z"),
        ("checkbox", "true", True),
        ("checkbox", False, False),
        ("number", "", ""),
        ("date", None, None),
    ],
)
def test_a_fitting_value_is_stored_in_its_form(clean, display_type, value, stored):
    assert clean(display_type, value) == stored


@pytest.mark.parametrize(
    ("display_type", "value"),
    [
        ("text", {"a": 1}),
        ("number", "old"),
        ("number", True),
        ("number", "nan"),
        ("number", 99_999_999_999),
        ("link", "javascript:alert(1)"),
        ("link", "two words"),
        ("date", "31/05/2026"),
        ("date", "2026-02-30"),
        ("checkbox", "maybe"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(clean, display_type, value):
    with pytest.raises(Invalid) as refusal:
        clean(display_type, value)
    assert list(refusal.value.fields) == ["custom_attributes"]


def test_a_choice_must_be_one_of_the_list(clean):
    with pytest.raises(Invalid):
        clean("list", "gold", values=["free", "paid"])


def test_a_choice_of_the_list_fits(clean):
    assert clean("list", "paid", values=["free", "paid"]) == "paid"


def test_keys_without_a_definition_are_free_and_models_do_not_mix(acme, clean):
    clean("number", 1)
    assert clean_values(acme, {"free": [1]}, model=AttributeModel.CONTACT) == {"free": [1]}
    assert clean_values(acme, {"k": "text"}, model=AttributeModel.CONVERSATION) == {"k": "text"}


@pytest.mark.parametrize(
    ("pattern", "value", "fits"),
    [
        ("/^[a-z]{3}$/i", "ABC", True),
        ("^[a-z]{3}$", "ABC", False),
        (r"^\d+-[\dkK]$", "12345678-k", True),
        ("(", "anything", True),  # no pattern at all
        ("^(a|aa)+$", "a" * 60 + "!", True),  # would take longer than the universe has
    ],
)
def test_a_text_must_have_the_form_its_pattern_says(acme, admin, pattern, value, fits):
    create_definition(
        acme,
        key="k",
        display_name="K",
        attribute_model=1,
        regex_pattern=pattern,
        regex_cue="Three letters",
        by=admin,
    )
    if fits:
        assert clean_values(acme, {"k": value}, model=AttributeModel.CONTACT) == {"k": value}
    else:
        with pytest.raises(Invalid, match="Three letters"):
            clean_values(acme, {"k": value}, model=AttributeModel.CONTACT)
