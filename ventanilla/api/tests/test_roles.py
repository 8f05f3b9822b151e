"""Roles of the account's own: made, given, obeyed, removed; and looking at the desk as somebody who has one."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile

from ventanilla.accounts.commands.agents import update_agent
from ventanilla.accounts.commands.roles import create_role, update_role
from ventanilla.accounts.commands.teams import add_team_members, create_team
from ventanilla.accounts.models import CustomRole, Membership
from ventanilla.accounts.policies import GRANTABLE
from ventanilla.api.tests.test_desk_session import Browser
from ventanilla.api.tests.test_strangers import ROUTES, address
from ventanilla.attributes.models import AttributeDefinition
from ventanilla.contacts.commands.imports import begin_import
from ventanilla.contacts.jobs.imports import work_on_imports
from ventanilla.conversations.models import Conversation
from ventanilla.conversations.tests.scenes import events, reply, talk
from ventanilla.delivery import in_tray
from ventanilla.events.models import Event
from ventanilla.routing.selectors import candidates
from ventanilla.testing.cast import PASSWORD, in_account, set_present

pytestmark = pytest.mark.django_db


def at_desk(account, path: str) -> str:
    return f"/api/desk/accounts/{account.pk}/{path}"


def give(user, account, **fields) -> CustomRole:
    role = create_role(account, name=f"Rol {user.pk}", by=None, **fields)
    update_agent(Membership.objects.get(account=account, user=user), custom_role_id=role.pk, by=None)
    return role


@pytest.mark.feature("Z-17", "V-USR-02")
def test_the_contracts_routes_make_give_and_remove_a_role(acme, admin, ana, api):
    caller = api(admin)
    made = caller.post(
        in_account(acme, "custom_roles"),
        {
            "custom_role": {
                "name": "Fuera",
                "permissions": ["conversation_participating_manage", "contact_manage"],
            }
        },
    ).json()
    assert set(made) == {"id", "name", "description", "permissions", "created_at", "updated_at"}
    path = in_account(acme, f"custom_roles/{made['id']}")
    changed = caller.patch(
        path, {"custom_role": {"permissions": ["conversation_manage", "report_manage"]}}
    ).json()
    assert changed["permissions"] == ["conversation_manage", "report_manage"]
    agent = caller.patch(in_account(acme, f"agents/{ana.pk}"), {"custom_role_id": made["id"]}).json()
    assert (agent["role"], agent["custom_role_id"]) == ("agent", made["id"])

    own = api(ana).get("/api/v1/profile").json()["accounts"][0]
    assert own["permissions"] == ["conversation_manage", "report_manage", "custom_role"]
    assert own["custom_role"]["name"] == "Fuera"
    assert caller.call("DELETE", path).status_code == 409
    caller.patch(in_account(acme, f"agents/{ana.pk}"), {"role": "agent", "custom_role_id": None})
    assert caller.call("DELETE", path).status_code == 200
    assert caller.get(in_account(acme, "custom_roles")).json() == []


@pytest.mark.feature("Z-17")
def test_a_role_that_everybody_has_elsewhere_is_none_here(acme, globex, admin, ana, api):
    theirs = create_role(globex, name="Fuera", by=None)
    answer = api(admin).patch(in_account(acme, f"agents/{ana.pk}"), {"custom_role_id": theirs.pk})
    assert (answer.status_code, list(answer.json()["fields"])) == (404, ["custom_role_id"])
    boss = api(admin).patch(in_account(acme, f"agents/{admin.pk}"), {"custom_role_id": theirs.pk})
    assert boss.status_code == 404


@pytest.mark.feature("Z-17", "A-10")
@pytest.mark.parametrize(
    ("capability", "method", "path", "body"),
    [
        ("conversations.write", "POST", "conversations/{n}/messages", {"content": "Hola"}),
        ("conversations.assign", "POST", "conversations/{n}/assignments", {"assignee_id": 0}),
        ("conversations.close", "POST", "conversations/{n}/toggle_status", {"status": "resolved"}),
        ("messages.delete", "DELETE", "conversations/{n}/messages/{message}", None),
        ("contacts.write", "PATCH", "contacts/{contact}", {"name": "Carla"}),
        ("contacts.delete", "DELETE", "contacts/{contact}", None),
        ("contacts.exchange", "POST", "contacts/export", {}),
        ("shared_settings.write", "POST", "custom_attribute_definitions", {}),
        ("labels.write", "POST", "labels", {"title": "azul"}),
        ("teams.write", "POST", "teams", {"name": "sur"}),
        ("inboxes.write", "POST", "inboxes", {}),
        ("reports.read", "GET", "csat_survey_responses/metrics", None),
    ],
)
def test_a_role_may_what_it_says_and_nothing_else(
    capability, method, path, body, acme, ana, carla, web_inbox, api
):
    conversation = talk(carla, web_inbox, "Hola")
    message = reply(conversation, by=ana)
    needed = {capability, "conversations.write", "contacts.read"}
    needed |= {"contacts.write"} if capability.startswith("contacts") else set()
    without = sorted(needed - {capability})
    if capability == "conversations.write":
        needed, without = {"conversations.write"}, []
    at = in_account(acme, path.format(n=conversation.display_id, message=message.pk, contact=carla.pk))
    role = give(ana, acme, sight="inboxes", capabilities=[] if capability == "contacts.write" else without)

    assert api(ana).call(method, at, body).status_code == 401
    update_role(role, by=None, capabilities=sorted(needed))
    assert api(ana).call(method, at, body).status_code != 401


@pytest.mark.feature("Z-17")
@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"sight": "none", "capabilities": ["conversations.write"]}, "conversations.write"),
        ({"capabilities": ["conversations.close"]}, "conversations.close"),
        ({"capabilities": ["contacts.write"]}, "contacts.write"),
        ({"capabilities": ["contacts.read", "contacts.exchange"]}, "contacts.exchange"),
        ({"sight": "team", "capabilities": ["teams.write"]}, "teams.write"),
        ({"inbox_ids": [], "capabilities": ["inboxes.write"]}, "inboxes.write"),
        ({"capabilities": ["administration"]}, "capabilities"),
        ({"capabilities": ["fly"]}, "capabilities"),
        ({"sight": "wide"}, "sight"),
        ({"name": ""}, "name"),
        ({"name": "fuera"}, "name"),
        ({"inbox_ids": [999_999]}, "inbox_ids"),
    ],
)
def test_what_contradicts_itself_is_refused_with_the_reason_and_nothing_changes(
    answers, field, acme, admin, api
):
    create_role(acme, name="Fuera", by=None)
    fields = {"name": "Otra", "sight": "inboxes", "capabilities": []} | answers
    answer = api(admin).post(at_desk(acme, "roles"), fields)

    assert answer.status_code == 422, answer.content
    assert answer.json()["fields"][field]
    assert CustomRole.objects.count() == 1


@pytest.mark.feature("Z-17")
def test_the_table_has_every_role_and_whom_it_concerns(
    acme, admin, ana, bruno, vera, api, django_assert_num_queries
):
    role = give(ana, acme, sight="own", capabilities=["conversations.write"])
    update_agent(Membership.objects.get(account=acme, user=bruno), custom_role_id=role.pk, by=None)
    caller = api(admin)
    with django_assert_num_queries(4):
        rows = caller.get(at_desk(acme, "roles")).json()["roles"]

    assert [(row["key"], row["people"]) for row in rows] == [
        ("administrator", 1), ("analyst", 1), ("agent", 0), (str(role.pk), 2),
    ]  # fmt: skip
    assert rows[-1]["names"] == ["Ana Agente", "Bruno Bravo"]


@pytest.mark.feature("Z-17")
def test_removing_a_role_asks_where_its_people_go(acme, admin, ana, api):
    role = give(ana, acme, sight="own")
    other = create_role(acme, name="Otra", by=None)
    path = at_desk(acme, f"roles/{role.pk}")

    assert api(admin).call("DELETE", path).json()["code"] == "role_in_use"
    assert api(admin).call("DELETE", path, {"move_to": str(role.pk)}).status_code == 422
    assert api(admin).call("DELETE", path, {"move_to": "999999"}).status_code == 404
    assert api(admin).call("DELETE", path, {"move_to": str(other.pk)}).status_code == 200
    assert Membership.objects.get(user=ana).custom_role_id == other.pk
    assert (
        api(admin).call("DELETE", at_desk(acme, f"roles/{other.pk}"), {"move_to": "analyst"}).status_code
        == 200
    )
    assert (Membership.objects.get(user=ana).role, CustomRole.objects.count()) == ("analyst", 0)
    assert [event.name for event in events("role.deleted")] == ["role.deleted"] * 2


@pytest.mark.feature("Z-08", "Z-17")
def test_whoever_a_team_keeps_to_its_own_opens_nothing_for_themselves(acme, ana, bruno, web_inbox, api):
    give(ana, acme, sight="inboxes", capabilities=["inboxes.write", "teams.write"])
    other = create_team(acme, name="soporte", sight="inboxes", by=None)
    assert api(ana).patch(in_account(acme, f"teams/{other.pk}"), {"name": "ayuda"}).status_code == 200
    assert api(ana).get(at_desk(acme, "incoming?state=processed")).status_code == 200

    team = create_team(acme, name="ventas", sight="own", by=None)
    add_team_members(team, user_ids=[ana.pk], by=None)
    members = {"user_ids": [ana.pk]}
    for method, path, body in (
        ("PATCH", f"teams/{team.pk}", {"sight": "inboxes"}),
        ("DELETE", f"teams/{team.pk}/team_members", members),
        ("PATCH", f"teams/{team.pk}/team_members", {"user_ids": [bruno.pk]}),
        ("POST", f"teams/{other.pk}/team_members", members),
        ("POST", "teams", {"name": "todo", "sight": "inboxes"}),
        ("DELETE", f"teams/{team.pk}", None),
        ("PATCH", f"inboxes/{web_inbox.pk}", {"name": "Otro"}),
    ):
        assert api(ana).call(method, in_account(acme, path), body).status_code == 401, (method, path)
    # As it came in: mails of conversations that the team hides are among it.
    assert api(ana).get(at_desk(acme, "incoming?state=processed")).status_code == 403


@pytest.mark.feature("Z-17")
def test_who_may_not_answer_is_given_nothing(acme, ana, bruno, carla, web_inbox, admin, api):
    set_present(acme, ana, bruno)
    give(ana, acme, sight="inboxes", capabilities=["contacts.read"])
    conversation = talk(carla, web_inbox, "Hola")

    assert [member.user_id for member in candidates(conversation)] == [bruno.pk]
    path = in_account(acme, f"conversations/{conversation.display_id}/assignments")
    assert api(admin).post(path, {"assignee_id": ana.pk}).status_code == 422
    offered = (
        api(admin).get(in_account(acme, f"assignable_agents?inbox_ids[]={web_inbox.pk}")).json()["payload"]
    )
    assert ana.pk not in {agent["id"] for agent in offered}


@pytest.mark.feature("Z-17")
def test_without_contacts_there_is_no_list_and_no_search_of_them(acme, ana, carla, web_inbox, api):
    talk(carla, web_inbox, "Hola")
    give(ana, acme, sight="inboxes", capabilities=["conversations.write"])

    assert api(ana).get(in_account(acme, "contacts")).json()["payload"] == []
    assert api(ana).get(in_account(acme, "contacts/search?q=carla")).json()["payload"] == []
    assert api(ana).get(in_account(acme, f"contacts/{carla.pk}")).status_code == 200


@pytest.fixture
def looking(acme, admin, ana, web_inbox):
    """Adela's browser, which looks as ana."""
    browser = Browser()
    browser.send("POST", "/api/desk/session", {"email": admin.email, "password": PASSWORD})
    assert browser.send("POST", at_desk(acme, f"view_as/{ana.pk}")).status_code == 200
    return browser


