"""Objects inside an input: read the way fields of a body are (contract A.12.3), whoever sent them and however.

A form has nothing but text, so `"false"` is false and `"587"` is 587; a blank means "not given" where no text is wanted.
What cannot be read that way is refused and named, never stored as it came: the next client that lists it would fail.

    class Form(Shape):
        title: str = ""
        limit: Annotated[int, Field(ge=0, le=100)] = 0

    read(Form, {"limit": "5", "other": 1}) == {"limit": 5}
"""

from __future__ import annotations

from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from django.utils.translation import gettext as _
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from ventanilla.kit.errors import Invalid

MAX_TEXT_CHARS = 10_000


def _no_switch(value: Any) -> Any:
    if isinstance(value, bool):  # Python counts with them, people do not
        raise PydanticCustomError("int_type", "")
    return value


def _no_switch_as_number(value: Any) -> Any:
    if isinstance(value, bool):
        raise PydanticCustomError("float_type", "")
    return value


def _whole_if_it_is(value: float) -> float:
    return int(value) if value.is_integer() else value


def _without_blanks(value: Any) -> Any:
    # Forms say "none of them" with one blank.
    return [item for item in value if item not in ("", None)] if isinstance(value, list) else value


Whole = Annotated[int, BeforeValidator(_no_switch)]
Number = Annotated[
    float, BeforeValidator(_no_switch_as_number), AfterValidator(_whole_if_it_is), Field(allow_inf_nan=False)
]
Texts = Annotated[list[str], BeforeValidator(_without_blanks)]


class Shape(BaseModel):
    """Base of what may be sent: names, types, and defaults for what is left out. Other names are left out of account."""

    model_config = ConfigDict(extra="ignore", str_max_length=MAX_TEXT_CHARS)

    @model_validator(mode="before")
    @classmethod
    def blank_is_absent(cls, data: Any) -> Any:
        """Null empties a text that may be empty and is no answer elsewhere; a blank is one only to a text."""
        if not isinstance(data, dict):
            return data
        own = {name: value for name, value in data.items() if name not in cls.model_fields}
        said = {
            name: "" if data[name] is None else data[name]
            for name, field in cls.model_fields.items()
            if name in data and _says_something(data[name], field)
        }
        return said | own

    @classmethod
    def defaults(cls) -> dict[str, Any]:
        """Everything as it is when nothing is said."""
        return cls().model_dump()


def _says_something(value: Any, field: FieldInfo) -> bool:
    if value is None:
        return bool(field.default == "")
    return value != "" or takes_text(field.annotation)


def takes_text(annotation: Any) -> bool:
    """Whether a text is a value of this type as it stands."""
    if annotation is str or annotation is Any:
        return True
    if get_origin(annotation) in (Union, UnionType):
        return any(takes_text(argument) for argument in get_args(annotation))
    return False


def read(shape: type[Shape], given: Any, *, field: str | None = None) -> dict[str, Any]:
    """What was given, by name and in its type; objects inside are completed with their defaults.

    `field` is the name of the whole thing where the caller of the API gave it one. Raises Invalid, naming the fields.
    """
    try:
        found = shape.model_validate(given)
    except ValidationError as error:
        raise Invalid(fields=_problems(error, field)) from None
    whole = found.model_dump()
    return {name: whole[name] for name in found.model_fields_set if name in whole}


def _problems(error: ValidationError, field: str | None) -> dict[str, list[str]]:
    problems: dict[str, list[str]] = {}
    for item in error.errors(include_url=False, include_context=False, include_input=False):
        names = [part for part in item["loc"] if isinstance(part, str)] or [field or ""]
        sentence = f"{names[-1]} {_reason(item['type'])}".strip()
        told = problems.setdefault(field or names[0], [])
        if sentence not in told:
            told.append(sentence)
    return problems


def _reason(kind: str) -> str:
    if kind == "missing":
        return _("is required")
    if kind.startswith("int_"):
        return _("must be a whole number")
    if kind.startswith(("float_", "finite_")):
        return _("must be a number")
    if kind.startswith("bool_"):
        return _("must be true or false")
    if kind == "string_too_long":
        return _("is too long")
    if kind.startswith("string_"):
        return _("must be text")
    if kind == "list_type":
        return _("must be a list")
    if kind in {"dict_type", "model_type", "model_attributes_type"}:
        return _("must be an object")
    if kind in {"enum", "literal_error"}:
        return _("is not one of the known values")
    return _("is not valid")
