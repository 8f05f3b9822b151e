"""Checks that fail, hang or take the database with them: each shows itself as ill, and hinders no other."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from ventanilla.health import looking, registry
from ventanilla.health.looking import look
from ventanilla.kit.health import Check, Found, State, Whose, Words

pytestmark = [pytest.mark.django_db, pytest.mark.feature("Z-28")]

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT MAX(i) FROM n"


def well(name: str) -> list[Found]:
    return [Found(state=State.WELL, name=Words(name), says=Words("Fine"), code="fine")]


def check(how: Any, *, named: str, **more: Any) -> Check:
    def ask(self: Check, account_id: int | None) -> Sequence[Found]:
        how()
        return well(named)

    facts = {"name": named, "title": named, "place": 99, "group": "storage", "look": ask, "seconds": 0.4}
    return type("Hostile", (Check,), {**facts, **more})()


@pytest.fixture
def with_checks(monkeypatch: pytest.MonkeyPatch) -> Any:
    def put(*more: Check) -> None:
        every = (*registry.checks(), *more, check(lambda: None, named="last"))
        monkeypatch.setattr(looking, "checks", lambda: every)

    return put


def states(seen: list[looking.Seen]) -> dict[str, tuple[str, str]]:
    return {one.check.name: (one.state, one.found[0].code) for one in seen if one.found}


def test_a_check_that_raises_is_ill_and_the_others_are_asked(with_checks: Any) -> None:
    def burst() -> None:
        raise ZeroDivisionError

    def spoil() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nothing FROM nowhere")

    with_checks(check(burst, named="bursts"), check(spoil, named="spoils"))
    found = states(look())
    assert found["bursts"] == found["spoils"] == ("ill", "check_failed")
    assert found["last"] == ("well", "fine")
    assert found["readers"][0] == "well"


def test_a_statement_that_does_not_end_is_broken_off(with_checks: Any) -> None:
    def hang() -> None:
        with connection.cursor() as cursor:
            cursor.execute(ENDLESS)

    with_checks(check(hang, named="hangs"))
    began = time.monotonic()
    found = states(look())
    assert found["hangs"] == ("ill", "check_late")
    assert found["last"] == ("well", "fine")
    assert time.monotonic() - began < 5


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def test_what_hangs_outside_is_left_behind_and_not_sent_a_second_time(
    with_checks: Any, gate: threading.Event
) -> None:
    calls: list[int] = []

    def hang() -> None:
        calls.append(1)
        gate.wait(30)

    with_checks(check(hang, named="away", outside=True))
    assert states(look())["away"] == ("ill", "check_late")
    began = time.monotonic()
    found = states(look())
    assert found["away"] == ("ill", "check_late")
    assert found["last"] == ("well", "fine")
    assert (len(calls), time.monotonic() - began < 3) == (1, True)
    gate.set()
    time.sleep(0.2)
    assert states(look())["away"] == ("well", "fine")


def test_every_file_of_a_checks_folder_is_found_with_a_name_of_its_own() -> None:
    names = [one.name for one in registry.checks()]
    assert len(names) == len(set(names))
    assert {
        "channels",
        "processes",
        "readers",
        "set_aside",
        "trays",
        "storage",
        "disk",
        "backup",
        "own_mail",
    } <= {*names}
    root = Path(settings.BASE_DIR)
    files = [
        path
        for folder in settings.HEALTH_CHECKS
        for path in (root / folder.replace(".", "/")).glob("*.py")
        if path.stem not in {"__init__", "wording"}
    ]
    assert len(files) == len(names)


def test_no_line_of_an_installation_check_belongs_to_an_account() -> None:
    for one in look():
        if one.check.whose is Whose.INSTALLATION:
            assert [found.account_id for found in one.found] == [None] * len(one.found)
