"""Account, agents and teams over the API (B.5)."""

from __future__ import annotations

import pytest

from ventanilla.accounts.commands.users import add_member
from ventanilla.accounts.models import Membership, SystemMail, Team, User
from ventanilla.testing.cast import in_account, make_user, set_present


def test_agents_are_listed_by_name_with_their_availability(acme, admin, ana, bruno, vera, api):
    set_present(acme, bruno)
    agents = api(ana).get(in_account(acme, "agents")).json()
    assert [agent["name"] for agent in agents] == ["Adela Admin", "Ana Agente", "Bruno Bravo", "Vera Vista"]
    assert [agent["availability_status"] for agent in agents] == ["offline", "offline", "online", "offline"]
    assert agents[3]["role"] == "analyst"


def test_the_list_of_agents_costs_the_same_queries_for_one_and_for_thirty(acme, ana, api, count_queries):
    caller, path = api(ana), in_account(acme, "agents")
    one = count_queries(lambda: caller.get(path))
    for number in range(30):
        make_user(acme, f"agent{number}@acme.example", name=f"Agent {number}")
    assert count_queries(lambda: caller.get(path)) == one <= 4


def test_inviting_a_new_person_mails_them_and_they_are_not_confirmed(acme, admin, api):
    answer = api(admin).post(
        in_account(acme, "agents"),
        {"agent": {"email": "Nuria@Acme.example", "name": "Nuria", "role": "agent"}},
    )
    assert answer.status_code == 200
    assert answer.json()["confirmed"] is False
    assert answer.json()["email"] == "nuria@acme.example"
    assert SystemMail.objects.get().to == "nuria@acme.example"


@pytest.mark.feature("A-10")
def test_a_name_is_changed_for_somebody_only_while_they_are_nowhere_else(acme, admin, ana, gus, globex, api):
    path = in_account(acme, f"agents/{ana.pk}")
    assert api(admin).patch(path, {"name": "Ana Dos"}).json()["name"] == "Ana Dos"
    add_member(globex, user=ana, role="agent", by=None)
    for caller, where in ((admin, path), (gus, in_account(globex, f"agents/{ana.pk}"))):
        answer = api(caller).patch(where, {"name": "X", "role": "agent"})
        assert (answer.status_code, list(answer.json()["fields"])) == (422, ["name"])
        assert api(caller).patch(where, {"name": "Ana Dos", "role": "agent"}).status_code == 200
    assert User.objects.get(pk=ana.pk).name == "Ana Dos"


def test_the_limit_of_agents_is_a_402(acme, admin, api):
    acme.limits = {"agents": 1}
    acme.save()
    assert api(admin).post(in_account(acme, "agents"), {"email": "x@acme.example"}).status_code == 402


def test_bulk_creation_skips_what_is_no_address_and_starts_offline(acme, admin, ana, api):
    body = {"emails": ["one@acme.example", "not an address", ana.email, "two@acme.example"]}
    assert api(admin).post(in_account(acme, "agents/bulk_create"), body).status_code == 200
    made = Membership.objects.filter(account=acme, invited_email__in=["one@acme.example", "two@acme.example"])
    assert {row.availability for row in made} == {"offline"}
    assert made.count() == 2


def test_the_last_administrator_can_neither_be_demoted_nor_removed(acme, admin, api):
    path = in_account(acme, f"agents/{admin.pk}")
    assert api(admin).patch(path, {"role": "agent"}).status_code == 422
    assert api(admin).delete(path).status_code == 422


def test_a_removed_agent_is_out_and_leaves_teams_and_inboxes(acme, admin, ana, web_inbox, api, drain_log):
    team = api(admin).post(in_account(acme, "teams"), {"name": "Ventas"}).json()
    api(admin).post(in_account(acme, f"teams/{team['id']}/team_members"), {"user_ids": [ana.pk]})
    assert api(admin).delete(in_account(acme, f"agents/{ana.pk}")).status_code == 200
    drain_log()
    assert api(ana).get(in_account(acme, "agents")).status_code == 401
    assert not web_inbox.inbox_members.filter(user=ana).exists()
    assert api(admin).get(in_account(acme, f"teams/{team['id']}/team_members")).json() == []


def test_show_only_mine_is_kept_on_the_agent(acme, admin, ana, api):
    answer = api(admin).patch(
        in_account(acme, f"agents/{ana.pk}"), {"custom_attributes": {"showOnlyMine": True}}
    )
    assert answer.json()["custom_attributes"] == {"showOnlyMine": True}


