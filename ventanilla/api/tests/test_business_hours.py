"""Business hours at the doors: the whole of them, the contract's rows, the account's own, holidays."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection

from ventanilla.inboxes.jobs import renew_holidays
from ventanilla.inboxes.models import Inbox
from ventanilla.inboxes.working_hours import is_open_now
from ventanilla.kit import public_holidays
from ventanilla.testing.cast import in_account

pytestmark = [pytest.mark.django_db, pytest.mark.feature("I-11")]
DAY = [[540, 780], [870, 1110]]
WEEK = [[], DAY, DAY, DAY, DAY, [[540, 780], [1200, 1560]], [[600, 840]]]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_rich_hours_are_kept_and_the_seven_rows_say_what_comes_nearest(acme, admin, web_inbox, api):
    path = in_account(acme, f"inboxes/{web_inbox.pk}")
    saved = api(admin).patch(path, {"working_hours_enabled": True, "business_hours": {"week": WEEK}}).json()
    assert saved["business_hours"]["week"] == WEEK
    monday = saved["working_hours"][1]
    assert (monday["open_hour"], monday["close_hour"], monday["close_minutes"]) == (9, 18, 30)

    # A client that only knows rows writes them all back, with one changed.
    saturday = {
        **saved["working_hours"][6],
        "open_hour": 9,
        "open_minutes": 0,
        "close_hour": 12,
        "close_minutes": 0,
    }
    rows = [*saved["working_hours"][:6], saturday]
    again = api(admin).patch(path, {"working_hours": rows}).json()
    assert again["working_hours"][6]["open_hour"] == 9
    assert again["business_hours"]["week"][1] == DAY
    assert again["business_hours"]["week"][5:] == [[[540, 780], [1200, 1440]], [[540, 720]]]


def test_what_is_no_hours_is_refused_by_name(acme, admin, web_inbox, api):
    path = in_account(acme, f"inboxes/{web_inbox.pk}")
    answer = api(admin).patch(path, {"business_hours": {"week": [[[900, 800]]]}})
    assert answer.status_code == 422
    assert "business_hours" in answer.json()["attributes"]


def test_inboxes_follow_the_accounts_hours_until_they_have_their_own(acme, admin, web_inbox, api, drain_log):
    inbox = in_account(acme, f"inboxes/{web_inbox.pk}")
    assert api(admin).patch(inbox, {"uses_account_hours": True}).json()["uses_account_hours"]
    changed = api(admin).patch(f"/api/v1/accounts/{acme.pk}", {"business_hours": {"week": WEEK}})
    assert changed.json()["business_hours"]["week"] == WEEK
    drain_log()
    assert api(admin).get(inbox).json()["business_hours"]["week"] == WEEK
    assert api(admin).get(inbox).json()["working_hours"][6]["open_hour"] == 10

    own = api(admin).patch(inbox, {"business_hours": {"week": [[]] * 7}}).json()
    assert not own["uses_account_hours"]
    api(admin).patch(f"/api/v1/accounts/{acme.pk}", {"business_hours": {"week": [[[0, 1440]]] * 7}})
    drain_log()
    assert api(admin).get(inbox).json()["business_hours"]["week"] == [[]] * 7


def test_a_holiday_is_out_of_hours_and_the_website_chat_knows_when_we_are_back(
    acme, admin, web_inbox, api, client
):
    with time_machine.travel("2026-12-25T15:00:00Z", tick=False):  # Christmas, a Friday
        api(admin).patch(
            in_account(acme, f"inboxes/{web_inbox.pk}"),
            {
                "working_hours_enabled": True,
                "timezone": "America/Santiago",
                "business_hours": {
                    "country": "CL",
                    "week": WEEK,
                    "days": [{"date": "2026-12-26", "spans": []}],
                },
            },
        )
        inbox = Inbox.objects.get(pk=web_inbox.pk)
        assert not is_open_now(inbox, at=at("2026-12-25 15:00"))
        answer = client.post(f"/api/v1/widget/config?website_token={inbox.identifier}")
        config = answer.json()["website_channel_config"]
    assert datetime.fromtimestamp(config["open_windows"][0][0], tz=UTC) == at("2026-12-28 12:00")
    assert config["open_spans"] == WEEK


def test_holidays_of_a_country_are_shown_before_they_are_chosen(acme, admin, ana, api):
    path = f"/api/desk/accounts/{acme.pk}/holidays"
    assert {"CL", "ES", "MX"} <= set(api(admin).get(path).json())
    found = api(admin).get(f"{path}/days?country=mx").json()
    assert any(day["date"].endswith("-09-16") for day in found["holidays"])
    assert api(admin).get(f"{path}/days?country=XX").status_code == 422
    assert api(ana).get(path).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_the_library_of_holidays_is_asked_while_nothing_is_locked(acme, admin, web_inbox, api, monkeypatch):
    asked = []

    def ask(*arguments: str):
        asked.append(connection.in_atomic_block)
        return {"2026-12-25": "Navidad"} if arguments else ["CL"]

    monkeypatch.setattr(public_holidays, "_ask", ask)
    for path in (in_account(acme, f"inboxes/{web_inbox.pk}"), f"/api/v1/accounts/{acme.pk}"):
        public_holidays.holidays_of.cache_clear()
        public_holidays.countries.cache_clear()
        assert api(admin).patch(path, {"business_hours": {"country": "CL"}}).status_code == 200
    public_holidays.holidays_of.cache_clear()
    with time_machine.travel(datetime(2029, 1, 2, tzinfo=UTC)):
        assert renew_holidays() >= 1
    assert len(asked) >= 5
    assert not any(asked)
    public_holidays.holidays_of.cache_clear()
    public_holidays.countries.cache_clear()
