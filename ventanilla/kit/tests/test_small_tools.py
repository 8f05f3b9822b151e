"""Tokens, sealing, clock, phones, names, variables, pages, limits and refusals."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import pytest
from django.test import override_settings
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from ventanilla.kit import clock, limits, liquid, names, pagination, phones, seal, tokens
from ventanilla.kit.errors import Conflict, Invalid, NotFound, Refusal, Throttled


@given(text=st.text(st.characters(codec="utf-8")))
def test_what_is_sealed_opens_to_the_same_text(text: str) -> None:
    assert seal.open_sealed(seal.seal(text)) == text


def test_the_same_text_never_seals_to_the_same() -> None:
    assert seal.seal("secret") != seal.seal("secret")


def test_an_old_key_still_opens_and_an_unknown_one_does_not() -> None:
    with override_settings(SECRET_KEY="old", SECRET_KEY_FALLBACKS=[]):
        sealed = seal.seal("secret")
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=["old"]):
        assert seal.open_sealed(sealed) == "secret"
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[]), pytest.raises(seal.CannotOpen):
        seal.open_sealed(sealed)


@pytest.mark.parametrize("damaged", ["", "v1.", "v1.####", "v2.abc", "secret"])
def test_what_was_not_sealed_does_not_open(damaged: str) -> None:
    with pytest.raises(seal.CannotOpen):
        seal.open_sealed(damaged)


def test_a_changed_seal_does_not_open() -> None:
    sealed = seal.seal("secret")
    middle = len(sealed) // 2
    with pytest.raises(seal.CannotOpen):
        seal.open_sealed(sealed[:middle] + ("A" if sealed[middle] != "A" else "B") + sealed[middle + 1 :])


def test_sealed_columns_hide_the_value_from_the_database() -> None:
    field = seal.EncryptedJSONField()
    stored = field.get_prep_value({"password": "hunter2"})
    assert stored is not None
    assert "hunter2" not in stored
    assert field.from_db_value(stored, None, None) == {"password": "hunter2"}  # type: ignore[arg-type]
    assert field.get_prep_value(None) is None


def test_a_signature_is_the_hex_hmac_of_the_identifier() -> None:
    # Computed with: printf user-1 | openssl dgst -sha256 -hmac key
    signature = tokens.hmac_sha256("key", "user-1")
    assert tokens.is_signed_by("key", "user-1", signature)
    assert tokens.is_signed_by("key", "user-1", signature.upper())
    assert not tokens.is_signed_by("key", "user-2", signature)
    assert not tokens.is_signed_by("", "user-1", tokens.hmac_sha256("", "user-1"))
    assert not tokens.is_signed_by("key", "user-1", "")


def test_times_travel_as_whole_seconds_and_as_iso_with_milliseconds() -> None:
    moment = datetime(2024, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
    assert clock.iso(moment) == "2024-01-02T03:04:05.678Z"
    assert clock.epoch(moment) == 1704164645
    assert clock.from_epoch("1704164645") == moment.replace(microsecond=0)
    assert clock.epoch(None) == 0
    assert clock.iso(None) is None
    for wrong in ("x", 10**20, "inf"):
        with pytest.raises(ValueError):
            clock.from_epoch(wrong)


@pytest.mark.parametrize("wrong", ["", "Mars/Olympus", "../etc/passwd", "/etc/passwd"])
def test_only_known_time_zones_are_zones(wrong: str) -> None:
    with pytest.raises(ValueError):
        clock.zone(wrong)


def test_phones_are_stored_in_one_form() -> None:
    assert phones.to_e164("+34 600 11-12 22") == "+34600111222"
    assert phones.to_e164("0034600111222") == "+34600111222"
    assert phones.to_e164("600 111 222", region="ES") == "+34600111222"
    for wrong in ("", "600111222", "+0123", "+12345678901234567", "hello", "+"):
        with pytest.raises(Invalid):
            phones.to_e164(wrong)


@given(st.text(max_size=30))
def test_any_text_is_a_phone_in_the_stored_form_or_refused(text: str) -> None:
    with contextlib.suppress(Invalid):
        assert phones.is_e164(phones.to_e164(text))


def test_visitors_get_two_words_and_a_number() -> None:
    for locale in ("es", "en"):
        first, second, number = names.visitor_name(locale).split("-")
        assert first.isalpha()
        assert second.isalpha()
        assert 10 <= int(number) <= 99
        assert names.is_visitor_name(f"{first}-{second}-{number}")
    assert not names.is_visitor_name("Ana-María-12")


def test_first_and_last_name_need_two_words() -> None:
    assert names.first_and_last("Ana María Ruiz") == ("Ana", "Ruiz")
    assert names.first_and_last("Ana") == ("", "")


def test_variables_are_expanded_and_code_is_left_alone() -> None:
    variables = {"contact": {"name": "Carla", "custom_attribute": {"plan": "pro"}}}
    assert (
        liquid.render("Hola {{contact.name}}, plan {{ contact.custom_attribute.plan }}", variables)
        == "Hola Carla, plan pro"
    )
    assert (
        liquid.render("Escribe `{{contact.name}}`, {{contact.name}}", variables)
        == "Escribe `{{contact.name}}`, Carla"
    )
    assert liquid.render("```\n{{contact.name}}\n```", variables) == "```\n{{contact.name}}\n```"
    assert liquid.render("Hola {{contact.nothing}}.", variables) == "Hola ."


@pytest.mark.parametrize(
    "text",
    [
        "Hola {{contact.name",
        "{% if %}",
        "{% include 'x' %}",
        "{% nothing %}",
        "{% for i in (1..99999999) %}x{% endfor %}",
        "{{ contact.name | unknown_filter }}",
    ],
)
def test_a_template_error_leaves_the_text_as_written(text: str) -> None:
    assert liquid.render(text, {"contact": {"name": "Carla"}}) == text


def test_a_page_that_is_no_number_is_the_first() -> None:
    assert [pagination.page_number(raw) for raw in (None, "", "x", "-1", 0, "3", 10**12)] == [
        1,
        1,
        1,
        1,
        1,
        3,
        1_000_000,
    ]


def test_values_of_free_objects_are_bounded() -> None:
    limits.check_attributes({"a": "x" * 1500, "b": 9_999_999_999, "c": None, "d": True, "e": ["x"]})
    for wrong in (
        {"a": "x" * 1501},
        {"a": 10_000_000_000},
        {"a": float("nan")},
        {"a": ["x" * 9000]},
        {"a": "\x00"},
    ):
        with pytest.raises(Invalid):
            limits.check_attributes(wrong)


def test_only_http_addresses_are_web_addresses() -> None:
    assert limits.is_web_url("https://example.com/a?b=c")
    for wrong in (
        "javascript:alert(1)",
        "ftp://x.com",
        "https://",
        "//x.com",
        "https://a b.com",
        "http://[::1",
        "x" * 3000,
    ):
        assert not limits.is_web_url(wrong)


def test_a_refusal_says_its_sentence_its_fields_and_its_status() -> None:
    refusal = Invalid(fields={"email": ["Taken."], "name": ["Too long."]})
    assert (refusal.status, refusal.message) == (422, "Taken., Too long.")
    assert refusal.fields == {"email": ["Taken."], "name": ["Too long."]}
    assert (NotFound().status, Conflict().status, Throttled().status) == (404, 409, 429)
    assert str(Refusal("Because.")) == "Because."


def test_refusals_speak_the_language_of_the_request() -> None:
    with translation.override("en"):
        english = NotFound().message
    with translation.override("es"):
        assert NotFound().message != english
