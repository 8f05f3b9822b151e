"""Z-01 as a property: whatever happens while desks come and go, each ends with exactly what a fresh load shows.

A hundred histories in the ordinary run; `VENTANILLA_NIGHTLY=1` tries thousands (see CONTRIBUTING.md).
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from ventanilla.accounts.commands.accounts import create_account, update_account
from ventanilla.accounts.commands.teams import create_team, set_team_members, update_team
from ventanilla.accounts.commands.users import add_member
from ventanilla.accounts.models import Role, User
from ventanilla.contacts.commands.contacts import create_contact, update_contact
from ventanilla.contacts.models import ContactInbox
from ventanilla.conversations import commands
from ventanilla.conversations.jobs import wake_snoozed
from ventanilla.conversations.models import Conversation, Message, Status
from ventanilla.events.log import prune
from ventanilla.inboxes.commands.inboxes import create_inbox
from ventanilla.inboxes.commands.members import set_inbox_members
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Refusal
from ventanilla.realtime import live
from ventanilla.realtime.tests.conftest import sign_in
from ventanilla.realtime.tests.histories import Calendar, Desk, Office
from ventanilla.testing.cast import make_user

pytestmark = pytest.mark.django_db(transaction=True)

IS_NIGHTLY = os.environ.get("VENTANILLA_NIGHTLY", "") not in ("", "0")
HISTORIES = 10_000 if IS_NIGHTLY else 100
STEPS = 60 if IS_NIGHTLY else 14
DAY_SECONDS = 24 * 60 * 60

_number = itertools.count(1)
Session = tuple[User, str]


class History:
    """An account of its own, three desks, and the steps that a history is made of. Steps choose by number, so that any
    list of steps is a history and a failing one shrinks to few.
    """

    def __init__(self, office: Office, calendar: Calendar, people: list[Session]) -> None:
        self.office, self.calendar = office, calendar
        self.account = create_account(f"Account {next(_number)}", locale="en", by=None)
        self.people = [user for user, _session in people]
        for user, role in zip(self.people, (Role.ADMINISTRATOR, Role.AGENT, Role.AGENT), strict=True):
            add_member(self.account, user=user, role=role, by=None)
        self.admin, *self.agents = self.people
        self.inbox = create_inbox(
            self.account,
            name="Web",
            channel={"type": "web_widget", "website_url": "https://acme.example"},
            by=None,
        )
        set_inbox_members(self.inbox, user_ids=[agent.pk for agent in self.agents], by=None)
        self.teams = [create_team(self.account, name=name, by=None) for name in ("ventas", "soporte")]
        for team, agent in zip(self.teams, self.agents, strict=True):
            set_team_members(team, user_ids=[agent.pk], by=None)
        self.contacts = [create_contact(self.account, name=f"C{n}", by=None) for n in range(2)]
        self.identities = [
            ContactInbox.objects.create(contact=c, inbox=self.inbox, source_id=f"s{c.pk}")
            for c in self.contacts
        ]
        for identity in self.identities:
            commands.start_conversation(identity, by=None)
        self.desks = [Desk(office, self.account, user, session) for user, session in people]
        for desk in self.desks:
            desk.come()
        self._texts = itertools.count(1)

    def take(self, step: tuple[Any, ...]) -> None:
        """One step; what the product refuses in this state has not happened."""
        name, *given_ = step
        try:
            getattr(self, name)(*given_)
        except Refusal:
            return

    def end(self) -> None:
        """All desks are back and have heard everything."""
        for desk in self.desks:
            desk.come()
        for desk in self.desks:
            desk.catch_up()
        for desk in self.desks:
            desk.assert_shows_the_truth()

    def close(self) -> None:
        for desk in self.desks:
            desk.go(unread=True)

    # What there is.

    def _conversation(self, n: int) -> Conversation:
        rows = list(Conversation.objects.filter(account=self.account).order_by("pk"))
        if not rows:
            return commands.start_conversation(self.identities[0], by=None)
        return rows[n % len(rows)]

    def _text(self) -> str:
        return f"text {next(self._texts)}"

    # Commands.

    def receive(self, n: int) -> None:
        conversation = self._conversation(n)
        commands.receive_message(conversation, commands.NewMessage(self._text()), sender=conversation.contact)

    def post(self, n: int, who: int, private: bool) -> None:
        by = self.people[who % 3]
        commands.post_message(
            self._conversation(n), commands.NewMessage(self._text(), private=private), by=by
        )

    def start(self, n: int) -> None:
        commands.start_conversation(self.identities[n % 2], by=None)

    def assign(self, n: int, who: int) -> None:
        assignee = [*self.people, None][who % 4]
        commands.assign_agent(self._conversation(n), assignee=assignee, by=self.admin)

    def hand_to_team(self, n: int, which: int) -> None:
        team = [*self.teams, None][which % 3]
        commands.assign_team(self._conversation(n), team=team, by=self.admin)

    def follow(self, n: int, who: int, on: bool) -> None:
        act = commands.add_participants if on else commands.remove_participants
        act(self._conversation(n), user_ids=[self.people[who % 3].pk], by=self.admin)

    def status(self, n: int, which: int, seconds: int) -> None:
        status = [Status.OPEN, Status.RESOLVED, Status.PENDING, Status.SNOOZED][which % 4]
        until = now() + timedelta(seconds=seconds + 1) if status == Status.SNOOZED else None
        commands.change_status(self._conversation(n), status=status, snoozed_until=until, by=self.admin)

    def label(self, n: int, titles: list[str]) -> None:
        commands.set_labels(self._conversation(n), titles=titles, by=self.admin)

    def see(self, n: int, who: int) -> None:
        commands.mark_seen(self._conversation(n), by=self.people[who % 3])

    def draft(self, n: int, who: int, text: str) -> None:
        commands.save_draft(self._conversation(n), user=self.people[who % 3], mode="reply", content=text)

    def rename(self, n: int) -> None:
        update_contact(self.contacts[n % 2], name=self._text(), by=self.admin)

    def delete_message(self, n: int) -> None:
        rows = list(Message.objects.filter(conversation__account=self.account).order_by("pk"))
        if rows:
            commands.delete_message(rows[n % len(rows)], by=self.admin)

    def delete_conversation(self, n: int) -> None:
        commands.delete_conversation(self._conversation(n), by=self.admin)

    def merge(self, n: int, other: int) -> None:
        commands.merge_conversations(
            self._conversation(n), into=self._conversation(n + 1 + other), by=self.admin
        )

    def unmerge(self, n: int) -> None:
        commands.unmerge_conversation(self._conversation(n), by=self.admin)

    # Who may see what.

    def limit(self, which: int, on: bool) -> None:
        update_team(self.teams[which % 2], sight="team" if on else "inboxes", by=self.admin)

    def members(self, inside: list[int]) -> None:
        set_inbox_members(self.inbox, user_ids=[self.agents[n % 2].pk for n in inside], by=self.admin)

    # Lines, servers and time.

    def away(self, who: int, unread: bool) -> None:
        self.desks[who % 3].go(unread=unread)

    def back(self, who: int, at_ease: bool) -> None:
        desk = self.desks[who % 3]
        desk.come()
        if at_ease:
            desk.catch_up()

    def kill(self) -> None:
        here = [desk for desk in self.desks if desk.line is not None]
        for desk in here:
            desk.go(unread=True)
        self.office.kill()
        for desk in here:
            desk.come()

    def pass_by(self, seconds: int) -> None:
        self.calendar.pass_by(seconds)
        wake_snoozed()

    def forget(self, seconds: int) -> None:
        """The log is pruned: who was away for longer has to load anew. What goes is days old, read by every process."""
        self.office.wait_until_level()
        prune(older_than=timedelta(seconds=seconds))


_small = st.integers(0, 5)
_who = st.integers(0, 3)
_seconds = st.one_of(st.integers(0, 90), st.integers(0, DAY_SECONDS))
_STEPS = st.one_of(
    st.tuples(st.just("receive"), _small),
    st.tuples(st.just("post"), _small, _who, st.booleans()),
    st.tuples(st.just("start"), _small),
    st.tuples(st.just("assign"), _small, _who),
    st.tuples(st.just("hand_to_team"), _small, _who),
    st.tuples(st.just("follow"), _small, _who, st.booleans()),
    st.tuples(st.just("status"), _small, _who, _seconds),
    st.tuples(st.just("label"), _small, st.lists(st.sampled_from(["vip", "queja"]), unique=True)),
    st.tuples(st.just("see"), _small, _who),
    st.tuples(st.just("draft"), _small, _who, st.sampled_from(["", "uno", "dos"])),
    st.tuples(st.just("rename"), _small),
    st.tuples(st.just("delete_message"), _small),
    st.tuples(st.just("delete_conversation"), _small),
    st.tuples(st.just("merge"), _small, _small),
    st.tuples(st.just("unmerge"), _small),
    st.tuples(st.just("limit"), _small, st.booleans()),
    st.tuples(st.just("members"), st.lists(st.integers(0, 1), unique=True)),
    st.tuples(st.just("away"), _who, st.booleans()),
    st.tuples(st.just("away"), _who, st.booleans()),
    st.tuples(st.just("back"), _who, st.booleans()),
    st.tuples(st.just("kill")),
    st.tuples(st.just("pass_by"), _seconds),
    st.tuples(st.just("forget"), _seconds),
)  # fmt: skip


@pytest.fixture
def begin(transactional_db, monkeypatch, settings) -> Iterator[Callable[[], History]]:
    """Begins a history: a new account in a running office."""
    settings.MAX_MESSAGES_PER_MINUTE = 0
    monkeypatch.setattr(live, "MAX_CATCH_UP_EVENTS", 40)  # so that short histories meet that door, too
    calendar = Calendar()
    monkeypatch.setattr(timezone, "now", calendar.now)
    home = create_account("Home", locale="en", by=None)
    users = [make_user(home, f"u{n}@acme.example", name=f"User {n}") for n in range(3)]
    people = [(user, sign_in(user)) for user in users]
    office = Office()
    yield lambda: History(office, calendar, people)
    office.close()


@pytest.mark.feature("Z-01")
@pytest.mark.timeout(6 * 60 * 60 if IS_NIGHTLY else 180)  # a failing one is tried again until it is short
def test_after_any_history_every_desk_shows_what_a_fresh_load_shows(begin):
    @settings(
        max_examples=HISTORIES,
        deadline=None,
        database=None,
        derandomize=not IS_NIGHTLY,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    @given(st.lists(_STEPS, min_size=STEPS // 4, max_size=STEPS))
    def holds(steps: list[tuple[Any, ...]]) -> None:
        note("\n".join(map(repr, steps)))
        history = begin()
        try:
            for step in steps:
                history.take(step)
            history.end()
        finally:
            history.close()

    holds()


@pytest.mark.feature("Z-01", "Z-08")
@pytest.mark.parametrize("is_away", [True, False])
@pytest.mark.parametrize("acts", [("hand_to_team",), ("hand_to_team", "assign"), ("assign", "hand_to_team")])
def test_what_leaves_a_desks_sight_leaves_its_screen(begin, is_away, acts):
    """By one act or by two that each would not do it alone, while the desk is away or, of the same moment, while there."""
    history = begin()
    desk = history.desks[1]
    update_account(history.account, features={"hide_all_chats_for_agent": True}, by=history.admin)
    history.limit(0, True)
    history.hand_to_team(0, 0)
    desk.catch_up()
    assert 1 in desk.conversations

    if is_away:
        desk.go(unread=False)
    with transaction.atomic():
        for act in acts:
            getattr(history, act)(0, 1 if act == "hand_to_team" else 0)
    desk.come()
    desk.catch_up()

    assert 1 not in desk.conversations
    history.end()
    history.close()


@pytest.mark.feature("Z-01")
def test_a_desk_that_is_back_before_the_hub_has_read_what_it_may_see_loads_anew(begin):
    history = begin()
    desk = history.desks[1]
    desk.catch_up()
    desk.go(unread=False)
    busy = history.office.hold_up(0.3)

    history.limit(0, True)
    desk.come()
    busy.result()

    history.end()
    history.close()


@pytest.mark.feature("Z-01")
def test_news_and_what_is_out_of_sight_come_in_the_order_of_the_log(begin):
    """A line that breaks between the two must not have moved the desk's position past the earlier one."""
    history = begin()
    desk = history.desks[1]
    history.limit(0, True)
    history.hand_to_team(0, 0)
    history.hand_to_team(1, 0)
    desk.catch_up()
    with transaction.atomic():
        history.receive(0)
        history.hand_to_team(1, 1)
        history.receive(0)
    history.office.wait_until_level()
    frames = [frame for frame in desk.take_frames() if frame["type"] == "events" and frame["events"]]

    names = [event["name"] for frame in frames for event in frame["events"]]
    assert names.index("message.created") < names.index("conversation.hidden")
    positions = [tuple(map(int, frame["position"].split("-"))) for frame in frames]
    assert positions == sorted(positions)
    history.close()


@pytest.mark.feature("Z-01")
def test_a_team_that_was_changed_a_moment_ago_is_shown_as_it_is_now(begin):
    history = begin()
    desk = history.desks[0]
    history.hand_to_team(0, 0)
    desk.catch_up()  # whatever the process remembers of the account's people is from before
    history.limit(1, True)
    history.hand_to_team(0, 1)
    desk.catch_up()

    assert desk.conversations[1]["meta"]["team"]["sees_only_own"] is True
    history.end()
    history.close()
