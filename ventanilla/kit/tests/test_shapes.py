"""Objects inside an input are read as its fields are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from django.utils import translation
from pydantic import Field

from ventanilla.kit.errors import Invalid
from ventanilla.kit.shapes import Number, Shape, Texts, Whole, read


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


class Inner(Shape):
    name: str
    shown: bool = False


class Outer(Shape):
    title: str = ""
    colour: str = "#fff"
    on: bool = False
    count: Annotated[Whole, Field(ge=0, le=9)] = 0
    hours: Number | None = None
    words: Texts = []
    secret: str | None = None
    inner: Inner | None = None
    many: list[Inner] = []


@pytest.mark.parametrize(("given", "kept"), [
    ({"on": "false"}, {"on": False}),
    ({"on": 1}, {"on": True}),
    ({"on": ""}, {}),
    ({"on": None}, {}),
    ({"count": "5"}, {"count": 5}),
    ({"count": ""}, {}),
    ({"hours": "1.5"}, {"hours": 1.5}),
    ({"hours": "24"}, {"hours": 24}),
    ({"title": ""}, {"title": ""}),
    ({"title": None}, {"title": ""}),
    ({"colour": None}, {}),
    ({"secret": None}, {}),
    ({"secret": ""}, {"secret": ""}),
    ({"words": ["", "a", None]}, {"words": ["a"]}),
    ({"inner": {"name": "x", "other": 1}}, {"inner": {"name": "x", "shown": False}}),
    ({"many": [{"name": "x", "shown": "yes"}]}, {"many": [{"name": "x", "shown": True}]}),
    ({"unknown": {"deep": 1}}, {}),
])  # fmt: skip
def test_what_can_be_read_is_read(given, kept):
    assert read(Outer, given) == kept


@pytest.mark.parametrize(("given", "sentence"), [
    ({"on": "perhaps"}, "on must be true or false"),
    ({"on": []}, "on must be true or false"),
    ({"on": 7}, "on must be true or false"),
    ({"count": True}, "count must be a whole number"),
    ({"count": 1.5}, "count must be a whole number"),
    ({"count": 10}, "count is not valid"),
    ({"hours": False}, "hours must be a number"),
    ({"hours": [5]}, "hours must be a number"),
    ({"hours": "1e999"}, "hours must be a number"),
    ({"title": 5}, "title must be text"),
    ({"title": {"a": 1}}, "title must be text"),
    ({"title": "x" * 10_001}, "title is too long"),
    ({"words": "a"}, "words must be a list"),
    ({"words": [5]}, "words must be text"),
    ({"inner": []}, "inner must be an object"),
    ({"inner": {}}, "name is required"),
    ({"many": {"0": {"name": "x"}}}, "many must be a list"),
])  # fmt: skip
def test_what_cannot_is_refused_by_name(given: dict[str, Any], sentence: str):
    with pytest.raises(Invalid) as refused:
        read(Outer, given)
    assert refused.value.fields[next(iter(given))] == [sentence]


def test_a_part_goes_by_the_name_of_the_whole():
    with pytest.raises(Invalid) as refused:
        read(Outer, {"on": "perhaps", "count": []}, field="config")
    assert list(refused.value.fields) == ["config"]
    with pytest.raises(Invalid) as refused:
        read(Outer, "text", field="config")
    assert refused.value.fields == {"config": ["config must be an object"]}