@pytest.mark.feature("Z-17")
def test_looking_as_a_member_shows_what_they_see_and_none_of_their_keys(
    looking, acme, admin, ana, carla, api_inbox
):
    give(ana, acme, sight="own")
    hidden = talk(carla, api_inbox, "Hola")
    boot = looking.send("GET", "/api/desk/boot").json()

    assert (boot["user"]["id"], boot["viewer"]) == (ana.pk, admin.name)
    assert (boot["user"]["access_token"], boot["user"]["pubsub_token"]) == ("", "")
    assert looking.send("GET", in_account(acme, f"conversations/{hidden.display_id}")).status_code == 404


@pytest.mark.feature("Z-17")
def test_whoever_looks_writes_nothing_and_marks_nothing(looking, acme, ana, carla, web_inbox):
    conversation = talk(carla, web_inbox, "Hola")
    before = Conversation.objects.filter(pk=conversation.pk).values().get()
    base = in_account(acme, f"conversations/{conversation.display_id}")
    for method, path, body in (
        ("POST", f"{base}/messages", {"content": "Hola"}),
        ("POST", f"{base}/update_last_seen", {}),
        ("POST", f"{base}/toggle_status", {}),
        ("PUT", at_desk(acme, f"conversations/{conversation.display_id}/drafts/reply"), {"content": "Hola"}),
        ("PUT", "/api/v1/profile", {"profile": {"name": "Otra"}}),
        ("POST", in_account(acme, "notifications/read_all"), {}),
        ("DELETE", in_account(acme, f"agents/{ana.pk}"), None),
    ):
        answer = looking.send(method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "only_looking"), path

    assert looking.send("GET", base).status_code == 200
    assert looking.send("POST", in_account(acme, "conversations/filter"), {"payload": []}).status_code == 200
    assert Conversation.objects.filter(pk=conversation.pk).values().get() == before


