"""Operators, phrases and what must not be said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest

from ventanilla.accounts.models import Account, User
from ventanilla.contacts.commands.contacts import create_contact
from ventanilla.contacts.models import Contact
from ventanilla.conversations import selectors as conversations
from ventanilla.conversations.commands import (
    NewMessage,
    assign_agent,
    change_status,
    post_message,
    set_labels,
)
from ventanilla.conversations.models import Message, Status
from ventanilla.conversations.policies import visibility_for
from ventanilla.conversations.tests.scenes import talk
from ventanilla.inboxes.models import Inbox
from ventanilla.labels.commands import create_label
from ventanilla.search.expressions import Phrase
from ventanilla.search.language import leaving_out, parts
from ventanilla.search.operators import BY_NAME, OPERATORS, day_of
from ventanilla.search.selectors import relevance
from ventanilla.search.selectors.relevance import weight

pytestmark = pytest.mark.django_db
Ask = Callable[..., Any]


@pytest.fixture
def desk(acme: Account, api: Any, drain_log: Callable[[], int]) -> Ask:
    def ask(user: User, path: str = "", **given: str) -> Any:
        drain_log()
        words = "&".join(f"{key}={quote(value)}" for key, value in given.items())
        answer = api(user).get(f"/api/desk/accounts/{acme.pk}/search{path}?{words}")
        assert answer.status_code == 200, answer.content
        return answer.json()

    return ask


def said(answer: Any) -> list[str]:
    return [
        "".join(piece["text"] for piece in hit["pieces"])
        for hit in answer["payload"]
        if hit["kind"] in ("message", "note")
    ]


@pytest.fixture
def scene(
    acme: Account, admin: User, ana: User, bruno: User, carla: Contact, web_inbox: Inbox, api_inbox: Inbox
) -> None:
    camila = create_contact(acme, name="Camila Villaseñor", email="camila@example.com", by=None)
    create_label(acme, title="vip", by=None)
    hers = talk(camila, web_inbox, "quiero el reembolso")
    set_labels(hers, titles=["vip"], by=None)
    assign_agent(hers, assignee=ana, by=None)
    other = talk(carla, api_inbox, "otro reembolso con cupón")
    post_message(other, NewMessage("va tu reembolso", private=False), by=bruno)
    post_message(other, NewMessage("nota del reembolso", private=True), by=ana)
    change_status(other, status=Status.RESOLVED, by=admin)
    old = Message.objects.get(content="quiero el reembolso")
    Message.objects.filter(pk=old.pk).update(created_at=datetime(2026, 3, 5, 12, tzinfo=UTC))


PHRASES = [Phrase(("caja",), is_open=True), Phrase(("roja",), is_open=True)]
HERS, CUPON, OURS, NOTE = (
    "quiero el reembolso",
    "otro reembolso con cupón",
    "va tu reembolso",
    "nota del reembolso",
)


@pytest.mark.feature("Z-18")
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("reembolso", [NOTE, OURS, CUPON, HERS]),
        ("reembolso de:camila", [HERS]),
        ("from:camila reembolso", [HERS]),
        ('de:"Camila Villaseñor"', [HERS]),
        ("de:bruno", [OURS]),
        ("para:camila reembolso", [HERS]),
        ("reembolso canal:web", [HERS]),
        ('inbox:"acme api" reembolso', [NOTE, OURS, CUPON]),
        ("canal:nada reembolso", []),
        ("estado:resuelta reembolso", [NOTE, OURS, CUPON]),
        ("status:open reembolso", [HERS]),
        ("etiqueta:VIP", [HERS]),
        ("-label:vip reembolso", [NOTE, OURS, CUPON]),
        ("agente:ana reembolso", [HERS]),
        ("agent:nobody reembolso", [NOTE, OURS, CUPON]),
        ("antes:2026-04 reembolso", [HERS]),
        ("después:2026-04-01 reembolso", [NOTE, OURS, CUPON]),
        ("despues:4/3/2026 before:7/3/2026 reembolso", [HERS]),
        ("reembolso sin:cupón", [NOTE, OURS, HERS]),
        ("reembolso -cupon", [NOTE, OURS, HERS]),
        ('"el reembolso"', [HERS]),
        ('reembolso -"el reembolso"', [NOTE, OURS, CUPON]),
        ("con:archivo reembolso", []),
        ("-has:attachment de:camila", [HERS]),
        ("http://nada reembolso", []),
        ("reembolso de:bruno canal:", [OURS]),
    ],
)
def test_operators_narrow(desk: Ask, scene: None, admin: User, typed: str, expected: list[str]) -> None:
    assert said(desk(admin, q=typed)) == expected


@pytest.mark.feature("Z-18")
def test_hits_show_where_the_words_stand(desk: Ask, scene: None, admin: User) -> None:
    [hit] = [one for one in desk(admin, q="REEMB canal:web")["payload"] if one["kind"] == "message"]
    assert [piece["text"] for piece in hit["pieces"] if piece["hit"]] == ["reembolso"]
    assert (hit["title"], hit["status"], hit["assignee"]) == ("Camila Villaseñor", "open", "Ana Agente")


@pytest.mark.feature("Z-18", "Z-08")
def test_facets_count_what_the_reader_sees(desk: Ask, scene: None, admin: User, bruno: User) -> None:
    everything = desk(admin, "/facets", q="reembolso")
    assert everything["kinds"] == {"messages": 3, "notes": 1, "conversations": 0, "contacts": 0}
    assert {(one["value"], one["count"]) for one in everything["inbox"]} == {("Acme API", 3), ("Acme web", 1)}
    assert sum(one["count"] for one in everything["status"]) == 4
    mine = desk(bruno, "/facets", q="reembolso")
    assert mine["kinds"]["messages"] == 1
    assert [one["value"] for one in mine["inbox"]] == ["Acme web"]
    for kind in ("inbox", "status", "assignee"):
        operator = next(one for one in OPERATORS if one.key == kind)
        for one in everything[kind]:
            found = said(desk(admin, q=f'reembolso {operator.names["es"]}:"{one["value"]}"'))
            assert len(found) == one["count"], one


@pytest.mark.feature("Z-18")
def test_pages_follow_each_other(desk: Ask, admin: User, carla: Contact, web_inbox: Inbox) -> None:
    for number in range(4):
        talk(carla, web_inbox, *(f"pedido {number * 15 + step}" for step in range(15)))
    found: list[str] = []
    before = ""
    while True:
        answer = desk(admin, q="pedido", kind="messages", before=before)
        found += said(answer)
        if answer["next"] is None:
            break
        before = str(answer["next"])
    assert len(found) == len(set(found)) == 60


@pytest.mark.feature("Z-18")
@pytest.mark.parametrize("sort", ["oldest", "relevance"])
def test_pages_of_the_other_orders_follow_each_other(
    desk: Ask, admin: User, carla: Contact, web_inbox: Inbox, sort: str
) -> None:
    for number in range(4):
        talk(carla, web_inbox, *(f"pedido {number * 15 + step}" for step in range(15)))
    found: list[str] = []
    before = ""
    while True:
        answer = desk(admin, q="pedido", kind="messages", sort=sort, before=before)
        found += said(answer)
        if answer["next"] is None:
            break
        before = str(answer["next"])
    numbers = [int(text.split()[1]) for text in found]
    assert sorted(numbers) == list(range(60))
    if sort == "oldest":
        assert numbers == list(range(60))
    assert answer["of_newest"] is None


@pytest.mark.feature("Z-18")
def test_by_relevance_what_says_it_best_comes_first(
    desk: Ask, admin: User, carla: Contact, web_inbox: Inbox
) -> None:
    long = "cajas y más cajas, el lunes, el martes " * 12
    texts = [
        "la caja roja",  # just so, and together
        f"una caja {long} y algo roja",  # the same far apart in a long text
        "rojas son las cajas",  # the words go on
        "caja azul, nada más",
    ]
    talk(carla, web_inbox, *texts)
    assert said(desk(admin, q="caja roja", sort="relevance"))[0] == "la caja roja"
    newest = said(desk(admin, q="caja roja"))
    assert newest[-1] == "la caja roja"
    assert len(newest) == 3
    assert weight("la caja roja", "", PHRASES) > weight(f"una caja {long} roja", "", PHRASES) > 0
    assert weight("rojas son las cajas", "", PHRASES) < weight("roja es la caja", "", PHRASES)
    assert weight("nada", "Caja roja", PHRASES) > weight("caja roja", "", PHRASES)
    assert weight("nada", "", PHRASES) == 0


@pytest.mark.feature("Z-18")
def test_only_the_newest_are_weighed_and_that_is_said(
    desk: Ask, admin: User, carla: Contact, web_inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relevance, "MOST_WEIGHED", 3)
    talk(carla, web_inbox, "pedido pedido", "pedido 1", "pedido 2", "pedido 3")
    answer = desk(admin, q="pedido", sort="relevance")
    assert answer["of_newest"] == 3
    assert said(answer) == ["pedido 3", "pedido 2", "pedido 1"]


@pytest.mark.feature("Z-18", "C-17")
def test_a_folder_keeps_what_is_about_conversations_and_the_rest_is_named(
    desk: Ask, scene: None, acme: Account, admin: User, ana: User, web_inbox: Inbox
) -> None:
    answer = desk(
        admin,
        "/folder",
        q="reembolso canal:web estado:abierta etiqueta:vip agente:ana de:camila antes:2026 -estado:pend",
    )
    assert [
        (one["attribute_key"], one["filter_operator"], one["values"]) for one in answer["conditions"]
    ] == [
        ("inbox_id", "equal_to", [web_inbox.pk]),
        ("status", "equal_to", ["open"]),
        ("labels", "equal_to", ["vip"]),
        ("assignee_id", "equal_to", [ana.pk]),
        ("status", "not_equal_to", ["pending"]),
    ]
    assert [one["query_operator"] for one in answer["conditions"]] == ["AND"] * 4 + [None]
    assert answer["lost"] == [
        {"part": "reembolso", "why": "said"},
        {"part": "de:camila", "why": "said"},
        {"part": "antes:2026", "why": "said"},
    ]
    rows = conversations.filtered(visibility_for(admin, acme), acme, answer["conditions"])
    assert [str(row.contact) for row in rows] == ["Camila Villaseñor"]


@pytest.mark.feature("Z-18", "C-17")
@pytest.mark.parametrize(
    ("typed", "condition", "lost"),
    [
        ("agente:nadie", ("assignee_id", "is_not_present", []), []),
        ("-agente:nadie", ("assignee_id", "is_present", []), []),
        ("estado:archivada", ("close_reason", "equal_to", ["archived"]), []),
        ("estado:a", None, ["estado:a"]),  # open or archived: no one condition says it
        ("etiqueta:nada", None, ["etiqueta:nada"]),
        ("canal:ninguno", None, ["canal:ninguno"]),
        ("", None, []),
    ],
)
def test_each_operator_as_a_folder_keeps_it(
    desk: Ask,
    scene: None,
    admin: User,
    typed: str,
    condition: tuple[str, str, list[str]] | None,
    lost: list[str],
) -> None:
    answer = desk(admin, "/folder", q=typed)
    found = [(one["attribute_key"], one["filter_operator"], one["values"]) for one in answer["conditions"]]
    assert found == ([condition] if condition else [])
    assert answer["lost"] == [{"part": part, "why": "unknown"} for part in lost]


@pytest.mark.feature("Z-18")
def test_nothing_found_says_what_to_leave_out(desk: Ask, scene: None, admin: User) -> None:
    answer = desk(admin, q='"quiero el reembolso" sin:quiero')
    assert answer["payload"] == []
    assert answer["relaxed"] == [
        {"part": '"quiero el reembolso"', "count": 3},
        {"part": "sin:quiero", "count": 1},
    ]
    assert leaving_out("solo palabras") == []


@pytest.mark.feature("Z-18")
def test_each_operator_offers_what_finds_something(desk: Ask, scene: None, ana: User) -> None:
    offered = desk(ana, "/operators")["payload"]
    assert {name for one in offered for name in one["names"]} >= {
        "de",
        "from",
        "canal",
        "inbox",
        "después",
        "after",
    }
    for one in offered:
        choices = desk(ana, "/choices", operator=one["key"])["payload"]
        assert choices, one
        for choice in choices:
            desk(ana, q=f'{one["name"]}:"{choice["value"]}"')
    assert [one["value"] for one in desk(ana, "/choices", operator="from", text="cam")["payload"]] == [
        "Camila Villaseñor"
    ]
    assert desk(ana, "/choices", operator="unknown")["payload"] == []


def test_names_are_unique() -> None:
    assert len(BY_NAME) == len({name for one in OPERATORS for name in one.names.values()})


@pytest.mark.parametrize(
    ("typed", "begins", "ends"),
    [
        ("2026", (2026, 1, 1), (2027, 1, 1)),
        ("2026-06", (2026, 6, 1), (2026, 7, 1)),
        ("2025-12", (2025, 12, 1), (2026, 1, 1)),
        ("2026-06-01", (2026, 6, 1), (2026, 6, 2)),
        ("1/6/2026", (2026, 6, 1), (2026, 6, 2)),
        ("jun", (2026, 6, 1), (2026, 7, 1)),
        ("december", (2025, 12, 1), (2026, 1, 1)),
        ("1 jun 2024", (2024, 6, 1), (2024, 6, 2)),
        ("ayer", (2026, 8, 23), (2026, 8, 24)),
        ("today", (2026, 8, 24), (2026, 8, 25)),
    ],
)
def test_days(typed: str, begins: tuple[int, ...], ends: tuple[int, ...]) -> None:
    span = day_of(typed, today=datetime(2026, 8, 24, 15, 30, tzinfo=UTC))
    assert span == (datetime(*begins, tzinfo=UTC), datetime(*ends, tzinfo=UTC))


@pytest.mark.parametrize("typed", ["", "31/2/2026", "13", "0000", "xyz", "99999", "2026-13", "jun jun"])
def test_what_is_no_day(typed: str) -> None:
    assert day_of(typed, today=datetime(2026, 8, 24, tzinfo=UTC)) is None


def test_parts_keep_what_was_typed() -> None:
    assert [part.text for part in parts('de:ana "dos palabras" -no hola:mundo')] == [
        "de:ana", '"dos palabras"', "-no", "hola:mundo",
    ]  # fmt: skip
