"""Whatever is sent to any address by anyone, the answer is a refusal a program can read: never a 5xx, never HTML.

The addresses come from the routers themselves, so one that is added tomorrow is tried tomorrow. Each call's changes
are taken back, so that the next one meets the same things.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest
from django.db import transaction
from django.test import Client
from ninja.params.models import QueryModel

from ventanilla.accounts.commands.platform import create_platform_app
from ventanilla.accounts.models import AccessToken
from ventanilla.api.given import GivenModel
from ventanilla.config.urls import api as ninja_api
from ventanilla.config.urls import urlpatterns
from ventanilla.contacts.commands.identities import create_contact_inbox
from ventanilla.conversations.commands import NewMessage, post_message, start_conversation
from ventanilla.testing.standing import *  # noqa: F403

pytestmark = pytest.mark.django_db

NINES = "9" * 5_000  # past what int() reads
HUGE = 10**30
DEEP = {depth: "[" * depth + "]" * depth for depth in (70, 990, 5_000)}

PATH_VALUES = ["9" * 19, NINES, "%00", "a%00b", "%ED%A0%80", "%FF", "-1", "%C2%B2", "x" * 3_000, "%2e%2e%2f"]
QUERY_VALUES = [
    "",
    NINES,
    str(2**63),
    str(-(2**63) - 1),
    "%00",
    "%ED%A0%80",
    "%FF",
    "%C2%B2",
    "1e999",
    "[]",
    "x" * 3_000,
]
FIELD_VALUES: list[Any] = [
    2**63, -(2**63) - 1, HUGE, 1e308, -1, NINES, "²", "", "a\x00b", "\x00", "x" * 70_000, True, None, [], [HUGE], ["\x00"],
    [[]], ["x"] * 300, {}, {"a": HUGE}, {"\x00": {"b": ["\x00"]}},
]  # fmt: skip
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"
# Bodies that are wrong whatever the address expects: (content type, bytes).
BODIES: dict[str, tuple[str, bytes]] = {
    **{f"json nested {depth}": (JSON, f'{{"x":{text}}}'.encode()) for depth, text in DEEP.items()},
    "object nested 5000": (JSON, b'{"a":' * 5_000 + b"1" + b"}" * 5_000),
    "a list": (JSON, b"[1]"),
    "cut off": (JSON, b'{"a":'),
    "no text": (JSON, b"\xff\xfe{\x00"),
    "half a character": (JSON, b'{"name":"\\ud800"}'),
    "an endless number": (JSON, b'{"id":' + NINES.encode() + b"}"),
    "a number past 64 bits": (JSON, b'{"id":' + str(HUGE).encode() + b"}"),
    "a strange charset": (f"{JSON}; charset=utf-99", b"{}"),
    "a form in a strange charset": (f"{FORM}; charset=utf-16", b"name=%ff%fe"),
    "five thousand fields": (FORM, b"&".join(b"f%d=1" % number for number in range(5_000))),
    "keys nested 5000": (FORM, b"x" + b"[a]" * 5_000 + b"=1"),
    "brackets": (FORM, b"[" * 20_000 + b"=1&" + b"x" + b"[" * 20_000 + b"]=1"),
    "halves in a form": (FORM, b"name=%ED%A0%80&title=%00&q=%FF"),
    "no boundary": ("multipart/form-data", b"--x\r\n\r\n--x--"),
    "a wrong boundary": (MULTIPART, b"--y\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--y--"),
    "a part cut off": (MULTIPART, b'--x\r\nContent-Disposition: form-data; name="a'),
    "a part without a name": (MULTIPART, b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n"),
    "many parts": (
        MULTIPART,
        b"".join(b'--x\r\nContent-Disposition: form-data; name="a%d"\r\n\r\n1\r\n' % n for n in range(3_000)) + b"--x--\r\n",
    ),
    "a file with a hostile name": (
        MULTIPART,
        b'--x\r\nContent-Disposition: form-data; name="avatar"; filename="..\\..\\\xed\xa0\x80\x00.png"\r\n'
        b"\r\n1\r\n--x--\r\n",
    ),
    "wrong base64": (
        MULTIPART,
        b'--x\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n####\r\n--x--\r\n",
    ),
    "no content type we know": ("x/" + "y" * 5_000, b"\x00\x01"),
}  # fmt: skip
HEADERS: list[dict[str, str]] = [
    {"Accept-Language": "x" * 5_000 + ",es;q=" + NINES},
    {"api_access_token": "\xff\xfe" + "x" * 5_000},
    {"access-token": "x", "client": "y" * 5_000, "uid": "\xe9@\xff"},
    {"Cookie": "ventanilla_session=\xff\x01; csrftoken=" + "=" * 3_000 + ";" * 3_000},
    {"X-Auth-Token": "a.b.c" * 500},
    {"X-Auth-Token": "eyJhbGciOiJub25lIn0." + quote("\xff") * 300 + "."},
    {"If-None-Match": '"' * 5_000, "If-Modified-Since": NINES, "Range": f"bytes={NINES}-"},
    {"Authorization": "Basic \xff\xff" + "=" * 3_000},
    {"User-Agent": "\xff" + "(" * 5_000, "Referer": "http://[" + "x" * 3_000, "Origin": "\xff"},
    {"X-CSRFToken": "\xff" * 100, "X-Requested-With": "x" * 5_000},
    {"Content-Disposition": 'attachment; filename="' + "\\" * 5_000},
]


class Route(NamedTuple):
    """One method of one address, with what it takes."""

    method: str
    path: str
    query: tuple[str, ...]
    fields: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def _names(model: Any) -> Iterator[str]:
    for name, field in model.model_fields.items():
        inner = getattr(field.annotation, "model_fields", None)
        if inner is not None and name == "given":
            yield from (one.alias or key for key, one in inner.items())
        else:
            yield field.alias or name


def routes() -> Iterator[Route]:
    """Every operation of the API."""
    for prefix, router in ninja_api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                queries = {name for m in operation.models if issubclass(m, QueryModel) for name in _names(m)}
                fields = {name for m in operation.models if issubclass(m, GivenModel) for name in _names(m)}
                whole = re.sub(r"\{(?:\w+:)?(\w+)\}", r"{\1}", (prefix + path).replace("//", "/"))
                for method in operation.methods:
                    yield Route(method, whole, tuple(sorted(queries | {"page", "q"})), tuple(sorted(fields)))


# Where a browser stands, whose refusals are pages: the way to a company's provider and back.
PAGES = ("/sso/",)
ROUTES = sorted((one for one in set(routes()) if not one.path.startswith(PAGES)), key=str)


@pytest.fixture
def things(acme, admin, ana, carla, web_inbox, api_inbox):
    """Values for the addresses' parameters, most of them of things that exist."""
    visitor = create_contact_inbox(carla, inbox=api_inbox)
    conversation = start_conversation(create_contact_inbox(carla, inbox=web_inbox), by=None)
    message = post_message(conversation, NewMessage("Hola"), by=ana)
    public = start_conversation(visitor, by=None)
    return {
        "account_id": acme.pk, "user_id": ana.pk, "inbox_id": web_inbox.pk, "contact_id": carla.pk,
        "conversation_id": conversation.display_id, "message_id": message.pk, "mode": "reply",
        "inbox_identifier": api_inbox.identifier, "source_id": visitor.source_id, "identifier": api_inbox.identifier,
        "public_id": public.display_id, "conversation_uuid": conversation.uuid, "website_token": web_inbox.identifier,
    }  # fmt: skip