@pytest.mark.feature("P-03", "Z-17")
def test_an_import_makes_attributes_for_who_may_make_some(acme, ana, api):
    may = ["contacts.exchange", "contacts.read", "contacts.write"]
    role = give(ana, acme, sight="inboxes", capabilities=may)
    job = begin_import(
        acme, content=ContentFile(b"Email,Vendedor\nx@y.example,Paz\n"), filename="a.csv", by=ana
    )
    path = at_desk(acme, f"contact_imports/{job.pk}")
    assert api(ana).patch(path, {"targets": ["email", "new:Vendedor"]}).status_code == 200
    work_on_imports()
    assert api(ana).post(f"{path}/start", {}).status_code == 403
    assert not AttributeDefinition.objects.exists()

    update_role(role, by=None, capabilities=[*may, "shared_settings.write"])
    assert api(ana).post(f"{path}/start", {}).status_code == 200
    assert AttributeDefinition.objects.get().display_name == "Vendedor"


@pytest.mark.feature("Z-16", "Z-17")
def test_what_is_taken_away_while_looking_is_not_the_members_act(looking, acme, admin, ana, carla, web_inbox):
    """Every route that reads, as a member who may all that can be given: nothing stands in the log as theirs."""
    give(ana, acme, sight="inboxes", capabilities=sorted(GRANTABLE))
    conversation = talk(carla, web_inbox, "Hola")
    job = begin_import(acme, content=ContentFile(b"Email\nx@y.example\n"), filename="a.csv", by=admin)
    mail = in_tray.keep(
        ContentFile(b"Subject: Hola\n\nHola"), channel="email", inbox=None, account_id=acme.pk
    )
    things = {
        "account_id": acme.pk, "conversation_id": conversation.display_id, "import_id": job.pk, "contact_id": carla.pk,
        "incoming_id": mail.pk, "inbox_id": web_inbox.pk,
    }  # fmt: skip
    before = Event.objects.order_by("-pk")[0].pk
    for method, path, _name in ROUTES:
        if method == "GET":
            looking.client.get(address(path, things))

    told = events(
        "contacts.exported", "contact_import.lines_taken", "incoming.source_shown", "survey_answers.exported"
    )
    assert len(told) >= 3, "the routes that record were asked"
    assert {event.actor.id for event in told} == {admin.pk}
    assert not Event.objects.filter(pk__gt=before, actor_kind="user", actor_id=ana.pk).exists()


