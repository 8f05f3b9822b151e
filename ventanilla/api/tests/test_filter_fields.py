"""What an editor of conditions is told, and that all of it can be meant (contract F.15)."""

from __future__ import annotations

from typing import Any

import pytest

from ventanilla.attributes.models import AttributeDefinition, AttributeModel, DisplayType
from ventanilla.conversations.tests.scenes import reply, talk
from ventanilla.testing.cast import in_account

_VALUES = {
    "text": "x",
    "phone": "569",
    "number": "3",
    "id": "1",
    "boolean": "true",
    "moment": "2024-01-02",
    "date": "2024-01-02",
    "relation": "vip",
}


@pytest.fixture
def attributes(acme, globex):
    for kind in DisplayType:
        for model in AttributeModel:
            AttributeDefinition.objects.create(
                account=acme,
                attribute_model=model,
                key=f"{kind.label}_{model.value}",
                display_name=f"Our {kind.label}",
                display_type=kind,
                values=["Pro", "Free"] if kind == DisplayType.LIST else [],
            )
    AttributeDefinition.objects.create(
        account=globex, attribute_model=AttributeModel.CONTACT, key="theirs", display_name="Theirs"
    )


@pytest.fixture
def told(acme, ana, api):
    def of(noun: str, *, language: str = "en") -> dict[str, dict[str, Any]]:
        type(acme).objects.filter(pk=acme.pk).update(locale=language)
        answer = api(ana).get(f"/api/desk/accounts/{acme.pk}/filter_fields/{noun}")
        assert answer.status_code == 200
        return {field["key"]: field for field in answer.json()["payload"]}

    return of


def a_value(field: dict[str, Any], operator: str) -> str:
    if operator == "days_before":
        return "3"
    if field["choices"]:
        return field["choices"][0]["value"]
    return field["codes"][0] if field["codes"] else _VALUES[field["kind"]]


@pytest.mark.feature("C-23", "P-05")
@pytest.mark.parametrize("noun", ["conversation", "contact"])
def test_everything_that_is_offered_can_be_meant(noun, acme, ana, carla, web_inbox, attributes, told, api):
    talk(carla, web_inbox)
    client, asked = api(ana), 0
    for field in told(noun).values():
        assert field["title"] and field["operators"]
        for operator in field["operators"]:
            values = [] if operator.endswith("present") else [a_value(field, operator)]
            condition = {
                "attribute_key": field["key"],
                "custom_attribute_type": field["model"],
                "filter_operator": operator,
                "values": values,
                "query_operator": None,
            }
            answer = client.post(in_account(acme, f"{noun}s/filter"), {"payload": [condition]})
            assert answer.status_code == 200, (condition, answer.content)
            asked += 1
    assert asked > 60


def test_it_is_said_in_the_accounts_language_with_the_accounts_own_attributes_last(attributes, told):
    english, spanish = told("conversation"), told("conversation", language="es")
    assert (english["status"]["title"], spanish["status"]["title"]) == ("State", "Estado")
    assert spanish["status"]["choices"][0] == {"value": "open", "title": "Abierta"}
    assert (spanish["assignee_id"]["source"], spanish["country_code"]["names"]) == ("agents", "region")
    assert "CL" in spanish["country_code"]["codes"]
    assert "campaign_id" not in spanish  # for programs
    own = told("contact")
    assert list(own)[-1] == "checkbox_1"
    assert own["list_1"]["model"] == "contact_attribute"
    assert [one["value"] for one in own["list_1"]["choices"]] == ["Pro", "Free"]
    assert {"theirs", "list_0"}.isdisjoint(own)


def test_a_part_of_a_text_is_what_people_mean_first(told):
    assert told("contact")["name"]["operators"][0] == "contains"
    assert told("conversation")["status"]["operators"] == ["equal_to", "not_equal_to"]


@pytest.mark.feature("C-23")
def test_who_waits_for_an_answer_is_found(acme, ana, carla, web_inbox, api):
    waits, answered = talk(carla, web_inbox, "Hi"), talk(carla, web_inbox, "Hi")
    reply(answered, by=ana)
    condition = {"attribute_key": "waiting_since", "filter_operator": "is_present", "values": []}
    found = api(ana).post(in_account(acme, "conversations/filter"), {"payload": [condition]}).json()
    assert [one["id"] for one in found["payload"]] == [waits.display_id]


def test_of_other_things_there_is_nothing_to_tell(acme, ana, api):
    assert api(ana).get(f"/api/desk/accounts/{acme.pk}/filter_fields/boat").status_code in {404, 422}


@pytest.mark.feature("C-23")
@pytest.mark.parametrize("noun", ["conversation", "contact"])
def test_a_refusal_names_the_place_of_the_condition_at_fault(noun, acme, ana, api):
    fine = {"attribute_key": "labels", "filter_operator": "is_present", "values": [], "query_operator": "AND"}
    wrong = {"attribute_key": "created_at", "filter_operator": "is_less_than", "values": ["soon"]}
    answer = api(ana).post(in_account(acme, f"{noun}s/filter"), {"payload": [fine, fine, wrong]})
    assert answer.status_code == 422
    assert answer.json()["fields"] == {"conditions.2": [answer.json()["error"]]}