def address(path: str, things: dict[str, Any], **other: str) -> str:
    values = {**things, **other}
    if path.startswith("/public/"):
        values.setdefault("conversation_id", things["public_id"])
    return re.sub(r"\{(\w+)\}", lambda match: str(values.get(match[1], 1)), path)


class Somebody:
    """A caller whose changes are taken back."""

    def __init__(self, **headers: str) -> None:
        self.client = Client(raise_request_exception=True, headers=headers)

    def send(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        content_type: str = JSON,
        headers: dict[str, str] | None = None,
    ) -> Any:
        with taken_back():
            return self.client.generic(method, path, body, content_type=content_type, headers=headers or {})


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def check(answer: Any, what: object) -> None:
    """No fault of ours, and words for a program where it is refused."""
    assert answer.status_code < 500, (what, answer.content[:300])
    if answer.status_code < 400 or answer.status_code == 429:
        return
    assert answer.headers["Content-Type"].startswith("application/json"), (what, answer.status_code)
    said = json.loads(answer.content)
    if said == {"success": False}:  # the contract's answer to an action it does not know
        return
    assert said.get("error") or said.get("errors") or said.get("message"), (what, said)
    text = str(said.get("error") or said.get("message"))
    assert not re.match(r"\d+ ", text), f"{what}: the message names the place in a list: {text}"


