"""Labels, attribute definitions and inboxes over the API (B.4, B.6)."""

from __future__ import annotations

import pytest

from ventanilla.contacts.commands.labels import set_contact_labels
from ventanilla.contacts.models import Contact
from ventanilla.conversations.jobs import delete_hidden_inboxes
from ventanilla.inboxes.commands.inboxes import create_inbox
from ventanilla.inboxes.models import Inbox
from ventanilla.testing.cast import in_account

WEB = {"type": "web_widget", "website_url": "https://shop.example", "widget_color": "#112233"}


@pytest.mark.feature("L-01")
def test_labels_are_lower_case_unique_and_listed_for_everyone(acme, admin, ana, api):
    caller = api(admin)
    made = caller.post(in_account(acme, "labels"), {"label": {"title": "Devolución", "color": "#ff0000"}})
    assert made.json() == {
        "id": made.json()["id"],
        "title": "devolución",
        "description": "",
        "color": "#ff0000",
        "show_on_sidebar": True,
    }
    assert caller.post(in_account(acme, "labels"), {"title": "DEVOLUCIÓN"}).status_code == 422
    assert [row["title"] for row in api(ana).get(in_account(acme, "labels")).json()["payload"]] == [
        "devolución"
    ]


@pytest.mark.parametrize("title", ["a", "two words", "-dash", "", "semi;colon"])
def test_a_title_that_is_no_label_is_refused(acme, admin, api, title):
    answer = api(admin).post(in_account(acme, "labels"), {"title": title})
    assert answer.status_code == 422
    assert answer.json()["attributes"] == ["title"]


@pytest.mark.feature("L-03")
def test_renaming_and_deleting_a_label_changes_the_contacts_that_have_it(acme, admin, carla, api, drain_log):
    caller = api(admin)
    label = caller.post(in_account(acme, "labels"), {"title": "año_nuevo"}).json()
    caller.post(in_account(acme, "labels"), {"title": "vip"})
    assert set_contact_labels(carla, titles=["VIP", "año_nuevo"], by=admin) == ["año_nuevo", "vip"]
    caller.patch(in_account(acme, f"labels/{label['id']}"), {"title": "navidad"})
    drain_log()
    assert Contact.objects.get(pk=carla.pk).label_titles == ["navidad", "vip"]
    caller.delete(in_account(acme, f"labels/{label['id']}"))
    drain_log()
    assert Contact.objects.get(pk=carla.pk).label_titles == ["vip"]


# ── attribute definitions ─────────────────────────────────────────────────────────────────────────────


def definition(**fields):
    return {
        "custom_attribute_definition": {
            "attribute_display_name": "Plan",
            "attribute_key": "plan",
            "attribute_display_type": 6,
            "attribute_model": "contact_attribute",
            "attribute_values": ["free", "paid"],
            **fields,
        }
    }


@pytest.mark.feature("P-06", "P-07")
def test_definitions_take_numbers_or_names_and_answer_with_names(acme, ana, api):
    path = in_account(acme, "custom_attribute_definitions")
    made = api(ana).post(path, definition())
    assert made.status_code == 200
    assert made.json()["attribute_display_type"] == "list"
    api(ana).post(path, definition(attribute_model=0, attribute_display_type="date", attribute_values=[]))
    assert len(api(ana).get(path).json()) == 2
    assert [row["attribute_display_type"] for row in api(ana).get(f"{path}?attribute_model=1").json()] == [
        "list"
    ]
    assert api(ana).post(path, definition()).status_code == 422  # the key is taken
    one = f"{path}/{made.json()['id']}"
    for fixed, other in (("attribute_key", "other"), ("attribute_model", 0)):
        refused = api(ana).patch(one, {"attribute_values": ["gold"], fixed: other})
        assert (refused.status_code, refused.json()["attributes"]) == (422, [fixed])
    same = {"attribute_values": ["gold"], "attribute_key": "plan", "attribute_model": "contact_attribute"}
    assert api(ana).patch(one, same).json()["attribute_values"] == ["gold"]
    assert api(ana).delete(one).status_code == 204
    assert api(ana).get(one).status_code == 404


