"""What a caller gave, however they gave it: JSON, form or multipart, query parameters, bare or wrapped in the
resource's name, `labels[]=a`, `message[content]=…`. Endpoints declare one schema and one `Given()` parameter.

    class TeamIn(Body):
        wrapper = "team"
        name: str

    def create_team(request: Request, account_id: int, given: TeamIn = Given()) -> …
"""

from __future__ import annotations

import re
from types import UnionType
from typing import Any, ClassVar, Union, get_args, get_origin

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.params.models import BodyModel, Param
from ninja.parser import Parser
from pydantic import model_validator
from pydantic_core import PydanticUndefined

from ventanilla.kit.errors import BadRequest, Invalid, TooLarge
from ventanilla.kit.json_text import OutOfRange, Unreadable, read_json

_KEY_PART = re.compile(r"\[([^\[\]]*)\]")
_MAX_DEPTH = 8


class Body(Schema):
    """Base of input schemas. `wrapper`: the resource name clients may wrap the fields in.

    `given.model_fields_set` says which fields were given; absent and null differ.
    """

    wrapper: ClassVar[str | None] = None

    @model_validator(mode="before")
    @classmethod
    def blank_is_absent(cls, data: Any) -> Any:
        """A blank string means "not given" for every field that does not take text."""
        values = getattr(data, "_obj", data)
        if not isinstance(values, dict):
            return data
        return {
            name: value
            for name, value in values.items()
            if not (
                value == ""
                and (field := cls.model_fields.get(name)) is not None
                and not _takes_text(field.annotation)
            )
        }

    @property
    def given(self) -> dict[str, Any]:
        """Only the fields that the caller gave, by name."""
        return {name: getattr(self, name) for name in self.model_fields_set}


def _takes_text(annotation: Any) -> bool:
    if annotation is str or annotation is Any:
        return True
    if get_origin(annotation) in (Union, UnionType):
        return any(_takes_text(argument) for argument in get_args(annotation))
    return False


def _put(target: dict[str, Any], key: str, values: list[Any]) -> None:
    """Set `a[b][]` the way form encoders mean it: nested objects, and lists for a trailing `[]`."""
    name, *parts = [key.split("[", 1)[0], *_KEY_PART.findall(key)]
    parts = parts[:_MAX_DEPTH]
    is_list = bool(parts) and parts[-1] == ""
    if is_list:
        parts.pop()
    for part in parts:
        inner = target.get(name)
        if not isinstance(inner, dict):
            inner = target[name] = {}
        target, name = inner, part
    # A form says "an empty list" by one blank item.
    target[name] = [value for value in values if value != ""] if is_list else values[-1]


def _from_form(form: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for key, values in form.lists():
        _put(fields, key, values)
    return fields


def _form(request: HttpRequest) -> tuple[QueryDict, Any]:
    # Django reads forms of POST only; the contract's clients send them with PUT and PATCH too.
    method, request.method = request.method, "POST"
    try:
        return request.POST, request.FILES
    except MultiPartParserError as error:
        raise BadRequest from error
    except RequestDataTooBig as error:
        raise TooLarge from error
    finally:
        request.method = method


def given_fields(request: HttpRequest, wrapper: str | None = None) -> dict[str, Any]:
    """All fields of the request as one object. The body wins over the query, wrapped fields over bare ones.

    Raises BadRequest when the body cannot be read, TooLarge when it is over the limit.
    """
    fields = _from_form(request.GET)
    may_hold_nul = False
    content_type = request.content_type or ""
    if content_type in {"multipart/form-data", "application/x-www-form-urlencoded"}:
        form, files = _form(request)
        fields |= _from_form(form)
        may_hold_nul = True
        for key, uploads in files.lists():
            _merge_files(fields, key, uploads)
    else:
        try:
            raw = request.body
        except RequestDataTooBig as error:
            raise TooLarge from error
        if raw.strip():
            try:
                body = read_json(raw)
            except OutOfRange as error:
                raise _too_large(error, wrapper) from error
            except Unreadable as error:
                raise BadRequest from error
            if not isinstance(body, dict):
                raise BadRequest
            fields |= body
            may_hold_nul = may_hold_nul or b"\\u0000" in raw
    if wrapper and isinstance(fields.get(wrapper), dict):
        inner = fields.pop(wrapper)
        fields |= inner
    return {key: _without_nul(value) for key, value in fields.items()} if may_hold_nul else fields


def _too_large(error: OutOfRange, wrapper: str | None) -> Invalid:
    """The field is the outermost name, as for every other refusal of a body; the sentence says the way to the value."""
    names = error.names[1:] if wrapper and error.names[:1] == (wrapper,) else error.names
    if not names:
        return Invalid(_("One of the values is too large."))
    return Invalid(fields={names[0]: [_("%(name)s is too large.") % {"name": ".".join(names)}]})


def _without_nul(value: Any) -> Any:
    """The value without NUL characters, which PostgreSQL cannot store and no one means to send."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, dict):
        return {str(key).replace("\x00", ""): _without_nul(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_nul(item) for item in value]
    return value


def _merge_files(fields: dict[str, Any], key: str, uploads: list[UploadedFile[Any]]) -> None:
    # `attachments[]` may carry signed ids (text) and files in one request.
    name = key.removesuffix("[]")
    already = fields.get(name)
    if key.endswith("[]") and isinstance(already, list):
        already.extend(uploads)
    else:
        _put(fields, key, list(uploads))


class QueryParser(Parser):
    """Ninja's reader of query parameters, for which a blank one is one that was not given (contract A.12.3)."""

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        """The parameters by name; those of `list_fields` as lists."""
        found: dict[str, Any] = {}
        for key, values in data.lists():
            if given := [value for value in values if value != ""]:
                found[key] = given if key in list_fields else given[-1]
        return found


class GivenModel(BodyModel):
    """Ninja's body model, filled by `given_fields`."""

    @classmethod
    def get_request_data(
        cls, request: HttpRequest, api: NinjaAPI, path_params: dict[str, Any]
    ) -> dict[str, Any]:
        name: str = cls.__read_from_single_attr__
        schema = cls.model_fields[name].annotation
        return {name: given_fields(request, getattr(schema, "wrapper", None))}


class _Given(Param):  # type: ignore[misc]  # ninja's own way to name a source of input
    _model = GivenModel

    @classmethod
    def _param_source(cls) -> str:
        return "body"


def Given() -> Any:
    """The endpoint's one parameter of input; its annotation is a `Body` schema."""
    return _Given(PydanticUndefined)
