"""The clocks: they follow the log, tell each thing once and in order, and are what a plain model says they are."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ventanilla.accounts.models import AgentBot, Team
from ventanilla.conversations.commands import assign_team, change_status
from ventanilla.conversations.models import Conversation, Status
from ventanilla.conversations.tests.scenes import events, fresh, reply, talk
from ventanilla.events.consumer import cursor_of, drain_log, position_of
from ventanilla.events.log import read_after
from ventanilla.inboxes.commands.inboxes import update_inbox
from ventanilla.notifications.models import Notification
from ventanilla.service_levels import commands
from ventanilla.service_levels.consumers import Clocks, Hours
from ventanilla.service_levels.jobs import tick
from ventanilla.service_levels.models import AppliedSla, SlaEvent

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
Run = Callable[[], Any]


def at(moment: datetime) -> Any:
    return time_machine.travel(moment, tick=False)


def work() -> None:
    """The worker reads the log and its jobs run."""
    drain_log([Clocks(), Hours()])
    tick()


def told() -> list[tuple[str, str, datetime]]:
    """What the log says of promises, in its order."""
    return [
        (
            event.name.removeprefix("sla."),
            event.payload["promise"],
            datetime.fromisoformat(event.payload["due_at"]),
        )
        for event in events("sla.warned", "sla.missed")
    ]


def promise(account: Any, **said: Any) -> None:
    commands.set_level(account, inbox_id=None, team_id=None, by=None, **said)


@pytest.mark.feature("D-SLA-01")
def test_a_human_reply_stops_the_clock_and_a_bots_does_not(acme, ana, carla, web_inbox):
    promise(acme, first_response=600)
    with at(MONDAY):
        answered, waiting = talk(carla, web_inbox, "Hello"), talk(carla, web_inbox, "Hello?")
    with at(MONDAY + 4 * MINUTE):
        reply(answered, by=ana)
        reply(waiting, by=AgentBot.objects.create(account=acme, name="Robot"))
    with at(MONDAY + 11 * MINUTE):
        work()
    ten = MONDAY + 10 * MINUTE
    assert told() == [("warned", "frt", MONDAY + 5 * MINUTE), ("missed", "frt", ten)]
    assert fresh(answered).sla_due_at is None
    assert fresh(waiting).sla_due_at == ten
    assert SlaEvent.objects.get().created_at == ten


def test_the_team_stands_above_the_inbox_and_the_inbox_above_the_account(acme, carla, web_inbox):
    team = Team.objects.create(account=acme, name="soporte")
    promise(acme, first_response=3600, resolution=7200)
    commands.set_level(acme, inbox_id=web_inbox.pk, team_id=None, by=None, first_response=1800)
    commands.set_level(acme, inbox_id=web_inbox.pk, team_id=team.pk, by=None, first_response=600)
    with at(MONDAY):
        conversation = talk(carla, web_inbox, "Hello")
        work()
        assert fresh(conversation).sla_due_at == MONDAY + 30 * MINUTE
        assign_team(conversation, team=team, by=None)
        work()
        assert fresh(conversation).sla_due_at == MONDAY + 10 * MINUTE
        commands.set_level(acme, inbox_id=web_inbox.pk, team_id=team.pk, by=None, first_response=None)
        work()
        assert fresh(conversation).sla_due_at == MONDAY + 30 * MINUTE
        commands.set_level(acme, inbox_id=web_inbox.pk, team_id=None, by=None, first_response=0)
        work()
        assert fresh(conversation).sla_due_at == MONDAY + 60 * MINUTE


def test_the_clock_stands_still_while_the_conversation_sleeps_and_where_hours_are_closed(
    acme, carla, web_inbox
):
    promise(acme, first_response=3600, in_business_hours=True)
    update_inbox(web_inbox, by=None, working_hours_enabled=True, timezone="UTC")
    with at(MONDAY + timedelta(hours=7, minutes=30)):  # 16:30; it closes at five
        conversation = talk(carla, web_inbox, "Hello")
        work()
        assert fresh(conversation).sla_due_at == MONDAY + timedelta(days=1, minutes=30)
    with at(MONDAY + timedelta(hours=7, minutes=40)):
        change_status(conversation, status=Status.SNOOZED, by=None)
        work()
        assert fresh(conversation).sla_due_at is None
    with at(MONDAY + timedelta(days=1, hours=2)):
        change_status(conversation, status=Status.OPEN, by=None)
        work()
        assert fresh(conversation).sla_due_at == MONDAY + timedelta(days=1, hours=2, minutes=50)
    promise(acme, pauses=["pending"])
    with at(MONDAY + timedelta(days=1, hours=2)):
        work()
    assert told()[-1] == ("missed", "frt", MONDAY + timedelta(days=1, minutes=30))


def test_changed_hours_reckon_what_runs_anew(acme, carla, web_inbox):
    promise(acme, first_response=3600, in_business_hours=True)
    update_inbox(web_inbox, by=None, working_hours_enabled=True, timezone="UTC")
    with at(MONDAY + timedelta(hours=7, minutes=30)):
        conversation = talk(carla, web_inbox, "Hello")
        work()
        update_inbox(web_inbox, by=None, business_hours={"week": [[[0, 1440]]] * 7})
        work()
    assert fresh(conversation).sla_due_at == MONDAY + timedelta(hours=8, minutes=30)


def test_after_a_day_of_downtime_everything_is_told_once_and_in_order(acme, ana, carla, web_inbox):
    promise(acme, first_response=600, next_response=1200, resolution=7200)
    with at(MONDAY):
        first = talk(carla, web_inbox, "Hello")
    with at(MONDAY + 3 * MINUTE):
        talk(carla, web_inbox, "Hello")
    with at(MONDAY + 6 * MINUTE):
        reply(first, by=ana)
    with at(MONDAY + timedelta(days=1)):
        assert commands.read_until() == MONDAY
        work()
        work()
    assert told() == [
        ("warned", "frt", MONDAY + 5 * MINUTE),
        ("warned", "frt", MONDAY + 8 * MINUTE),
        ("missed", "frt", MONDAY + 13 * MINUTE),
        ("warned", "rt", MONDAY + 60 * MINUTE),
        ("warned", "rt", MONDAY + 63 * MINUTE),
        ("missed", "rt", MONDAY + 120 * MINUTE),
        ("missed", "rt", MONDAY + 123 * MINUTE),
    ]


def test_a_miss_is_told_to_assignee_and_administrators(acme, admin, ana, carla, web_inbox, drain_log):
    promise(acme, first_response=60)
    with at(MONDAY):
        talk(carla, web_inbox, "Hello", assignee=ana)
        drain_log()
    with at(MONDAY + 2 * MINUTE):
        tick()
        drain_log()
    rows = Notification.objects.filter(kind__in=[6, 7, 8]) if _has_kind() else Notification.objects.all()
    assert {row.user_id for row in rows} >= {admin.pk, ana.pk}


def _has_kind() -> bool:
    return any(field.name == "kind" for field in Notification._meta.get_fields())


def test_a_tick_costs_only_what_is_due(acme, carla, web_inbox):
    promise(acme, first_response=600)
    with at(MONDAY):
        for _number in range(3):
            talk(carla, web_inbox, "Hello")
        work()

        def cost() -> int:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert tick() == 0
            return len(queries)

        idle = cost()
        for _number in range(5):
            talk(carla, web_inbox, "Hello")
        drain_log([Clocks()])
        assert cost() == idle


class _Killed(Exception):
    pass


def _killed(act: Run) -> None:
    """The process dies before it commits."""
    with suppress(_Killed), transaction.atomic():
        act()
        raise _Killed


# ── against a plain model ─────────────────────────────────────────────────────────────────────────────────────

FIRST, NEXT, WHOLE = 20, 12, 90  # minutes
OPEN = [(540, 780), (870, 1020)]


class Model:
    """Someone with a watch who looks at every minute."""

    def __init__(self, *, in_hours: bool) -> None:
        self.in_hours, self.now = in_hours, MONDAY
        self.status, self.replied = Status.OPEN, False
        self.waiting: datetime | None = MONDAY
        self.began = MONDAY
        self.counted: dict[tuple[str, datetime], int] = {}
        self.told: list[tuple[str, str, datetime]] = []

    def pass_until(self, moment: datetime) -> None:
        while self.now < moment:
            minute, self.now = self.now, self.now + MINUTE
            if self.status in (Status.SNOOZED, Status.PENDING, Status.RESOLVED):
                continue
            wall = minute.hour * 60 + minute.minute
            if self.in_hours and not (
                minute.isoweekday() <= 5 and any(opens <= wall < closes for opens, closes in OPEN)
            ):
                continue
            running = {"rt": (self.began, WHOLE)}
            if self.waiting is not None:
                kind, needed = ("nrt", NEXT) if self.replied else ("frt", FIRST)
                running[kind] = (max(self.waiting, self.began), needed)
            for kind in ("frt", "nrt", "rt"):
                if kind in running:
                    start, needed = running[kind]
                    count = self.counted[kind, start] = self.counted.get((kind, start), 0) + 1
                    if count == needed // 2:
                        self.told.append(("warned", kind, self.now))
                    if count == needed:
                        self.told.append(("missed", kind, self.now))

    def do(self, act: str) -> None:
        if act == "reply":
            self.replied, self.waiting = True, None
        elif act == "write":
            self.waiting = self.waiting or self.now
            if self.status in (Status.RESOLVED, Status.SNOOZED):
                self._state(Status.OPEN)
        else:
            self._state(Status[act.upper()])

    def _state(self, status: Status) -> None:
        if self.status == Status.RESOLVED and status != Status.RESOLVED:
            self.began = self.now
        self.status = status


_ACTS = st.sampled_from(["reply", "write", "open", "pending", "snoozed", "resolved"])
_STEP = st.tuples(st.integers(1, 200), _ACTS, st.sampled_from(["work", "down", "down", "killed"]))


@pytest.mark.feature("D-SLA-01")
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.lists(_STEP, min_size=3, max_size=6), st.booleans())
def test_any_history_with_a_worker_that_dies_is_what_the_model_says(
    acme, ana, carla, web_inbox, steps, in_hours
):
    with suppress(_Killed), transaction.atomic():
        _play(acme, ana, carla, web_inbox, steps, in_hours=in_hours)
        raise _Killed  # each history begins with nothing


def _play(acme: Any, ana: Any, carla: Any, inbox: Any, steps: Any, *, in_hours: bool) -> None:
    update_inbox(
        inbox, by=None, working_hours_enabled=True, timezone="UTC",
        business_hours={"week": [[], *[[list(span) for span in OPEN]] * 5, []]},
    )  # fmt: skip
    promise(
        acme,
        first_response=FIRST * 60,
        next_response=NEXT * 60,
        resolution=WHOLE * 60,
        in_business_hours=in_hours,
    )
    model, moment = Model(in_hours=in_hours), MONDAY
    before = len(told())
    with at(moment):
        conversation = talk(carla, inbox, "Hello")
    for minutes, act, worker in steps:
        moment += minutes * MINUTE
        model.pass_until(moment)
        model.do(act)
        with at(moment):
            _do(act, conversation, ana, carla)
        with at(moment + 3 * timedelta(seconds=1)):
            if worker == "killed":
                _killed(lambda: commands.follow_log(_unread()))
                until = commands.read_until()
                _killed(partial(commands.tell_due, commands.due_clocks(until), until=until, at_most=10))
            elif worker == "work":
                work()
    end = moment + timedelta(days=2)
    model.pass_until(end)
    with at(end + 3 * timedelta(seconds=1)):
        work()
    found = told()[before:]
    assert sorted(found) == sorted(model.told)
    assert len(set(found)) == len(found)
    row = AppliedSla.objects.get(conversation=conversation)
    missed = any(what == "missed" for what, _kind, _at in model.told)
    is_over = model.status == Status.RESOLVED
    assert (row.state in (row.State.MISSED, row.State.ACTIVE_WITH_MISSES)) is missed
    assert (row.state in (row.State.MISSED, row.State.HIT)) is is_over
    assert fresh(conversation).service_level["events"] == [] or missed


def _unread() -> Any:
    return read_after(position_of(cursor_of(Clocks())), names=Clocks.subscribes, settled=False)


def _do(act: str, conversation: Conversation, ana: Any, carla: Any) -> None:
    from ventanilla.conversations.commands import NewMessage, receive_message

    again = Conversation.objects.select_related("inbox", "account").get(pk=conversation.pk)
    if act == "reply":
        reply(again, by=ana)
    elif act == "write":
        receive_message(again, NewMessage("Hello?"), sender=carla)
    else:
        change_status(again, status=Status[act.upper()], by=None)


def test_an_account_whose_conversations_get_no_clocks_keeps_no_other_one_waiting(
    acme, globex, carla, web_inbox, monkeypatch
):
    with at(MONDAY):
        talk(carla, web_inbox, "Hello")
        promise(globex, first_response=600)
        promise(acme, first_response=600)
        spread = commands.spread

        def breaks(row: Any, *, at_most: int) -> int:
            if row.account_id == globex.pk:
                raise ValueError("odd data")
            return spread(row, at_most=at_most)

        monkeypatch.setattr(commands, "spread", breaks)
        tick()
    assert AppliedSla.objects.filter(account=acme).count() == 1
