"""The health page: what each administrator sees, and what can be done about it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.translation import ngettext_lazy

from ventanilla.accounts import installation
from ventanilla.accounts.models import Account, Installation, SystemMail
from ventanilla.contacts.commands.identities import create_contact_inbox
from ventanilla.contacts.models import Contact
from ventanilla.conversations.commands import NewMessage, post_message, receive_message, start_conversation
from ventanilla.delivery.consumers import MessagesToSend
from ventanilla.delivery.models import Incoming, Outgoing
from ventanilla.events.models import Event, SetAsideEvent
from ventanilla.inboxes.commands.inboxes import create_inbox
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import now
from ventanilla.kit.health import Words

pytestmark = [pytest.mark.django_db, pytest.mark.feature("Z-28")]


@pytest.fixture
def keeper(acme: Account) -> Account:
    """Acme looks after the installation."""
    Installation.objects.update_or_create(defaults={"account": acme, "base_url": "https://desk.example"})
    installation.forget()
    return acme


@pytest.fixture
def mailbox(acme: Account) -> Inbox:
    return create_inbox(acme, name="Soporte", channel={"type": "email", "email": "s@acme.example"}, by=None)


def page(client: Any, account: Account) -> dict[str, Any]:
    answer = client.get(f"/api/desk/accounts/{account.pk}/health")
    assert answer.status_code == 200, answer.content
    return answer.json()


def of(told: dict[str, Any], check: str) -> list[dict[str, Any]]:
    return next(one["found"] for one in told["checks"] if one["name"] == check)


def figures(found: dict[str, Any]) -> dict[str, float]:
    return {one["name"]: one["value"] for one in found["figures"]}


def come_in(inbox: Inbox | None, account: Account, *states: str, **more: Any) -> list[Incoming]:
    return [
        Incoming.objects.create(
            account=account,
            inbox=inbox,
            channel="email",
            provider_key=f"{state}{number}",
            state=state,
            **more,
        )
        for number, state in enumerate(states)
    ]


def set_aside(account: Account, **more: Any) -> SetAsideEvent:
    facts = {"consumer": MessagesToSend.name, "event_id": 2**40, "name": "message.created", "attempts": 6}
    return SetAsideEvent.objects.create(
        account_id=account.pk,
        set_aside_at=now(),
        error="Traceback\n  in x\nKeyError: 'secret'",
        **{**facts, **more},
    )


def test_a_channels_row_adds_up_and_says_when_something_last_came_and_went(api, admin, acme, mailbox):
    come_in(mailbox, acme, "processed", "processed", "ignored", "quarantined", "received")
    come_in(mailbox, acme, "ignored", received_at=now() - timedelta(days=3), meta={})[0]
    Outgoing.objects.create(
        account=acme,
        inbox=mailbox,
        kind="message",
        key="m1",
        state="sent",
        finished_at=now() - timedelta(minutes=2),
    )
    row = next(
        one for one in of(page(api(admin), acme), "channels") if one["about"]["inbox_id"] == mailbox.pk
    )
    told = figures(row)
    parts = [told[name] for name in ("processed", "ignored", "quarantined", "waiting")]
    assert (told["received"], parts) == (sum(parts), [2, 1, 1, 1])
    assert 100 < now().timestamp() - told["last_out"] < 140
    assert now().timestamp() - told["last_in"] < 20


def test_a_chat_on_the_website_counts_its_messages(api, admin, acme, web_inbox: Inbox, carla: Contact):
    conversation = start_conversation(create_contact_inbox(carla, inbox=web_inbox), by=carla)
    receive_message(conversation, NewMessage("Hola"), sender=carla)
    row = next(
        one for one in of(page(api(admin), acme), "channels") if one["about"]["inbox_id"] == web_inbox.pk
    )
    assert (figures(row)["received"], figures(row)["processed"]) == (1, 1)
    assert now().timestamp() - figures(row)["last_in"] < 20


def test_a_channel_that_fails_is_red_with_its_reason_in_words(api, admin, acme, mailbox):
    Inbox.objects.filter(pk=mailbox.pk).update(
        failure_reason="La contraseña no sirve.", failing_since=now(), reauthorization_required=True
    )
    told = page(api(admin), acme)
    row = next(one for one in of(told, "channels") if one["about"]["inbox_id"] == mailbox.pk)
    assert (row["state"], row["says"], row["acts"]) == ("ill", "La contraseña no sirve.", ["open_channel"])
    assert told["state"] == "ill"


def test_an_administrator_of_another_account_learns_nothing(api, admin, gus, keeper, globex, mailbox):
    Inbox.objects.filter(pk=mailbox.pk).update(failure_reason="acme-fails", failing_since=now())
    come_in(mailbox, keeper, "quarantined", "received", received_at=now() - timedelta(hours=1))
    row = set_aside(keeper)
    Outgoing.objects.create(account=keeper, kind="webhook", key="k", created_at=now() - timedelta(hours=1))
    quiet = page(api(gus), globex)
    assert quiet["is_whole"] is False
    assert {one["name"] for one in quiet["checks"]} == {
        "channels",
        "in_tray",
        "out_tray",
        "set_aside",
        "unanswered",
    }
    assert quiet["state"] == "well"
    assert "acme" not in json.dumps(quiet).lower()
    here = f"/api/desk/accounts/{globex.pk}/health"
    assert api(gus).get(f"{here}/set_aside").json()["count"] == 0
    assert api(gus).post(f"{here}/set_aside/{row.pk}/retry").status_code == 404
    assert api(gus).delete(f"{here}/set_aside/{row.pk}").status_code == 404
    assert api(gus).post(f"{here}/own_mail/hurry").status_code == 404
    assert SetAsideEvent.objects.filter(pk=row.pk).exists()


def test_who_looks_after_the_installation_sees_it_whole_and_no_other_account(api, admin, keeper, globex):
    other = create_inbox(globex, name="Globex secret", channel={"type": "api"}, by=None)
    Inbox.objects.filter(pk=other.pk).update(failure_reason="globex-fails", failing_since=now())
    set_aside(globex)
    told = page(api(admin), keeper)
    assert told["is_whole"] is True
    assert {"processes", "trays", "readers", "jobs", "storage", "disk", "backup", "own_mail"} <= {
        one["name"] for one in told["checks"]
    }
    assert "globex" not in json.dumps(told).lower()
    assert [one["code"] for one in of(told, "set_aside")] == ["none_set_aside"]


def test_agents_see_no_health_page(api, ana, acme):
    assert api(ana).get(f"/api/desk/accounts/{acme.pk}/health").status_code == 403


def test_a_line_is_read_in_the_language_of_whoever_reads_it():
    line = Words(ngettext_lazy("%(count)s waits", "%(count)s wait", "count"), count=2)
    with translation.override("es"):
        spanish = str(line)
    with translation.override("en"):
        assert (spanish, str(line)) == ("2 en espera", "2 wait")


def test_a_look_costs_few_questions(api, admin, keeper, mailbox):
    client = api(admin)
    page(client, keeper)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page(client, keeper)
    assert len(asked) < 60, len(asked)


# ── acts ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def message_event(acme, mailbox, carla, admin, drain_log) -> Event:
    """A reply of ours whose event its reader gave up before it lay in the out-tray."""
    conversation = start_conversation(
        create_contact_inbox(carla, inbox=mailbox, source_id="c@x.example"), by=carla
    )
    post_message(conversation, NewMessage("Ya va"), by=admin)
    return Event.objects.filter(name="message.created").latest("pk")


def test_retried_twice_an_event_counts_once_and_nothing_leaves_twice(api, admin, acme, message_event):
    row = set_aside(acme, event_id=message_event.pk, event_xid=message_event.xid)
    here = f"/api/desk/accounts/{acme.pk}/health/set_aside"
    listed = api(admin).get(here).json()["payload"]
    assert [(one["id"], one["problem"]) for one in listed] == [(row.pk, "KeyError: 'secret'")]
    assert api(admin).post(f"{here}/{row.pk}/retry").status_code == 200
    assert api(admin).post(f"{here}/{row.pk}/retry").status_code == 404
    assert Outgoing.objects.filter(kind="message").count() == 1
    again = set_aside(acme, event_id=message_event.pk, event_xid=message_event.xid)
    Outgoing.objects.update(state="sent")
    assert api(admin).post(f"{here}/{again.pk}/retry").status_code == 200
    assert list(Outgoing.objects.values_list("state", flat=True)) == ["sent"]
    assert Event.objects.filter(name="health.event_retried").count() == 2


def test_what_fails_again_stays_and_says_so(api, admin, acme, message_event):
    row = set_aside(acme, consumer="nobody.reads", event_id=message_event.pk)
    here = f"/api/desk/accounts/{acme.pk}/health/set_aside/{row.pk}"
    assert api(admin).post(f"{here}/retry").status_code == 404  # its reader is gone: it can only be dropped
    Event.objects.filter(pk=message_event.pk).update(payload='{"message_id": "no number"}')
    broken = set_aside(acme, event_id=message_event.pk, event_xid=message_event.xid)
    answer = api(admin).post(f"/api/desk/accounts/{acme.pk}/health/set_aside/{broken.pk}/retry")
    assert (answer.status_code, answer.json()["code"]) == (409, "still_fails")
    assert SetAsideEvent.objects.filter(pk=broken.pk).exists()
    assert api(admin).delete(here).status_code == 200
    assert api(admin).delete(here).status_code == 404
    assert Event.objects.filter(name="health.event_dropped").count() == 1


def test_what_is_discarded_leaves_the_quarantine_and_can_still_be_read(api, admin, acme, mailbox):
    row = come_in(mailbox, acme, "quarantined")[0]
    here = f"/api/desk/accounts/{acme.pk}/incoming"
    for _twice in range(2):
        answer = api(admin).post(f"{here}/{row.pk}/discard")
        assert (answer.status_code, answer.json()["state"]) == (200, "ignored")
    assert Event.objects.filter(name="incoming.discarded").count() == 1
    assert [one["id"] for one in api(admin).get(f"{here}?state=unopened").json()["payload"]] == [row.pk]
    assert [one["state"] for one in of(page(api(admin), acme), "in_tray")] == ["well", "well"]


def test_mail_of_ours_that_waits_says_why_and_is_tried_at_once(api, admin, keeper):
    SystemMail.objects.create(
        to="x@acme.example", problem="unreachable", last_error="timed out", due_at=now() + timedelta(hours=1),
        created_at=now() - timedelta(minutes=10),
    )  # fmt: skip
    row = of(page(api(admin), keeper), "own_mail")[0]
    assert (row["state"], row["acts"], "timed out" in row["hint"]) == ("ill", ["hurry_mail"], True)
    assert api(admin).post(f"/api/desk/accounts/{keeper.pk}/health/own_mail/hurry").status_code == 200
    assert SystemMail.objects.get().due_at <= now()
