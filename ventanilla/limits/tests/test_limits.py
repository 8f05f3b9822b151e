"""Every limit is on the screen, is set within the operator's bounds, counts at once, and is said by whom it was met."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from ventanilla.accounts.commands.installation import adopt_first_account
from ventanilla.accounts.models import Account, User
from ventanilla.config import environment
from ventanilla.config.limits import LIMITS
from ventanilla.events.models import Event
from ventanilla.kit import limit_values, rate_limits
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Invalid, Throttled
from ventanilla.kit.limits import check_message
from ventanilla.limits import commands
from ventanilla.limits.models import Crossing, LimitValue
from ventanilla.limits.selectors import limits

pytestmark = [pytest.mark.django_db, pytest.mark.feature("Z-29")]
WORDS = Path(__file__).parents[3] / "desk" / "src" / "i18n"
# Settings that say MAX_ and are no limit of the screen: one of a channel's own webhooks, which only its operator knows.
NOT_HERE = {"MAX_MAIL_CALL_MB"}


@pytest.fixture(autouse=True)
def _fresh() -> Any:
    limit_values.take_met()
    yield
    limit_values.take_met()
    limit_values.take_values({})


@pytest.fixture
def keeper(admin: User, acme: Account) -> Client:
    """An administrator of the account that looks after the installation."""
    adopt_first_account(acme, by=admin)
    client = Client()
    client.force_login(admin)
    return client


def change(client: Client, acme: Account, name: str, value: Any) -> Any:
    path = f"/api/desk/accounts/{acme.pk}/limits/{name}"
    return client.patch(path, json.dumps({"value": value}), content_type="application/json")


def test_every_limit_there_is_stands_on_the_screen_with_words_in_both_languages() -> None:
    shown = {one.name: one for one in limits()}
    of_settings = {
        option.name for option in environment.OPTIONS if option.name.startswith(("MAX_", "LIMIT_"))
    } - NOT_HERE
    assert {name.upper() for name in limit_values.SIZES} | {
        environment.limit_option(name) for name in LIMITS
    } == of_settings
    for language in ("es", "en"):
        words = json.loads((WORDS / language / "limits.late.json").read_text())["limits"]
        assert set(words["names"]) == set(shown)
        assert {one.group for one in shown.values()} == set(words["groups"])
        assert {one.unit for one in shown.values()} - {"count"} == set(words["units"])
        assert all(words["names"].values())


def test_the_owner_sets_a_number_within_the_operators_bounds(
    keeper: Client, acme: Account, settings: Any
) -> None:
    settings.MAX_MESSAGE_CHARS = 10_000
    too_many = change(keeper, acme, "max_message_chars", 10_001)
    too_few = change(keeper, acme, "max_message_chars", 1)
    assert (too_many.status_code, list(too_many.json()["fields"])) == (422, ["value"])
    assert too_few.status_code == 422
    assert change(keeper, acme, "no_such_limit", 5).status_code == 404
    done = change(keeper, acme, "max_message_chars", 600)
    (found,) = [one for one in done.json()["payload"] if one["name"] == "max_message_chars"]
    assert (found["value"], found["own"], found["ceiling"]) == (600, 600, 10_000)
    commands.refresh()
    check_message("x" * 600)
    with pytest.raises(Invalid):
        check_message("x" * 601)
    settings.MAX_MESSAGE_CHARS = 550  # the operator's word is the last
    with pytest.raises(Invalid):
        check_message("x" * 551)
    told = [json.loads(row.payload) for row in Event.objects.filter(name="limit.changed")]
    assert [one["changes"] for one in told] == [{"value": [None, 600]}]
    assert change(keeper, acme, "max_message_chars", None).status_code == 200
    assert not LimitValue.objects.exists()


def test_a_rate_is_lowered_and_counts_at_the_next_try(settings: Any) -> None:
    settings.RATE_LIMITS_ENABLED = True
    settings.RATE_LIMITS = {"widget_contact_per_visitor": "60/1h"}
    limit_values.take_values({"widget_contact_per_visitor": 2})
    visitor = f"visitor-{now().timestamp()}"
    for _ in range(2):
        rate_limits.check("widget_contact_per_visitor", visitor)
    with pytest.raises(Throttled):
        rate_limits.check("widget_contact_per_visitor", visitor)
    assert [one.name for one in limit_values.take_met()] == ["widget_contact_per_visitor"]


def test_who_met_a_limit_is_named_to_their_own_account_alone(
    keeper: Client, acme: Account, globex: Account, ana: User
) -> None:
    limit_values.met("max_upload_mb", account_id=acme.pk, kind="user", who=str(ana.pk))
    limit_values.met("max_upload_mb", account_id=acme.pk, kind="user", who=str(ana.pk))
    limit_values.met("max_upload_mb", account_id=globex.pk, kind="user", who="999")
    limit_values.met("requests_per_ip", kind="address", who="203.0.113.0/24")
    assert commands.write_down() == 4
    assert commands.write_down() == 0
    shown = {one["name"]: one for one in keeper.get(f"/api/desk/accounts/{acme.pk}/limits").json()["payload"]}
    (met,) = shown["max_upload_mb"]["crossed"]
    assert (met["kind"], met["who"], met["count"]) == ("user", ana.name, 2)
    assert [one["who"] for one in shown["requests_per_ip"]["crossed"]] == ["203.0.113.0/24"]


def test_many_who_met_one_cost_a_statement_for_each_hundred(count_queries: Any) -> None:
    def meet(count: int) -> int:
        for number in range(count):
            for _ in range(3):
                limit_values.met("requests_per_ip", kind="address", who=f"2001:db8::{number}")
        return int(count_queries(commands.write_down))

    assert meet(100) == meet(1)
    meet(250)
    rows = Crossing.objects.filter(name="requests_per_ip")
    assert (rows.count(), rows.get(who="2001:db8::0").count, rows.get(who="2001:db8::249").count) == (
        250,
        9,
        3,
    )


def test_another_account_looks_and_changes_nothing(acme: Account, admin: User, ana: User) -> None:
    client = Client()
    client.force_login(admin)  # the installation is in nobody's hands yet
    assert client.get(f"/api/desk/accounts/{acme.pk}/limits").json()["may_change"] is False
    assert change(client, acme, "max_message_chars", 600).status_code == 404
    client.force_login(ana)
    assert client.get(f"/api/desk/accounts/{acme.pk}/limits").status_code == 403


def test_the_list_of_who_met_one_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "KEPT_ROWS", 5)
    for number in range(12):
        limit_values.met("requests_per_ip", kind="address", who=f"203.0.113.{number}")
    commands.write_down()
    assert Crossing.objects.count() <= 6
    Crossing.objects.update(last_at=now() - timedelta(days=31))
    limit_values.met("requests_per_ip", kind="address", who="198.51.100.1")
    commands.write_down()
    assert [row.who for row in Crossing.objects.all()] == ["198.51.100.1"]


def test_an_agent_whose_message_is_too_long_is_named(acme: Account, ana: User, settings: Any) -> None:
    settings.MAX_MESSAGE_CHARS = 500
    limit_values.acts(acme.pk, "user", ana.pk)
    with pytest.raises(Invalid):
        check_message("x" * 501)
    (met,) = limit_values.take_met()
    assert (met.name, met.account_id, met.kind, met.who) == (
        "max_message_chars",
        acme.pk,
        "user",
        str(ana.pk),
    )