# ── inboxes ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.feature("I-01")
def test_several_website_inboxes_stand_side_by_side(acme, admin, api):
    answers = [
        api(admin).post(in_account(acme, "inboxes"), {"name": name, "channel": WEB}).json()
        for name in ("Uno", "Dos")
    ]
    assert len({answer["website_token"] for answer in answers}) == 2
    assert answers[0]["channel_type"] == "Channel::WebWidget"
    assert answers[0]["web_widget_script"].startswith("<script>")
    assert answers[0]["hmac_token"]
    assert [row["name"] for row in api(admin).get(in_account(acme, "inboxes")).json()["payload"]] == [
        "Dos",
        "Uno",
    ]


@pytest.mark.feature("I-05")
def test_an_api_inbox_has_an_identifier_and_a_webhook(acme, admin, api):
    body = {"name": "API", "channel": {"type": "api", "webhook_url": "https://hooks.example/x"}}
    inbox = api(admin).post(in_account(acme, "inboxes"), body).json()
    assert len(inbox["inbox_identifier"]) == 24
    assert inbox["webhook_url"] == "https://hooks.example/x"


@pytest.mark.feature("I-12")
def test_an_agent_sees_only_inboxes_they_are_a_member_of(acme, ana, bruno, web_inbox, api_inbox, api):
    assert [row["id"] for row in api(bruno).get(in_account(acme, "inboxes")).json()["payload"]] == [
        web_inbox.pk
    ]
    assert api(bruno).get(in_account(acme, f"inboxes/{api_inbox.pk}")).status_code == 404
    mine = api(ana).get(in_account(acme, f"inboxes/{api_inbox.pk}")).json()
    assert "hmac_token" not in mine
    assert api(bruno).get(in_account(acme, f"inbox_members/{api_inbox.pk}")).status_code == 404


@pytest.mark.parametrize("name", ["", "a<b", "x@y", " ! ", "back\\slash"])
def test_a_name_that_mail_or_files_could_not_bear_is_refused(acme, admin, api, name):
    answer = api(admin).post(in_account(acme, "inboxes"), {"name": name, "channel": WEB})
    assert answer.status_code == 422
    assert "name" in answer.json()["attributes"]


def test_the_limit_of_inboxes_is_a_402(acme, admin, web_inbox, api):
    acme.limits = {"inboxes": 1}
    acme.save()
    assert api(admin).post(in_account(acme, "inboxes"), {"name": "Otro", "channel": WEB}).status_code == 402


def test_an_unknown_channel_and_bad_settings_name_the_field(acme, admin, api):
    answer = api(admin).post(
        in_account(acme, "inboxes"), {"name": "X1", "channel": {"type": "carrier_pigeon"}}
    )
    assert answer.json()["attributes"] == ["type"]
    answer = api(admin).post(
        in_account(acme, "inboxes"), {"name": "X1", "channel": {**WEB, "widget_color": "red"}}
    )
    assert answer.json()["attributes"] == ["widget_color"]


def test_changing_an_inbox_keeps_what_is_not_given(acme, admin, web_inbox, api):
    path = in_account(acme, f"inboxes/{web_inbox.pk}")
    answer = api(admin).patch(
        path,
        {
            "greeting_enabled": True,
            "greeting_message": "Hola",
            "auto_assignment_config": {"max_assignment_limit": "3"},
            "working_hours": [{"day_of_week": 1, "open_all_day": True}],
            "business_name": "null",
            "channel": {"welcome_title": "¡Hola!", "hmac_mandatory": True},
        },
    )
    assert answer.status_code == 200, answer.content
    inbox = answer.json()
    assert inbox["auto_assignment_config"] == {"max_assignment_limit": 3}
    assert inbox["working_hours"][1]["close_minutes"] == 59
    assert inbox["working_hours"][2]["open_hour"] == 9
    assert (inbox["welcome_title"], inbox["hmac_mandatory"], inbox["business_name"]) == ("¡Hola!", True, None)
    assert inbox["website_url"] == "https://acme.example"
    assert api(admin).patch(path, {"csat_survey_enabled": True}).json()["greeting_message"] == "Hola"


@pytest.mark.parametrize(
    "day",
    [
        {"day_of_week": 7},
        {"day_of_week": 1, "open_hour": 18, "open_minutes": 0, "close_hour": 9, "close_minutes": 0},
        {"day_of_week": 1, "open_all_day": True, "closed_all_day": True},
        {"day_of_week": 1, "open_hour": 9},
        {"day_of_week": 1, "open_hour": 24, "open_minutes": 0, "close_hour": 25, "close_minutes": 0},
    ],
)
def test_hours_that_cannot_be_are_refused(acme, admin, web_inbox, api, day):
    answer = api(admin).patch(in_account(acme, f"inboxes/{web_inbox.pk}"), {"working_hours": [day]})
    assert answer.status_code == 422