@pytest.fixture
def callers(acme, admin, ana, web_inbox) -> Callable[[Route], list[Somebody]]:
    """Who calls an address: no one, and whoever its door opens for."""
    _app, operator = create_platform_app("Operator")
    agent, administrator = (
        Somebody(api_access_token=AccessToken.objects.get(user=user).sealed) for user in (ana, admin)
    )
    platform, nobody = Somebody(api_access_token=operator), Somebody()
    visitor: list[Somebody] = []

    def of(route: Route) -> list[Somebody]:
        if route.path.startswith("/platform/"):
            return [nobody, platform]
        if route.path.startswith("/api/v1/widget"):
            if not visitor:
                said = Client().post(f"/api/v1/widget/config?website_token={web_inbox.identifier}")
                token = said.json()["website_channel_config"]["auth_token"]
                visitor.append(Somebody(**{"X-Auth-Token": token}))
            return [nobody, *visitor]
        if route.path.startswith(("/public/", "/auth")):
            return [nobody]
        return [nobody, agent, administrator]

    return of


def _with_query(route: Route, path: str, things: dict[str, Any], query: str = "") -> str:
    parts = [query] if query else []
    if route.path.startswith("/api/v1/widget"):
        parts.append(f"website_token={things['website_token']}")
    return f"{path}?{'&'.join(parts)}" if parts else path


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_no_address_query_or_header_is_a_fault(route, things, callers, settings):
    settings.RATE_LIMITS_ENABLED = False
    given = address(route.path, things)
    *others, last = callers(route)
    for caller in (
        *others,
        last,
    ):  # whoever is turned away at the door meets little behind it: a few values do
        for name in re.findall(r"\{(\w+)\}", route.path):
            for value in PATH_VALUES if caller is last else PATH_VALUES[:3]:
                path = address(route.path, things, **{name: value})
                check(caller.send(route.method, _with_query(route, path, things)), (name, value[:20]))
        for headers in HEADERS if caller is last else HEADERS[::4]:
            answer = caller.send(route.method, _with_query(route, given, things), headers=headers)
            check(answer, str(headers)[:60])
    for name in route.query:
        for value in QUERY_VALUES:
            path = _with_query(route, given, things, f"{quote(name)}={value}")
            check(last.send(route.method, path), (name, value[:20]))


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_no_body_is_a_fault(route, things, callers, settings):
    settings.RATE_LIMITS_ENABLED = False
    path = _with_query(route, address(route.path, things), things)
    *others, last = callers(route)
    for caller in (*others, last):
        for what, (content_type, body) in BODIES.items() if caller is last else list(BODIES.items())[::5]:
            answer = caller.send(route.method, path, body, content_type)
            check(answer, what)
            if route.fields and content_type == JSON and "nested" in what:
                assert answer.status_code in {400, 401, 403, 404}, (what, answer.status_code)
    for name in route.fields:
        for value in FIELD_VALUES:
            answer = last.send(route.method, path, json.dumps({name: value}).encode())
            check(answer, (name, str(value)[:40]))


