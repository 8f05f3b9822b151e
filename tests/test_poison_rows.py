"""One row that cannot be worked on keeps no timed job from the others; what we stand on ends the run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import OperationalError, models

from ventanilla.accounts.models import Account, Team, User
from ventanilla.automation.models import BulkChange, Macro
from ventanilla.config.consumers import make_jobs
from ventanilla.contacts.models import Contact, ContactImport
from ventanilla.conversations.commands.scheduled import schedule_message
from ventanilla.conversations.models import CannedResponse, Conversation, Reminder, ScheduledMessage, Status
from ventanilla.conversations.tests.scenes import talk
from ventanilla.events.models import TimedJob
from ventanilla.events.timed import Job, run_due
from ventanilla.exports.models import Export
from ventanilla.health.models import Trouble
from ventanilla.inboxes.models import Inbox
from ventanilla.kit import row_by_row
from ventanilla.kit.clock import now
from ventanilla.notifications.models import DigestItem, Notification
from ventanilla.notifications.registry import kind_called
from ventanilla.service_levels.models import AppliedSla, ServiceLevel, SlaPolicy
from ventanilla.testing.cast import make_user, membership
from ventanilla.testing.poison import refusing

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C-09")]

JOBS = {job.name: job for job in make_jobs()}
AGO, LATER = now() - timedelta(days=40), now() + timedelta(days=40)
Rows = list[models.Model]  # the first is the one the database will refuse to change


class World:
    """What the scenes are made of."""

    def __init__(self, acme: Account, ana: User, carla: Contact, web_inbox: Inbox) -> None:
        self.acme, self.ana, self.carla, self.inbox = acme, ana, carla, web_inbox

    def talks(self, **changes: object) -> list[Conversation]:
        made = [talk(self.carla, self.inbox, "Hola") for _ in range(2)]
        Conversation.objects.filter(pk__in=[one.pk for one in made]).update(**changes)
        return made


def snoozes(world: World) -> Rows:
    return [*world.talks(status=Status.SNOOZED, snoozed_until=AGO)]


def idle(world: World) -> Rows:
    Account.objects.filter(pk=world.acme.pk).update(auto_resolve_duration=3)
    return [*world.talks(last_activity_at=AGO)]


def ahead(world: World) -> Rows:
    return [*world.talks(last_activity_at=LATER)]


def scheduled(world: World) -> Rows:
    for one in world.talks():
        schedule_message(one, by=world.ana, content="Hola", send_at=now() + timedelta(hours=1))
    ScheduledMessage.objects.update(send_at=AGO)
    return [row.conversation for row in ScheduledMessage.objects.order_by("pk")]


def closed(world: World) -> Rows:
    return [Account.objects.create(name=name, settings={"delete_requested_at": "x"}) for name in "AB"]


def hidden(world: World) -> Rows:
    return [Inbox.objects.create(account=world.acme, name=name, kind="api", deleted_at=AGO) for name in "AB"]


def notifications(world: World) -> Rows:
    return [
        Notification.objects.create(
            account=world.acme,
            user=world.ana,
            kind=kind_called("conversation_creation").number,
            conversation=one,
            snoozed_until=AGO,
        )
        for one in world.talks()
    ]


def departed(world: World) -> Rows:
    gone = [make_user(world.acme, f"{name}@gone.example", name=name) for name in "ab"]
    for user in gone:
        user.memberships.all().delete()
    User.objects.filter(pk__in=[user.pk for user in gone]).update(left_at=AGO)
    return [*gone]


def teams(world: World) -> Rows:
    return [Team.objects.create(account=world.acme, name=name, deleted_at=AGO) for name in "ab"]


def reminders(world: World) -> Rows:
    return [
        Reminder.objects.create(account=world.acme, conversation=one, user=world.ana, remind_at=AGO)
        for one in world.talks()
    ]


def canned(world: World) -> Rows:
    return [
        CannedResponse.objects.create(account=world.acme, short_code=code, content="Hola", deleted_at=AGO)
        for code in "ab"
    ]


def macros(world: World) -> Rows:
    return [Macro.objects.create(account=world.acme, name=name, deleted_at=AGO) for name in "ab"]


def changes(world: World) -> Rows:
    done = BulkChange.State.DONE
    return [
        BulkChange.objects.create(account=world.acme, user=world.ana, steps=[], state=done, created_at=AGO)
        for _ in range(2)
    ]


def imports(world: World) -> Rows:
    done = ContactImport.State.DONE
    file = {"filename": "a.csv", "content_type": "text/csv", "byte_size": 1}
    return [
        ContactImport.objects.create(
            account=world.acme, file=file | {"key": f"none/{name}"}, state=done, created_at=AGO
        )
        for name in "ab"
    ]


def digests(world: World) -> Rows:
    """Of two members: one mail is made of all that waits for one."""
    gala = make_user(world.acme, "gala@acme.example", name="Gala")
    return [
        DigestItem.objects.create(
            membership=membership(world.acme, user),
            conversation=one,
            kind=kind_called("conversation_creation").number,
            due_at=AGO,
        )
        for user, one in zip((world.ana, gala), world.talks(), strict=True)
    ]


def asking(world: World) -> Rows:
    return [Account.objects.create(name=name, second_step_from=AGO) for name in "AB"]


def ends_sooner(world: World) -> Rows:
    """Calendars that know this year's holidays and no later ones."""
    hours = {"country": "CL", "holidays_until": now().year}
    return [Account.objects.create(name=name, business_hours=hours) for name in "AB"]