# ── teams ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.feature("A-05", "A-06")
def test_teams_are_made_renamed_filled_and_deleted(acme, admin, ana, bruno, api):
    caller = api(admin)
    team = caller.post(in_account(acme, "teams"), {"team": {"name": "Ventas Sur"}}).json()
    assert team == {
        "id": team["id"],
        "name": "ventas sur",
        "description": "",
        "allow_auto_assign": True,
        "account_id": acme.pk,
        "is_member": False,
        "sees_only_own": False,
        "sight": "inboxes",
    }
    path = in_account(acme, f"teams/{team['id']}")
    assert caller.put(path, {"name": "Soporte", "sees_only_own": True}).json()["name"] == "soporte"
    members = caller.post(f"{path}/team_members", {"user_ids": [ana.pk, bruno.pk]}).json()
    assert [member["id"] for member in members] == [ana.pk, bruno.pk]
    other = caller.post(in_account(acme, "teams"), {"name": "Otro"}).json()
    caller.post(in_account(acme, f"teams/{other['id']}/team_members"), {"user_ids": [ana.pk]})
    assert [team["is_member"] for team in api(ana).get(in_account(acme, "teams")).json()] == [True, True]
    assert [row["id"] for row in caller.patch(f"{path}/team_members", {"user_ids": [bruno.pk]}).json()] == [
        bruno.pk
    ]
    assert caller.delete(f"{path}/team_members", {"user_ids": [bruno.pk]}).status_code == 200
    assert caller.delete(path).status_code == 200
    assert caller.get(path).status_code == 404
    assert (
        caller.post(in_account(acme, "teams"), {"name": "soporte"}).status_code == 200
    )  # the name is free again


def test_two_teams_cannot_have_one_name(acme, admin, api):
    api(admin).post(in_account(acme, "teams"), {"name": "Ventas"})
    answer = api(admin).post(in_account(acme, "teams"), {"name": " VENTAS "})
    assert answer.status_code == 422
    assert answer.json()["attributes"] == ["name"]


def test_someone_outside_the_account_cannot_be_put_into_a_team(acme, admin, gus, api):
    team = api(admin).post(in_account(acme, "teams"), {"name": "Ventas"}).json()
    answer = api(admin).post(in_account(acme, f"teams/{team['id']}/team_members"), {"user_ids": [gus.pk]})
    assert (answer.status_code, answer.json()["attributes"]) == (404, ["user_ids"])


# ── account ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_account_lists_only_features_that_are_on(acme, ana, api):
    answer = api(ana).get(in_account(acme, "").rstrip("/")).json()
    assert answer["features"]["labels"] is True
    assert "hide_all_chats_for_agent" not in answer["features"]
    assert answer["latest_chatwoot_version"] == "3.13.6"


def test_the_account_is_changed_by_an_administrator(acme, admin, ana, api):
    path = f"/api/v1/accounts/{acme.pk}"
    answer = api(admin).patch(
        path, {"name": "Acme SpA", "auto_resolve_duration": 5, "industry": "shop", "locale": "es"}
    )
    assert answer.json()["auto_resolve_duration"] == 5
    assert answer.json()["custom_attributes"] == {"industry": "shop"}
    assert api(admin).patch(path, {"auto_resolve_duration": None}).json()["auto_resolve_duration"] is None
    assert api(admin).patch(path, {"auto_resolve_duration": 1000}).status_code == 422
    assert api(admin).patch(path, {"timezone": "Mars/North"}).status_code == 422
    assert api(ana).patch(path, {"name": "Mine"}).status_code == 401


def test_cache_keys_move_when_labels_inboxes_or_teams_change(acme, admin, api):
    path = in_account(acme, "cache_keys")
    answer = api(admin).get(path)
    assert answer.json() == {
        "cache_keys": {"label": "0000000000", "inbox": "0000000000", "team": "0000000000"}
    }
    assert answer["Cache-Control"] == "max-age=10, stale-while-revalidate=300"
    api(admin).post(in_account(acme, "teams"), {"name": "Ventas"})
    keys = api(admin).get(path).json()["cache_keys"]
    assert keys["team"] > "0000000000"
    assert keys["label"] == "0000000000"


@pytest.mark.feature("Z-09")
@pytest.mark.parametrize("locale", ["xx", "klingon", "e", "-"])
def test_a_language_that_is_not_spoken_is_refused_and_the_accounts_own_stays(acme, admin, api, locale):
    answer = api(admin).patch(in_account(acme, ""), {"locale": locale})
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["locale"])
    acme.refresh_from_db()
    assert acme.locale == "en"


@pytest.mark.parametrize("locale", ["es_CL", "ES", "es-419"])
def test_a_regions_language_is_the_language(acme, admin, api, locale):
    assert api(admin).patch(in_account(acme, ""), {"locale": locale}).json()["locale"] == "es"


def test_a_suspended_account_is_closed(acme, ana, api):
    acme.status = "suspended"
    acme.save()
    assert api(ana).get(in_account(acme, "agents")).status_code == 401


def test_a_departed_user_is_deleted_later_but_one_of_another_account_stays(
    acme, admin, ana, gus, api, time_machine
):
    from datetime import timedelta

    from ventanilla.accounts.jobs import sweep
    from ventanilla.kit.clock import now

    add_member(acme, user=gus, role="agent", by=None)
    team = api(admin).post(in_account(acme, "teams"), {"name": "Ventas"}).json()
    for user in (ana, gus):
        assert api(admin).delete(in_account(acme, f"agents/{user.pk}")).status_code == 200
    api(admin).delete(in_account(acme, f"teams/{team['id']}"))
    sweep()
    assert User.objects.filter(pk=ana.pk).exists()
    assert Team.objects.filter(pk=team["id"]).exists()
    time_machine.move_to(now() + timedelta(hours=2))
    sweep()
    assert not User.objects.filter(pk=ana.pk).exists()
    assert User.objects.filter(pk=gus.pk).exists()
    assert not Team.objects.filter(pk=team["id"]).exists()