@pytest.mark.feature("Z-29")
@pytest.mark.parametrize("route", [r for r in ROUTES if r.method == "GET"], ids=str)
def test_a_blank_parameter_is_one_that_was_not_given(route, things, callers):
    path = address(route.path, things)
    caller = callers(route)[-1]
    plain = caller.send("GET", _with_query(route, path, things))
    for name in route.query:
        blank = caller.send("GET", _with_query(route, path, things, f"{quote(name)}="))
        assert blank.status_code == plain.status_code, (name, blank.content[:200])


# ── what the framework answers itself ────────────────────────────────────────────────────────────────────────

ROOTS = [
    "/api",
    "/api/v1",
    "/api/desk",
    "/platform/api/v1",
    "/public/api/v1",
    "/auth",
    "/webhooks",
    "/cable",
    "/live",
]


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("root", ROOTS)
def test_an_address_nobody_has_is_told_in_json_in_the_callers_language(root, language):
    answer = Client().get(f"{root}/nothing/of/the/kind", headers={"Accept-Language": language})
    assert answer.status_code == 404
    words = {"es": "No encontramos lo que buscas.", "en": "We couldn't find this."}
    assert answer.json()["error"] == words[language]


@pytest.mark.parametrize("route", sorted({route.path for route in ROUTES}))
def test_a_method_an_address_does_not_take_is_told_in_json(route, things):
    answer = Client().generic("TRACE", address(route, things), headers={"Accept-Language": "en"})
    check(answer, route)
    assert answer.status_code in {404, 405}
    if answer.status_code == 405:
        assert answer.headers["Allow"]


@pytest.mark.parametrize("host", ["evil.example", "a b", "[", "x" * 5_000, "\xff"])
def test_a_wrong_host_is_told_in_json_to_programs_and_in_words_to_people(settings, db, host):
    settings.ALLOWED_HOSTS = ["help.acme.example"]
    program = Client().get("/api/v1/profile", headers={"Host": host, "Accept-Language": "es"})
    assert program.status_code in {400, 421}
    assert program.json()["error"]
    person = Client().get("/app/", headers={"Host": host, "Accept": "text/html", "Accept-Language": "es"})
    assert person.status_code == program.status_code
    assert program.json()["error"] in person.content.decode()


@pytest.mark.parametrize(("language", "words"), [("es", "Aquí no hay nada"), ("en", "There's nothing here")])
def test_a_person_who_is_lost_reads_a_page(language, words):
    page = Client().get("/nothing", headers={"Accept": "text/html", "Accept-Language": language})
    assert page.status_code == 404
    assert words in html.unescape(page.content.decode())
    assert f'lang="{language}"' in page.content.decode()


def test_every_page_is_known_as_one():
    """A new root for programs must be entered in config.answers, or its errors would be pages."""
    first = {
        str(pattern.pattern).strip("^$").partition("/")[0] for one in urlpatterns for pattern in _leaves(one)
    }
    programs = {"api", "auth", "health", "metrics", "platform", "public", "webhooks"}
    pages = {
        "", "app", "apple-app-site-association", "demo", "favicon.ico", "favicon.svg", "<slug:provider>", "packs",
        "rails", "robots.txt", "sso", "survey", "unsubscribe", "widget", ".well-known",
    }  # fmt: skip
    assert first <= programs | pages, first - programs - pages


def _leaves(pattern: Any) -> Iterator[Any]:
    inner = getattr(pattern, "url_patterns", None)
    if inner is None:
        yield pattern
    else:
        for one in inner:
            yield from _leaves(one)