def test_members_are_added_set_and_removed(acme, admin, ana, bruno, gus, api_inbox, api):
    path, caller = in_account(acme, "inbox_members"), api(admin)
    added = caller.post(path, {"inbox_id": api_inbox.pk, "user_ids": [bruno.pk]}).json()["payload"]
    assert [row["id"] for row in added] == [ana.pk, bruno.pk]
    caller.patch(path, {"inbox_id": api_inbox.pk, "user_ids": [bruno.pk]})
    assert [row["id"] for row in caller.get(f"{path}/{api_inbox.pk}").json()["payload"]] == [bruno.pk]
    assert caller.delete(path, {"inbox_id": api_inbox.pk, "user_ids": [bruno.pk]}).status_code == 200
    assert caller.get(f"{path}/{api_inbox.pk}").json()["payload"] == []
    refused = caller.post(path, {"inbox_id": api_inbox.pk, "user_ids": [bruno.pk, gus.pk]})
    assert (refused.status_code, refused.json()["attributes"]) == (404, ["user_ids"])
    assert caller.get(f"{path}/{api_inbox.pk}").json()["payload"] == []


@pytest.mark.feature("A-01")
def test_assignable_are_the_common_members_and_administrators(
    acme, admin, ana, bruno, vera, web_inbox, api_inbox, api
):
    one = api(ana).get(in_account(acme, f"inboxes/{web_inbox.pk}/assignable_agents")).json()["payload"]
    assert [row["id"] for row in one] == [admin.pk, ana.pk, bruno.pk]
    path = in_account(acme, f"assignable_agents?inbox_ids[]={web_inbox.pk}&inbox_ids[]={api_inbox.pk}")
    assert [row["id"] for row in api(ana).get(path).json()["payload"]] == [admin.pk, ana.pk]
    assert api(bruno).get(path).status_code == 404


def test_a_deleted_inbox_is_hidden_at_once_and_its_rows_go_afterwards(
    acme, admin, ana, web_inbox, carla, api
):
    carla.contact_inboxes.create(inbox=web_inbox, source_id="abc")
    path = in_account(acme, f"inboxes/{web_inbox.pk}")
    assert "message" in api(admin).delete(path).json()
    assert api(admin).get(path).status_code == 404
    assert api(ana).get(in_account(acme, "inboxes")).json() == {"payload": []}
    assert Inbox.objects.filter(pk=web_inbox.pk).exists()
    delete_hidden_inboxes()
    assert not Inbox.objects.filter(pk=web_inbox.pk).exists()
    assert Contact.objects.filter(pk=carla.pk).exists()


def test_another_accounts_bot_cannot_be_connected(acme, globex, admin, web_inbox, api):
    bot = globex.agent_bots.create(name="Theirs")
    path = in_account(acme, f"inboxes/{web_inbox.pk}")
    assert api(admin).post(f"{path}/set_agent_bot", {"agent_bot": bot.pk}).status_code == 404
    own = acme.agent_bots.create(name="Ours")
    assert api(admin).post(f"{path}/set_agent_bot", {"agent_bot": own.pk}).status_code == 200
    assert api(admin).get(f"{path}/agent_bot").json()["agent_bot"]["name"] == "Ours"
    api(admin).post(f"{path}/set_agent_bot", {"agent_bot": None})
    assert api(admin).get(f"{path}/agent_bot").json() == {}


def test_listing_inboxes_costs_the_same_queries_for_one_and_for_twenty(
    acme, admin, web_inbox, api, count_queries
):
    caller, path = api(admin), in_account(acme, "inboxes")
    one = count_queries(lambda: caller.get(path))
    for number in range(20):
        create_inbox(acme, name=f"Web {number}", channel=WEB, by=None)
    assert count_queries(lambda: caller.get(path)) == one <= 3


def test_a_wrong_item_of_a_list_is_named_by_its_field_and_not_by_its_place(acme, ana, web_inbox, api):
    path = in_account(acme, f"assignable_agents?inbox_ids[]={web_inbox.pk}&inbox_ids[]=x")
    answer = api(ana).get(path)
    assert (answer.status_code, answer.json()["attributes"]) == (422, ["inbox_ids"])
    assert answer.json()["message"].startswith("inbox_ids ")
    assert set(answer.json()["fields"]) == {"inbox_ids"}
