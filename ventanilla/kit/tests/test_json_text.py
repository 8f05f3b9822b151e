"""JSON from outside: what is read, and what is refused before it can harm a later reader."""

from __future__ import annotations

import pytest

from ventanilla.kit.json_text import MAX_DEPTH, OutOfRange, Unreadable, read_json


@pytest.mark.parametrize("text", ["{}", "[1, 2.5, null, true]", '{"a": {"b": ["ñ"]}}', str(2**63 - 1), "-1"])
def test_what_programs_send_is_read(text):
    assert read_json(text) == read_json(text.encode())


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 200, 900, 1_000, 5_000, 200_000])
@pytest.mark.parametrize("shape", ["[{}]", '{{"a":{}}}'])
def test_what_is_nested_too_deeply_is_unreadable_at_any_depth(depth, shape):
    before, after = shape.format("|").split("|")
    with pytest.raises(Unreadable):
        read_json(before * depth + after * depth)
    assert read_json(before * 30 + "1" + after * 30)


@pytest.mark.parametrize(
    "text", ["", "{", "NaN", "1e999", '"\\ud800"', b'"\xff"', "'a'", "9" * 5_000, '"\ud800"']
)
def test_what_is_no_json_is_unreadable(text):
    with pytest.raises(Unreadable):
        read_json(text)


@pytest.mark.parametrize("text", ["1" + "0" * 25, '{"a": [{"b": -99999999999999999999}]}', str(2**63)])
def test_a_whole_number_no_column_holds_is_out_of_range_however_deep(text):
    with pytest.raises(OutOfRange):
        read_json(text)


@pytest.mark.parametrize(
    ("text", "names"),
    [('{"a": {"b": [{"c": %d}]}}', ("a", "b", "c")), ('{"x": 1, "y": [1, %d]}', ("y",)), ("[%d]", ())],
)
def test_what_is_out_of_range_is_named(text, names):
    with pytest.raises(OutOfRange) as refused:
        read_json(text % 2**70)
    assert refused.value.names == names


def test_digits_in_a_text_are_text():
    assert read_json('{"order": "12345678901234567890123"}') == {"order": "12345678901234567890123"}