def own_hours(world: World) -> Rows:
    hours = {"country": "CL", "holidays_until": now().year}
    return [
        Inbox.objects.create(
            account=world.acme, name=name, kind="api", uses_account_hours=False, business_hours=hours
        )
        for name in "AB"
    ]


def files(world: World) -> Rows:
    return [
        Export.objects.create(
            account=world.acme, begins=now(), ends=now(), locale="es", state=Export.State.DONE, expires_at=AGO
        )
        for _ in range(2)
    ]


def _clocks(world: World, **changes: object) -> Rows:
    ServiceLevel.objects.create(account=world.acme, first_response=60)
    return [
        AppliedSla.objects.create(
            account=world.acme,
            conversation=one,
            states=[[AGO.timestamp(), Status.OPEN]],
            waiting_since=AGO,
            **changes,
        )
        for one in world.talks()
    ]


def due(world: World) -> Rows:
    return _clocks(world, next_at=AGO)


def stale(world: World) -> Rows:
    return _clocks(world, is_stale=True)


def policies(world: World) -> Rows:
    return [SlaPolicy.objects.create(account=world.acme, name=name, deleted_at=AGO) for name in "AB"]


def troubles(world: World) -> Rows:
    """Of two accounts: well again for long, which each has still to be told."""
    owners = [world.acme, Account.objects.create(name="B")]
    return [
        Trouble.objects.create(
            check_name="disk", key=owner.name, account=owner, since=AGO, told_at=AGO, well_since=AGO
        )
        for owner in owners
    ]


