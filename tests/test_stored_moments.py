"""A clock that jumped ahead and came back: no stored moment delays work, locks a place or keeps a door open for days.

Each DateTimeField of every model says here what it is; one that is added fails until it does.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils import timezone

from ventanilla.accounts.browser_sessions import SessionStore
from ventanilla.accounts.commands.one_time import Purpose, issue_one_time_token, use_one_time_token
from ventanilla.accounts.commands.sessions import open_session
from ventanilla.accounts.commands.system_mail import claim_mail, note_mail_failed
from ventanilla.accounts.errors import LinkExpired
from ventanilla.accounts.models import SystemMail
from ventanilla.contacts.commands.contacts import request_avatar
from ventanilla.contacts.commands.identities import create_contact_inbox
from ventanilla.contacts.jobs import avatars as pictures
from ventanilla.contacts.models import AvatarDownload
from ventanilla.conversations.commands import NewMessage, post_message, start_conversation
from ventanilla.conversations.tests.scenes import talk
from ventanilla.delivery import in_tray, pace, pulling, renewing, stranded
from ventanilla.delivery.models import Incoming, Outgoing, Watch
from ventanilla.events import claims
from ventanilla.exports.commands import KEPT_FOR
from ventanilla.exports.jobs import forget_old
from ventanilla.exports.models import Export
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.undelivered import Cause
from ventanilla.notifications.commands.digests import ask_for_digests
from ventanilla.notifications.models import DigestItem
from ventanilla.notifications.registry import kind_called
from ventanilla.testing.cast import ApiClient, membership

pytestmark = pytest.mark.feature("C-09", "Z-02")
# Longer than any pause of ours: a shorter jump delays by no more than the longest of them.
JUMPS = [timedelta(hours=5), timedelta(days=2), timedelta(days=400)]

# When something happened. A wrong one is shown wrong and decides nothing, or is bounded where it is read (kit.clock).
HAPPENED = (
    "created_at updated_at deleted_at read_at sent_at processed_at received_at finished_at started_at occurred_at"
    " set_aside_at moved_at last_run_at last_seen_at beat_at said_at mentioned_at confirmed_at email_proven_at left_at"
    " declined_at active_at last_success_at failing_since alerted_at asked_at checked_at planned_at last_assigned_at"
    " labels_changed_at inboxes_changed_at teams_changed_at last_activity_at last_incoming_at agent_last_seen_at"
    " assignee_last_seen_at contact_last_seen_at first_reply_created_at waiting_since last_login used_at last_used_at"
    " seen_at happened_at ended_at log_began_at first_at last_at verified_at removed_at since well_since told_at"
    " downloaded_at looked_at"
).split()  # fmt: skip
# What a person chose is believed, however far ahead.
CHOSEN = {
    "Conversation.snoozed_until", "Notification.snoozed_until", "ScheduledMessage.send_at", "ScheduledMessage.then_until",
    "Reminder.remind_at", "Account.second_step_from",
}  # fmt: skip
# Ours: planned, claimed, or an end of something that was given. Each has its test below, or in the file named.
OURS = {
    "SystemMail.due_at", "AvatarDownload.due_at", "Incoming.next_attempt_at", "Outgoing.next_attempt_at",
    "Incoming.claimed_until", "Outgoing.claimed_until", "Watch.watched_until", "Watch.renewing_until",
    "ClientSession.expires_at", "OneTimeToken.expires_at", "SignInAttempt.expires_at", "Session.expire_date",
    "TimedJob.next_run_at", "TimedJob.claimed_until", "ConsumerCursor.retry_at",  # events/tests/test_clock_jumps.py
    "ContactImport.claimed_until", "BulkChange.claimed_until", "BackupRun.claimed_until",  # read by the same claims.is_lost
    "Export.claimed_until",  # the same
    "DigestItem.due_at", "Export.expires_at",
    "Spent.expires_at",  # until then a code is not taken again; longer does no harm
}  # fmt: skip
# Reckoned from what happened (the conversation's own moments and what was promised), anew with each change of either: a
# conversation that came in under a wrong clock is due by the moment it shows itself.
RECKONED = {"AppliedSla.next_at", "Conversation.sla_due_at"}


def test_every_moment_that_is_stored_says_what_it_is() -> None:
    found = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.DateTimeField)
    }
    assert {name for name in found if name.partition(".")[2] not in HAPPENED} == CHOSEN | OURS | RECKONED


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


@pytest.fixture(params=JUMPS, ids=str)
def ahead(request: pytest.FixtureRequest, clock: Any) -> Callable[[Callable[[], Any]], Any]:
    """Do something while the clock runs ahead; then it is right again."""

    def run(work: Callable[[], Any]) -> Any:
        clock.shift(request.param)
        try:
            return work()
        finally:
            clock.shift(-request.param)

    return run


def test_a_letter_that_was_put_off_by_a_wrong_clock_is_due(ahead, ana) -> None:
    letter = SystemMail.objects.create(to="a@example.com", attempts=3)
    ahead(lambda: note_mail_failed(letter, cause=Cause("refused", said="x", is_final=False)))
    assert claim_mail() == letter
    assert claim_mail() is None
    ahead(claim_mail)
    assert claim_mail() == letter


@pytest.mark.feature("T-02")
def test_a_mail_that_gathers_what_happened_waits_a_day_at_most(acme, ana, carla, web_inbox, clock) -> None:
    def waits(time: timedelta) -> None:
        kind, due = kind_called("conversation_creation").number, timezone.now() + time
        member, about = membership(acme, ana), talk(carla, web_inbox, "Hola")
        DigestItem.objects.create(membership=member, conversation=about, kind=kind, due_at=due)

    waits(timedelta(hours=23))
    assert ask_for_digests() == 0
    DigestItem.objects.all().delete()
    waits(timedelta(days=2))
    assert ask_for_digests() == 1


def test_the_file_of_an_export_goes_although_a_wrong_clock_wrote_until_when_it_stays(
    ahead, acme, ana
) -> None:
    """And one that was written a moment ago stays: a jump of hours or days takes nothing away."""

    def finish() -> Export:
        return Export.objects.create(
            account=acme, created_by=ana, begins=timezone.now(), ends=timezone.now(), locale="es",
            state=Export.State.DONE, expires_at=timezone.now() + KEPT_FOR,
        )  # fmt: skip

    export = ahead(finish)
    jumped = ahead(timezone.now) - timezone.now()
    forget_old()
    export.refresh_from_db()
    assert export.state == (Export.State.DONE if jumped <= KEPT_FOR else Export.State.EXPIRED)


def test_a_picture_is_fetched(ahead, carla) -> None:
    ahead(lambda: request_avatar(carla, url="https://pictures.example/a.png"))
    assert [one.contact_id for one in pictures._claim()] == [carla.pk]
    assert pictures._claim() == []
    ahead(lambda: AvatarDownload.objects.update(due_at=timezone.now()))
    assert len(pictures._claim()) == 1


@pytest.mark.parametrize("model", [Incoming, Outgoing])
def test_what_lies_in_a_tray_is_due(ahead, acme, api_inbox, model) -> None:
    ours = {"planned_at": timezone.now, "next_attempt_at": lambda: timezone.now() + timedelta(hours=3)}
    kind = (
        {"channel": "email", "raw": "x", "inbox": api_inbox}
        if model is Incoming
        else {"kind": "mail", "key": "k"}
    )

    def lay() -> Any:
        return model.objects.create(account=acme, **kind, **{name: moment() for name, moment in ours.items()})

    row = ahead(lay)
    stranded._clock_looked_at = float("-inf")
    in_tray._free_stranded()
    stranded.free()
    row.refresh_from_db()
    assert row.next_attempt_at <= timezone.now()


def test_a_claim_of_another_machine_that_a_wrong_clock_wrote_is_lost(ahead) -> None:
    until = ahead(lambda: timezone.now() + claims.LEASE)
    owner = "elsewhere/boot/1/2/3#4"
    assert claims.is_lost(owner, until, at=timezone.now())
    assert not claims.is_lost(owner, timezone.now() + claims.LEASE, at=timezone.now())


def test_the_hourly_limit_counts_nothing_that_was_sent_tomorrow(ahead, acme, api_inbox, ana, carla) -> None:
    Inbox.objects.filter(pk=api_inbox.pk).update(channel_settings={"sending_limit_per_hour": 1})
    talk = start_conversation(create_contact_inbox(carla, inbox=api_inbox), by=None)
    message = post_message(talk, NewMessage("Hola"), by=ana)

    def leave(key: str) -> None:
        Outgoing.objects.create(
            account=acme, inbox=api_inbox, kind="message", key=key, message=message, state="sent",
            finished_at=timezone.now(),
        )  # fmt: skip

    ahead(lambda: leave("tomorrow"))
    assert pace.places({api_inbox.pk: 1}) == {api_inbox.pk: 1}
    leave("now")
    assert pace.places({api_inbox.pk: 1}) == {api_inbox.pk: 0}


def test_a_watch_and_a_renewal_of_a_wrong_clock_are_free(ahead, api_inbox) -> None:
    ahead(lambda: pulling._lease(api_inbox.pk, "elsewhere:1"))
    assert pulling._lease(api_inbox.pk, "here:2")
    assert not pulling._lease(api_inbox.pk, "elsewhere:1")
    ahead(lambda: renewing._claim(api_inbox))
    assert renewing._claim(api_inbox)
    assert not renewing._claim(api_inbox)
    assert Watch.objects.get().watcher == "here:2"


def test_a_watcher_goes_on_renewing_its_watch(ahead, api_inbox, monkeypatch) -> None:
    pulling._lease(api_inbox.pk, "here:1")
    watcher, elapsed = pulling.Watcher(api_inbox.pk, "here:1"), [0.0]
    monkeypatch.setattr(pulling.time, "monotonic", lambda: elapsed[0])
    assert ahead(watcher._holds)
    elapsed[0] += pulling.LEASE.total_seconds()
    assert watcher._holds()
    assert Watch.objects.get().watched_until == timezone.now() + pulling.LEASE


def test_what_was_given_stays_good_for_twice_its_life_at_most(ahead, ana) -> None:
    """And a jump of less than that takes nothing away."""

    def give() -> tuple[Any, str, str, str]:
        store = SessionStore()
        store["who"] = "ana"
        store.create()
        link = issue_one_time_token(ana, purpose=Purpose.INVITATION)
        return (
            open_session(ana, how="password"),
            link,
            issue_one_time_token(ana, purpose=Purpose.SSO),
            store.session_key,
        )

    device, link, sso, cookie = ahead(give)
    jumped = ahead(timezone.now) - timezone.now()

    def is_in() -> list[bool]:
        headers = {"access-token": device.access_token, "client": device.client, "uid": ana.email}
        return [
            ApiClient(headers=headers).get("/api/v1/profile").status_code == 200,
            SessionStore(cookie).get("who") == "ana",
        ]

    assert is_in() == [jumped < timedelta(days=61), jumped < timedelta(seconds=settings.SESSION_COOKIE_AGE)]
    with pytest.raises(LinkExpired):  # five minutes: every jump here is longer
        use_one_time_token(sso, purposes=frozenset({Purpose.SSO}))
    if jumped > timedelta(days=14):
        with pytest.raises(LinkExpired):
            use_one_time_token(link, purposes=frozenset({Purpose.INVITATION}))
    else:
        assert use_one_time_token(link, purposes=frozenset({Purpose.INVITATION})) == ana
