"""The audit log: who, from where, before and after; found, taken away, never changed."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from ventanilla.accounts.commands.teams import create_team, update_team
from ventanilla.accounts.commands.viewing import view_as
from ventanilla.accounts.models import AccessToken, User
from ventanilla.api.tests.test_desk_session import Browser
from ventanilla.audit.commands import forget_addresses, forget_old, forget_people
from ventanilla.audit.consumers import AuditLog
from ventanilla.audit.models import AuditEntry
from ventanilla.events import facts
from ventanilla.events.consumer import drain_log as drain
from ventanilla.events.models import Event
from ventanilla.kit.clock import now
from ventanilla.labels import commands as labels
from ventanilla.testing.cast import PASSWORD, in_account, membership

pytestmark = [pytest.mark.django_db, pytest.mark.feature("Z-16")]

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
CATALOGUES = Path(__file__).parents[3] / "desk/src/i18n"


def read_log() -> list[AuditEntry]:
    drain([AuditLog()])
    return list(AuditEntry.objects.order_by("-pk"))


def desk(account: Any, path: str) -> str:
    return f"/api/desk/accounts/{account.pk}/{path}"


def test_an_act_is_kept_with_who_from_where_before_and_after(acme, admin, web_inbox):
    token = AccessToken.objects.get(user=admin).sealed
    answer = Client(REMOTE_ADDR="203.0.113.7").patch(
        f"/api/v1/accounts/{acme.pk}/inboxes/{web_inbox.pk}",
        json.dumps({"name": "Tienda"}),
        content_type="application/json",
        headers={"api_access_token": token, "User-Agent": FIREFOX},
    )
    assert answer.status_code == 200

    entry = read_log()[0]

    assert (entry.event, entry.subject, entry.subject_id) == ("inbox.updated", "inboxes.Inbox", web_inbox.pk)
    assert (entry.actor_id, entry.address, entry.way, entry.subject_name) == (
        admin.pk,
        "203.0.113.7",
        "token",
        "Tienda",
    )
    assert entry.data["changes"]["name"] == ["Acme web", "Tienda"]
    assert len(entry.request) == 36


def test_the_contracts_route_has_its_shape(acme, admin, ana, api):
    labels.create_label(acme, title="vip", by=admin)
    read_log()
    path = f"/api/v1/accounts/{acme.pk}/audit_logs"

    page = api(admin).get(path).json()

    assert {key: page[key] for key in ("per_page", "current_page")} == {"per_page": 15, "current_page": 1}
    first = page["audit_logs"][0]
    assert (first["auditable_type"], first["action"], first["username"]) == ("Label", "create", admin.email)
    assert first["auditable"] == {"id": first["auditable_id"], "name": "vip"}
    assert page["total_entries"] == AuditEntry.objects.filter(account_id=acme.pk).count()
    assert api(ana).get(path).status_code == 401
    assert api(admin).get(f"{path}?page=99").json()["audit_logs"] == []


def test_it_is_searched_filtered_and_read_page_by_page(acme, globex, admin, ana, gus, api):
    team = create_team(acme, name="Ventas", by=admin)
    update_team(team, by=admin, description="Nuevos")
    labels.create_label(acme, title="vip", by=ana)
    labels.create_label(globex, title="ajena", by=gus)
    read_log()

    def found(**given: Any) -> list[str]:
        answer = api(admin).get(
            desk(acme, "audit?" + "&".join(f"{key}={value}" for key, value in given.items()))
        )
        assert answer.status_code == 200, answer.content
        return [line["event"] for line in answer.json()["payload"]]

    assert found()[:3] == ["label.created", "team.updated", "team.created"]
    assert found(subject="accounts.Team") == ["team.updated", "team.created"]
    assert found(actor_id=ana.pk) == ["label.created"]
    assert found(q="VENTAS") == ["team.updated", "team.created"]
    assert "label.created" in found(q="ana ag")
    assert found(event="team.created") == ["team.created"]
    today = now().date()
    assert found(since=today + timedelta(days=2)) == []
    assert found(
        since=today - timedelta(days=1), until=today + timedelta(days=1), subject="labels.Label"
    ) == ["label.created"]
    oldest = AuditEntry.objects.filter(account_id=acme.pk).order_by("pk").first()
    assert found(before=oldest.pk) == []
    for wrong in ("since=ayer", "until=2026-13-40", "actor_id=x", "before=-1", f"before={10**30}"):
        assert api(admin).get(desk(acme, f"audit?{wrong}")).status_code == 422, wrong
    assert api(ana).get(desk(acme, "audit")).status_code == 403
    assert api(gus).get(desk(acme, "audit")).status_code == 401


def test_a_page_asks_no_more_for_many_entries_than_for_one(acme, admin, ana, api, count_queries):
    def one_more() -> None:
        labels.create_label(acme, title=f"etiqueta-{AuditEntry.objects.count()}", by=ana)
        read_log()

    one_more()
    few = count_queries(lambda: api(admin).get(desk(acme, "audit")))
    for _ in range(4):
        one_more()
    assert count_queries(lambda: api(admin).get(desk(acme, "audit"))) == few


def test_it_is_taken_away_as_a_table_that_runs_nothing_and_that_too_is_noted(acme, admin, ana, api):
    create_team(acme, name="=1+1", by=admin)
    read_log()
    assert api(ana).get(desk(acme, "audit.csv")).status_code == 403

    answer = api(admin).get(desk(acme, "audit.csv?subject=accounts.Team"))

    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "'=1+1" in text and ",=1+1" not in text
    assert len(text.splitlines()) == 2
    assert read_log()[0].event == "audit_log.exported"


def test_the_database_itself_refuses_to_change_an_entry(acme, admin):
    labels.create_label(acme, title="vip", by=admin)
    entry = read_log()[0]
    for changed in (
        {"actor_id": 99},
        {"data": {"changes": {}, "x": 1}},
        {"address": "1.2.3.4"},
        {"event": "x"},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            AuditEntry.objects.filter(pk=entry.pk).update(**changed)
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).delete()
    entry.refresh_from_db()
    assert (entry.actor_id, entry.event) == (admin.pk, "label.created")


def test_no_route_changes_or_deletes_it(acme, admin, api):
    for path in (f"/api/v1/accounts/{acme.pk}/audit_logs", desk(acme, "audit")):
        for method in ("POST", "PATCH", "PUT", "DELETE"):
            assert api(admin).call(method, path).status_code in {404, 405}
            assert api(admin).call(method, f"{path}/1").status_code in {404, 405}


def test_addresses_go_after_their_term_and_entries_after_theirs(acme, admin, settings):
    labels.create_label(acme, title="vip", by=admin)
    drain([AuditLog()])
    old = now() - timedelta(days=91)
    for days, address in ((92, "203.0.113.7"), (800, "203.0.113.8")):
        AuditEntry.objects.create(
            account_id=acme.pk, event="label.created", subject="labels.Label", actor_kind="user", actor_id=admin.pk,
            address=address, device="x", happened_at=now() - timedelta(days=days),
        )  # fmt: skip
    Event.objects.create(
        account_id=acme.pk, name="x", payload="{}", origin='{"address":"203.0.113.7"}', occurred_at=old
    )

    forget_addresses()
    forget_old()

    assert not AuditEntry.objects.exclude(address="").filter(happened_at__lte=old).exists()
    assert not AuditEntry.objects.filter(happened_at__lt=now() - timedelta(days=730)).exists()
    assert AuditEntry.objects.filter(happened_at__lte=old).count() == 1
    assert not Event.objects.filter(occurred_at__lte=old, origin__isnull=False).exists()


def test_who_is_erased_leaves_entries_without_personal_data(acme, admin, ana, api):
    api(admin).patch(f"/api/v1/accounts/{acme.pk}/agents/{ana.pk}", {"name": "Ana Nueva"})
    labels.create_label(acme, title="vip", by=ana)
    read_log()
    assert AuditEntry.objects.get(event="agent.updated").data["changes"]["name"] == [
        "Ana Agente",
        "Ana Nueva",
    ]
    count = AuditEntry.objects.count()
    User.objects.filter(pk=ana.pk).delete()

    forget_people()

    assert AuditEntry.objects.count() == count
    entry = AuditEntry.objects.get(event="agent.updated")
    assert (entry.subject_id, entry.data, entry.actor_id) == (ana.pk, {}, admin.pk)
    shown = api(admin).get(desk(acme, "audit")).content.decode()
    assert "Ana" not in shown
    [made] = [line for line in json.loads(shown)["payload"] if line["event"] == "label.created"]
    assert (made["actor"], made["actor_id"]) == ("", ana.pk)


def test_what_is_gone_is_called_what_it_was_called(acme, admin, web_inbox, api):
    api(admin).patch(f"/api/v1/accounts/{acme.pk}/labels/999", {})
    label = labels.create_label(acme, title="vip", by=admin)
    read_log()
    labels.delete_label(label, by=admin)
    assert read_log()[0].subject_name == "vip"


def test_looking_as_a_member_is_kept(acme, admin, ana):
    view_as(membership(acme, ana), by=admin)

    entry = read_log()[0]

    assert (entry.event, entry.actor_id, entry.subject_id) == ("agent.viewed_as", admin.pk, ana.pk)


def kinds() -> list[Any]:
    facts.load_all()
    names = facts.names_where(
        lambda kind: kind.administrative is not None and kind.__module__.startswith("ventanilla.")
    )
    return [facts.kind_of(name) for name in sorted(names)]


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_desk_has_a_sentence_for_every_administrative_fact(language):
    words = json.loads((CATALOGUES / language / "audit.late.json").read_text())["audit"]
    assert {kind.name.replace(".", "_") for kind in kinds()} <= set(words["did"])
    assert {kind.administrative.model.replace(".", "_") for kind in kinds()} <= set(words["kind"])


def test_a_blank_header_disguises_no_browser_as_a_program(acme, admin):
    browser = Browser()
    browser.send("POST", "/api/desk/session", {"email": admin.email, "password": PASSWORD})
    for name in ("HTTP_API_ACCESS_TOKEN", "HTTP_ACCESS_TOKEN"):
        browser.client.defaults[name] = ""
    assert browser.send("POST", in_account(acme, "labels"), {"title": "vip"}).status_code == 200
    assert Event.objects.get(name="label.created").origin.count('"way":"browser"') == 1