# Job, its rows, what the database refuses, and how to see that a row was served.
SCENES: list[tuple[str, Callable[[World], Rows], str, dict[str, object]]] = [
    ("conversations.wake_snoozed", snoozes, "UPDATE", {"status": Status.OPEN}),
    ("conversations.auto_resolve", idle, "UPDATE", {"status": Status.RESOLVED}),
    ("conversations.mend_future_activity", ahead, "UPDATE", {"last_activity_at__lt": LATER}),
    ("conversations.send_scheduled", scheduled, "UPDATE", {"messages__sender_type": "User"}),
    ("conversations.delete_closed_accounts", closed, "DELETE", {}),
    ("conversations.delete_hidden_inboxes", hidden, "DELETE", {}),
    ("conversations.remind", reminders, "DELETE", {}),
    ("conversations.purge_canned_responses", canned, "DELETE", {}),
    ("automation.purge_macros", macros, "DELETE", {}),
    ("automation.forget_bulk_changes", changes, "DELETE", {}),
    ("contacts.forget_imports", imports, "DELETE", {}),
    ("notifications.digests", digests, "DELETE", {}),
    ("notifications.wake_snoozed", notifications, "UPDATE", {"snoozed_until": None}),
    ("signin.second_steps", asking, "UPDATE", {"second_step_in_force": True}),
    ("accounts.sweep", departed, "DELETE", {}),
    ("accounts.sweep", teams, "DELETE", {}),
    ("inboxes.renew_holidays", ends_sooner, "UPDATE", {"business_hours__holidays_until__gt": now().year}),
    ("inboxes.renew_holidays", own_hours, "UPDATE", {"business_hours__holidays_until__gt": now().year}),
    ("exports.forget", files, "UPDATE", {"state": Export.State.EXPIRED}),
    ("service_levels.tick", due, "UPDATE", {"state": AppliedSla.State.ACTIVE_WITH_MISSES}),
    ("service_levels.tick", stale, "UPDATE", {"is_stale": False}),
    ("service_levels.purge_policies", policies, "DELETE", {}),
    ("health.watch", troubles, "DELETE", {}),
]
# Their work is statements over sets, or no row at all.
WITHOUT_ROWS = {
    "events.prune_log",
    "events.count_tables_anew",
    "search.build",
    "timeline.build",
    "search.sweep",
    "realtime.forget_absent",
    "notifications.retention",
    "conversations.delete_unused_uploads",
    "signin.sweep",
    "audit.forget",
}
ELSEWHERE = {"delivery.look_after_inboxes"}  # delivery/tests/test_jobs.py: it asks name servers


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("name", "scene", "verb", "served"), SCENES, ids=[f"{one[0]}-{one[1].__name__}" for one in SCENES]
)
def test_the_row_behind_one_that_cannot_be_worked_on_has_its_turn(
    acme: Account,
    ana: User,
    carla: Contact,
    web_inbox: Inbox,
    name: str,
    scene: Callable[[World], Rows],
    verb: str,
    served: dict[str, object],
) -> None:
    poison, other = scene(World(acme, ana, carla, web_inbox))
    keys = {"poison": poison.pk, "other": other.pk}
    rows = type(other)._base_manager

    def is_served(pk: int) -> bool:
        found = rows.filter(pk=pk)
        return found.filter(**served).exists() if served else not found.exists()

    with refusing(poison, verb):
        assert run_due([JOBS[name]]) == 1
        assert (is_served(keys["poison"]), is_served(keys["other"])) == (False, True)
        assert TimedJob.objects.get(pk=name).failures == 0  # else it would pause for the others, too


def test_every_timed_job_is_looked_at_here() -> None:
    assert set(JOBS) == {one[0] for one in SCENES} | WITHOUT_ROWS | ELSEWHERE


def test_a_fault_of_what_we_stand_on_ends_the_run_and_postpones_the_job(
    carla: Contact, acme: Account
) -> None:
    Contact.objects.create(account=acme, name="Second")
    tried: list[int] = []

    def act(contact: Contact) -> int:
        tried.append(contact.pk)
        raise OperationalError("server closed the connection")

    job = Job(
        name="bell",
        every=timedelta(minutes=5),
        run=lambda: row_by_row.walk(Contact.objects.order_by("pk"), act, where="bell"),
        at_most=timedelta(minutes=1),
    )
    assert run_due([job]) == 1
    row = TimedJob.objects.get(pk="bell")
    assert tried == [carla.pk]
    assert row.failures == 1
    assert row.next_run_at < now() + timedelta(minutes=2)


def test_rows_that_stay_in_the_set_are_looked_at_once_a_run(carla: Contact, acme: Account) -> None:
    Contact.objects.bulk_create(Contact(account=acme, name=f"C{number}") for number in range(250))
    seen: list[int] = []

    def act(contact: Contact) -> int:
        seen.append(contact.pk)
        if contact.pk == carla.pk:
            raise ValueError("odd")
        return 0

    assert row_by_row.walk(Contact.objects.order_by("pk"), act, where="test") == 0
    assert len(seen) == len(set(seen)) == 251