@pytest.mark.feature("Z-17")
def test_a_look_is_recorded_and_ends_where_it_began(looking, acme, admin, ana):
    assert looking.send("DELETE", at_desk(acme, "view_as")).status_code == 200
    boot = looking.send("GET", "/api/desk/boot").json()

    assert (boot["user"]["id"], boot["viewer"]) == (admin.pk, None)
    told = events("agent.viewed_as", "agent.view_ended")
    assert [(event.name, event.payload["user_id"], event.actor.id) for event in told] == [
        ("agent.viewed_as", ana.pk, admin.pk),
        ("agent.view_ended", ana.pk, admin.pk),
    ]


@pytest.mark.feature("Z-17")
def test_only_an_administrator_looks_and_only_as_who_sees_less(acme, admin, ana, bruno, globex, gus, api):
    other = Browser()
    other.send("POST", "/api/desk/session", {"email": ana.email, "password": PASSWORD})
    assert other.send("POST", at_desk(acme, f"view_as/{bruno.pk}")).status_code == 403
    boss = Browser()
    boss.send("POST", "/api/desk/session", {"email": admin.email, "password": PASSWORD})
    assert boss.send("POST", at_desk(acme, f"view_as/{admin.pk}")).status_code == 422
    assert boss.send("POST", at_desk(acme, f"view_as/{gus.pk}")).status_code == 404
    assert api(admin).post(at_desk(acme, f"view_as/{ana.pk}"), {}).status_code == 422


@pytest.mark.feature("Z-17")
def test_who_is_no_administrator_any_more_sees_their_own_again(looking, acme, admin, ana):
    Membership.objects.filter(account=acme, user=admin).update(role="agent")
    boot = looking.send("GET", "/api/desk/boot").json()
    assert (boot["user"]["id"], boot["viewer"]) == (admin.pk, None)
