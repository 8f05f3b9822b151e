"""Until tomorrow, next week, next month: whose tomorrow, and at what hour. And that it ends in time."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from ventanilla.accounts.commands.accounts import update_account
from ventanilla.accounts.commands.users import update_profile
from ventanilla.accounts.models import Account, User
from ventanilla.conversations.commands import change_status
from ventanilla.conversations.models import Status
from ventanilla.conversations.snoozing import Snooze, snooze_until
from ventanilla.conversations.tests.scenes import fresh, talk
from ventanilla.events import timed
from ventanilla.events.timed import REGISTRY
from ventanilla.kit.errors import Invalid

CASES = json.loads(Path(__file__).with_name("snoozes.json").read_text())


@pytest.mark.feature("C-06", "C-07")
@pytest.mark.parametrize("case", CASES, ids=[case["says"] for case in CASES])
def test_a_named_moment(case):
    account = Account(day_starts_at=case["starts"], working_days=case["days"])
    user = User(timezone=case["zone"])
    at = datetime.fromisoformat(case["at"])

    until = snooze_until(Snooze(case["name"]), at=at, user=user, account=account)

    told = until.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if until else None
    assert told == case["until"]


@pytest.mark.feature("C-06", "C-07")
@pytest.mark.parametrize(
    ("word", "wakes"),
    [
        ("hour", "2026-06-04T21:00:00+00:00"),
        ("tomorrow", "2026-06-05T12:30:00+00:00"),
        ("next_week", "2026-06-08T12:30:00+00:00"),
        ("next_month", "2026-07-06T12:30:00+00:00"),
        ("1781000000", "2026-06-09T10:13:20+00:00"),  # a moment of their own choice
    ],
)
def test_it_opens_by_itself_at_the_accounts_hour_where_the_agent_is(
    acme, admin, ana, carla, api_inbox, api, word, wakes
):
    with time_machine.travel(datetime(2026, 6, 4, 20, 0, tzinfo=UTC), tick=False) as clock:
        update_account(acme, by=admin, day_starts_at="08:30", timezone="Europe/Madrid")
        api(ana).patch("/api/v1/profile", {"profile": {"timezone": "America/Santiago"}})
        conversation = talk(carla, api_inbox, "Hi")
        path = f"/api/v1/accounts/{acme.pk}/conversations/{conversation.display_id}/toggle_status"
        answer = api(ana).post(path, {"status": "snoozed", "snoozed_until": word})
        assert answer.status_code == 200
        moment = datetime.fromisoformat(wakes)
        assert fresh(conversation).snoozed_until == moment

        wake = [REGISTRY["conversations.wake_snoozed"]]
        clock.move_to(moment - timedelta(seconds=1))
        timed.run_due(wake)
        assert fresh(conversation).status == Status.SNOOZED
        clock.move_to(moment + timedelta(seconds=59))
        timed.run_due(wake)
        assert fresh(conversation).status == Status.OPEN


@pytest.mark.feature("C-09")
def test_it_is_looked_for_twice_a_minute_and_at_once_after_days_of_silence(carla, admin, api_inbox):
    job = REGISTRY["conversations.wake_snoozed"]
    assert job.every <= timedelta(seconds=30)
    with time_machine.travel(datetime(2026, 6, 4, 20, 0, tzinfo=UTC), tick=False) as clock:
        conversation = talk(carla, api_inbox, "Hi")
        until = datetime(2026, 6, 5, 9, 0, tzinfo=UTC)
        change_status(conversation, status=Status.SNOOZED, snoozed_until=until, by=admin)
        timed.run_due([job])
        clock.move_to(until + timedelta(days=9))  # no worker ran meanwhile

        assert timed.seconds_to_next([job]) == 0
        timed.run_due([job])
        assert fresh(conversation).status == Status.OPEN


def test_the_reply_wakes_it_whatever_was_chosen(acme, ana, carla, api_inbox, api):
    conversation = talk(carla, api_inbox, "Hi")
    path = f"/api/v1/accounts/{acme.pk}/conversations/{conversation.display_id}/toggle_status"
    api(ana).post(path, {"status": "snoozed", "snoozed_until": "next_reply"})
    assert (fresh(conversation).status, fresh(conversation).snoozed_until) == (Status.SNOOZED, None)
    talk_more = api(ana).post(path, {"status": "snoozed", "snoozed_until": "some day"})
    assert talk_more.status_code == 422


@pytest.mark.parametrize("wrong", [[], [0], [1, 8], "mon", None])
def test_a_week_without_a_working_day_is_refused(acme, admin, api, wrong):
    answer = api(admin).patch(f"/api/v1/accounts/{acme.pk}", {"working_days": wrong})
    acme.refresh_from_db()
    assert acme.working_days == [1, 2, 3, 4, 5]
    assert answer.status_code in ((422, 400) if wrong is not None else (200,))


def test_days_are_kept_once_and_in_order_and_the_hour_is_one_of_the_list(acme, admin):
    assert update_account(acme, by=admin, working_days=[6, 2, 2]).working_days == [2, 6]
    with pytest.raises(Invalid) as refusal:
        update_account(acme, by=admin, day_starts_at="25:00")
    assert "day_starts_at" in refusal.value.fields


def test_a_zone_that_is_none_is_refused_and_names_the_field(ana, api):
    answer = api(ana).patch("/api/v1/profile", {"profile": {"timezone": "Mars/Olympus"}})
    assert answer.status_code == 422
    assert "timezone" in answer.json()["fields"] if "fields" in answer.json() else answer.json()
    assert update_profile(ana, timezone="America/Santiago").timezone == "America/Santiago"
