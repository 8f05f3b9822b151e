"""Refusals as the contract's envelopes (behaviour.md A.4). A few keys more than a client of one route expects do no harm:
`error` and `message` say the same, `attributes` and `fields` name the faulty inputs."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from ventanilla.api.replies import json_reply
from ventanilla.kit.errors import (
    BadRequest,
    Broken,
    Conflict,
    Forbidden,
    Interrupted,
    Invalid,
    MethodNotAllowed,
    NotFound,
    Refusal,
    Throttled,
    TimedOut,
    TooLarge,
    Unauthorised,
    Unavailable,
)
from ventanilla.kit.faults import fault_of, note_fault


class NoSession(Unauthorised):
    """No credentials, or a session that is over: answered in the session's own envelope."""

    code = "no_session"


def refusal_reply(refusal: Refusal) -> HttpResponse:
    """The answer for a refusal."""
    if isinstance(refusal, Throttled):
        response = HttpResponse(refusal.message, status=429, content_type="text/plain; charset=utf-8")
        response["Retry-After"] = str(max(1, refusal.retry_after_seconds))
        return response
    response = json_reply(refusal_body(refusal), status=refusal.status)
    if isinstance(refusal, Unavailable):
        response["Retry-After"] = str(refusal.retry_after_seconds)
    return response


def refusal_body(refusal: Refusal) -> dict[str, Any]:
    """What it says."""
    message = refusal.message
    body: dict[str, Any] = {"error": message, "code": refusal.code, **refusal.facts}
    if isinstance(refusal, NoSession):
        body["errors"] = [message]
        body["success"] = False
    if refusal.fields:
        body |= {"message": message, "attributes": list(refusal.fields), "fields": refusal.fields}
    elif refusal.status in {402, 403, 422}:
        body |= {"message": message, "attributes": []}
    return body


def reply_for_status(status: int) -> HttpResponse:
    """The envelope of an error that came without words: a framework's, or a bare status."""
    response = refusal_reply(refusal_for_status(status))
    response.status_code = status
    return response


def refusal_for_status(status: int) -> Refusal:
    """The refusal of that status, with its usual words."""
    return next((kind() for kind in _BY_STATUS if kind.status == status), Refusal())


_BY_STATUS: tuple[type[Refusal], ...] = (
    BadRequest, Unauthorised, Forbidden, NotFound, MethodNotAllowed, TimedOut, Conflict, TooLarge, Invalid, Unavailable,
    Broken,
)  # fmt: skip


def unreadable(error: BaseException) -> Refusal | None:
    """The refusal for what a framework raises about a request that cannot be read; None for anything else."""
    if isinstance(error, RequestDataTooBig):
        return TooLarge()
    if isinstance(error, SuspiciousOperation | MultiPartParserError | UnreadablePostError | RecursionError):
        return BadRequest()  # too many fields, a wrong boundary, a form or text nested past all use
    return None


# What pydantic found, in words for people; anything else is "not valid".
_REASONS = {
    "missing": "is required",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "float_parsing": "must be a number",
    "bool_parsing": "must be true or false",
    "string_type": "must be text",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "string_too_long": "is too long",
    "enum": "is not one of the known values",
    "literal_error": "is not one of the known values",
}


def _sentences() -> dict[str, str]:
    return {
        "is required": _("is required"),
        "must be a whole number": _("must be a whole number"),
        "must be a number": _("must be a number"),
        "must be true or false": _("must be true or false"),
        "must be text": _("must be text"),
        "must be a list": _("must be a list"),
        "must be an object": _("must be an object"),
        "is too long": _("is too long"),
        "is not one of the known values": _("is not one of the known values"),
    }


def _validation_fields(error: ValidationError) -> dict[str, list[str]]:
    sentences = _sentences()
    fields: dict[str, list[str]] = {}
    for item in error.errors:
        name = _field_of(item["loc"])
        reason = _REASONS.get(item["type"])
        sentence = sentences[reason] if reason else _("is not valid")
        sentences_of = fields.setdefault(name, [])
        if f"{name} {sentence}" not in sentences_of:  # each item of a list says it anew
            sentences_of.append(f"{name} {sentence}")
    return fields


def _field_of(place: tuple[int | str, ...]) -> str:
    """The input's name as the caller wrote it: of ("query", "inbox_ids[]", 0) inbox_ids, never the place in a list."""
    names = [part for part in place[1:] if isinstance(part, str)]
    if len(names) > 1 and names[0] == "given":  # our own name for the whole input
        names = names[1:]
    return names[0].removesuffix("[]") if names else str(place[-1])


def install(api: NinjaAPI) -> None:
    """Teach `api` to answer refusals. Anything else stays a 500 and is logged."""

    @api.exception_handler(Refusal)
    def on_refusal(_request: HttpRequest, refusal: Refusal) -> HttpResponse:
        return refusal_reply(refusal)

    @api.exception_handler(ValidationError)
    def on_invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
        fields = _validation_fields(error)
        if any(item["loc"][0] == "path" for item in error.errors):
            return refusal_reply(NotFound())
        message = ", ".join(
            dict.fromkeys(sentence for sentences in fields.values() for sentence in sentences)
        )
        return json_reply(
            {"message": message, "error": message, "attributes": list(fields), "fields": fields}, status=422
        )

    @api.exception_handler(Http404)
    def on_missing(_request: HttpRequest, _error: Http404) -> HttpResponse:
        return refusal_reply(NotFound())

    @api.exception_handler(AuthenticationError)
    def on_nobody(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
        return refusal_reply(NoSession(_("Sign in to continue.")))

    @api.exception_handler(OverflowError)
    @api.exception_handler(DataError)
    def on_impossible_value(_request: HttpRequest, _error: Exception) -> HttpResponse:
        # A number past 64 bits inside a list of ids: SQLite raises the one, PostgreSQL the other.
        return refusal_reply(Invalid(_("One of the values is too large.")))

    @api.exception_handler(HttpError)
    def on_http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
        return json_reply({"error": str(error), "message": str(error)}, status=error.status_code)

    @api.exception_handler(Exception)
    def on_fault(request: HttpRequest, error: Exception) -> HttpResponse:
        refusal = unreadable(error) or passing(error, where=request.path)
        if refusal is None:
            raise error  # a bug: it is logged with its trace and answered by the outermost middleware
        return refusal_reply(refusal)


def passing(error: BaseException, *, where: str) -> Refusal | None:
    """The refusal for a passing fault of what we stand on, noted in the log; None for anything else."""
    fault = fault_of(error)
    if fault is None:
        return None
    note_fault(fault, error, where=where)
    return Interrupted(retry_after_seconds=fault.retry_after_seconds)
