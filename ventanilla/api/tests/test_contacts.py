"""Contacts over the API (B.3)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ventanilla.contacts.commands.contacts import create_contact
from ventanilla.contacts.commands.identities import create_contact_inbox, ensure_contact_inbox
from ventanilla.contacts.models import Contact, ContactInbox
from ventanilla.conversations.commands.opening import start_conversation
from ventanilla.conversations.commands.status import change_status
from ventanilla.conversations.models import Status
from ventanilla.events.log import START, read_after
from ventanilla.testing.cast import in_account, set_present


def names(response):
    assert response.status_code == 200, response.content
    return [contact["name"] for contact in response.json()["payload"]]


@pytest.fixture
def crowd(acme, carla):
    """Carla and three more; the visitor is known by a cookie only."""
    create_contact(
        acme, name="José Núñez", email="jose@ñandu.example", by=None, additional_attributes={"city": "Lima"}
    )
    create_contact(
        acme,
        name="Ana Pérez",
        identifier="AP-7",
        by=None,
        additional_attributes={"company_name": "Panadería Sol"},
    )
    create_contact(acme, name="quiet-river-12", by=None)


@pytest.mark.feature("P-02")
def test_the_list_has_fifteen_to_a_page_and_only_contacts_known_by_more_than_a_cookie(acme, ana, crowd, api):
    for number in range(14):
        create_contact(acme, name=f"C {number:02}", email=f"c{number}@example.com", by=None)
    first = api(ana).get(in_account(acme, "contacts?sort=name")).json()
    assert first["meta"] == {"count": 17, "current_page": 1}
    assert len(first["payload"]) == 15
    second = api(ana).get(in_account(acme, "contacts?sort=name&page=2")).json()
    assert [contact["name"] for contact in second["payload"]] == ["Carla Cliente", "José Núñez"]
    assert names(api(ana).get(in_account(acme, "contacts?page=99"))) == []
    assert first["payload"][0]["contact_inboxes"] == []
    bare = api(ana).get(in_account(acme, "contacts?include_contact_inboxes=false")).json()["payload"][0]
    assert "contact_inboxes" not in bare


@pytest.mark.feature("P-02")
def test_a_listed_contact_says_how_many_conversations_the_caller_may_see(
    acme, ana, bruno, admin, carla, crowd, web_inbox, api_inbox, api
):
    for inbox in (web_inbox, api_inbox):
        start_conversation(ensure_contact_inbox(carla, inbox=inbox), by=None)
    resolve = start_conversation(ensure_contact_inbox(carla, inbox=api_inbox), by=None)
    change_status(resolve, status=Status.RESOLVED, by=ana)

    def counts(user, path="contacts?sort=name"):
        payload = api(user).get(in_account(acme, path)).json()["payload"]
        return {contact["name"]: contact["conversations_count"] for contact in payload}

    nobody_else = {"Ana Pérez": 0, "José Núñez": 0}
    assert counts(admin) == nobody_else | {"Carla Cliente": 3}
    assert counts(ana) == nobody_else | {"Carla Cliente": 3}
    assert counts(bruno) == nobody_else | {"Carla Cliente": 1}, "the API inbox is not his"
    assert counts(bruno, "contacts/search?q=carla") == {"Carla Cliente": 1}


@pytest.mark.feature("P-02")
def test_the_numbers_of_conversations_cost_a_page_one_statement(acme, admin, crowd, web_inbox, api):
    path = in_account(acme, "contacts?include_contact_inboxes=false")
    with CaptureQueriesContext(connection) as few:
        api(admin).get(path)
    for number in range(12):
        contact = create_contact(acme, name=f"C {number:02}", email=f"c{number}@example.com", by=None)
        start_conversation(ensure_contact_inbox(contact, inbox=web_inbox), by=None)
    with CaptureQueriesContext(connection) as many:
        shown = api(admin).get(path).json()["payload"]
    assert sum(contact["conversations_count"] for contact in shown) == 12
    assert len(many) == len(few)
    assert sum("conversations_conversation" in query["sql"] for query in many) == 1


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name", ["Ana Pérez", "Carla Cliente", "José Núñez"]),
        ("-name", ["José Núñez", "Carla Cliente", "Ana Pérez"]),
        ("email", ["Carla Cliente", "José Núñez", "Ana Pérez"]),
        ("-company", ["Ana Pérez", "José Núñez", "Carla Cliente"]),
        ("city", ["José Núñez", "Carla Cliente", "Ana Pérez"]),
        ("-phone_number", ["Carla Cliente", "Ana Pérez", "José Núñez"]),
        ("created_at", ["Carla Cliente", "José Núñez", "Ana Pérez"]),
    ],
)
def test_every_order_puts_blanks_last(acme, ana, crowd, api, sort, expected):
    assert names(api(ana).get(in_account(acme, f"contacts?sort={sort}")))[0] == expected[0]
    assert sorted(names(api(ana).get(in_account(acme, f"contacts?sort={sort}")))) == sorted(expected)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("nunez", ["José Núñez"]),
        ("JOSE", ["José Núñez"]),
        ("panaderia", ["Ana Pérez"]),
        ("ap-7", ["Ana Pérez"]),
        ("carla@", ["Carla Cliente"]),
        ("9 1234 5678", ["Carla Cliente"]),
        ("100%25", []),
        ("river", []),
    ],
)
def test_search_minds_neither_accents_nor_capitals(acme, ana, crowd, api, words, found):
    assert names(api(ana).get(in_account(acme, f"contacts/search?q={words}"))) == found


def test_search_without_words_is_a_422(acme, ana, api):
    assert api(ana).get(in_account(acme, "contacts/search")).status_code == 422
    assert api(ana).get(in_account(acme, "contacts/search?q=%20")).status_code == 422


@pytest.mark.feature("P-04")
def test_filters_combine_attributes_over_all_contacts(acme, ana, crowd, api):
    path = in_account(acme, "contacts/filter")
    city = {
        "attribute_key": "city",
        "filter_operator": "equal_to",
        "values": ["lima"],
        "query_operator": "OR",
    }
    name = {
        "attribute_key": "name",
        "filter_operator": "contains",
        "values": ["river"],
        "query_operator": None,
    }
    assert sorted(names(api(ana).post(path, {"payload": [city, name]}))) == ["José Núñez", "quiet-river-12"]
    wrong = {**name, "attribute_key": "shoe_size"}
    assert api(ana).post(path, {"payload": [wrong]}).status_code == 422
    wrong = {**name, "filter_operator": "starts_with"}
    assert "error" in api(ana).post(path, {"payload": [wrong]}).json()


@pytest.mark.feature("P-05")
def test_a_segment_is_searched_and_narrowed_by_label(acme, admin, ana, carla, crowd, api):
    api(admin).post(in_account(acme, f"contacts/{carla.pk}/labels"), {"labels": ["vip"]})
    path = in_account(acme, "contacts/filter")
    everyone = {"attribute_key": "name", "filter_operator": "not_equal_to", "values": ["Nobody"]}

    def found(query: str) -> list[str]:
        return names(api(ana).post(f"{path}?{query}", {"payload": [everyone]}))

    assert found("sort=name&q=%20") == ["Ana Pérez", "Carla Cliente", "José Núñez", "quiet-river-12"]
    assert found("q=nunez") == ["José Núñez"]
    assert found("q=river") == [
        "quiet-river-12"
    ]  # conditions are asked of all contacts, and so are the words
    assert found("labels[]=vip") == ["Carla Cliente"]
    assert found("labels[]=vip&q=carla") == ["Carla Cliente"]
    narrowed = api(ana).post(f"{path}?labels[]=vip&q=nunez", {"payload": [everyone]}).json()
    assert (narrowed["meta"]["count"], narrowed["payload"]) == (0, [])


@pytest.mark.feature("L-03", "L-05")
def test_a_contact_is_labelled_and_found_by_its_label(acme, admin, ana, carla, crowd, api):
    api(admin).post(in_account(acme, "labels"), {"title": "vip"})
    path = in_account(acme, f"contacts/{carla.pk}/labels")
    assert api(ana).post(path, {"labels": ["vip", "New"]}).json() == {"payload": ["new", "vip"]}
    assert api(ana).get(path).json() == {"payload": ["new", "vip"]}
    assert names(api(ana).get(in_account(acme, "contacts?labels[]=vip"))) == ["Carla Cliente"]
    condition = {"attribute_key": "labels", "filter_operator": "equal_to", "values": ["vip"]}
    assert names(api(ana).post(in_account(acme, "contacts/filter"), {"payload": [condition]})) == [
        "Carla Cliente"
    ]
    assert api(ana).post(path, {"labels": []}).json() == {"payload": []}


def test_a_new_contact_comes_with_its_identity(acme, ana, api_inbox, api):
    body = {
        "name": "Nora",
        "email": "NORA@example.com",
        "inbox_id": api_inbox.pk,
        "custom_attributes": {"x": 1},
    }
    payload = api(ana).post(in_account(acme, "contacts"), body).json()["payload"]
    assert payload["contact"]["email"] == "nora@example.com"
    assert payload["contact"]["contact_inboxes"][0]["source_id"] == payload["contact_inbox"]["source_id"]
    assert payload["contact_inbox"]["inbox"]["id"] == api_inbox.pk
    alone = api(ana).post(in_account(acme, "contacts"), {"name": "Sola"}).json()["payload"]
    assert alone["contact_inbox"] == {"inbox": None, "source_id": None}


def test_an_identity_that_cannot_be_leaves_no_contact_behind(acme, ana, carla, api_inbox, api):
    ContactInbox.objects.create(contact=carla, inbox=api_inbox, source_id="taken")
    body = {"name": "Nora", "inbox_id": api_inbox.pk, "source_id": "taken"}
    assert api(ana).post(in_account(acme, "contacts"), body).status_code == 422
    assert Contact.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "CARLA@example.com"),
        ("phone_number", "+56 9 1234 5678"),
        ("email", "nonsense"),
        ("phone_number", "12"),
    ],
)
def test_a_key_that_is_taken_or_wrong_is_named(acme, ana, carla, api, field, value):
    answer = api(ana).post(in_account(acme, "contacts"), {"name": "Otra", field: value})
    assert answer.status_code == 422
    assert answer.json()["attributes"] == [field]


def test_custom_attributes_merge_and_additional_attributes_replace(acme, ana, carla, api):
    path = in_account(acme, f"contacts/{carla.pk}")
    api(ana).put(path, {"custom_attributes": {"a": 1}, "additional_attributes": {"city": "Lima"}})
    answer = api(ana).patch(path, {"custom_attributes": {"b": 2}, "additional_attributes": {"country": "CL"}})
    contact = answer.json()["payload"]
    assert contact["custom_attributes"] == {"a": 1, "b": 2}
    assert contact["additional_attributes"] == {"country": "CL"}
    assert contact["name"] == "Carla Cliente"
    left = api(ana).post(f"{path}/destroy_custom_attributes", {"custom_attributes": ["a"]}).json()["payload"]
    assert left["custom_attributes"] == {"b": 2}


@pytest.mark.feature("P-06")
def test_a_value_that_does_not_fit_its_definition_is_refused_and_free_keys_are_not(acme, ana, carla, api):
    definition = {
        "attribute_display_name": "Edad",
        "attribute_key": "age",
        "attribute_display_type": "number",
    }
    api(ana).post(in_account(acme, "custom_attribute_definitions"), {**definition, "attribute_model": 1})
    path = in_account(acme, f"contacts/{carla.pk}")
    assert api(ana).patch(path, {"custom_attributes": {"age": "old"}}).status_code == 422
    answer = api(ana).patch(path, {"custom_attributes": {"age": "42", "free": ["x"]}})
    assert answer.json()["payload"]["custom_attributes"] == {"age": 42, "free": ["x"]}


def test_a_blank_phone_is_taken_away(acme, ana, carla, api):
    answer = api(ana).patch(in_account(acme, f"contacts/{carla.pk}"), {"phone_number": ""})
    assert answer.json()["payload"]["phone_number"] is None


def test_only_administrators_delete_and_nobody_deletes_who_is_here(acme, admin, ana, carla, api):
    path = in_account(acme, f"contacts/{carla.pk}")
    assert api(ana).delete(path).status_code == 401
    set_present(acme, carla)
    assert api(ana).get(path).json()["payload"]["availability_status"] == "online"
    assert names(api(ana).get(in_account(acme, "contacts/active"))) == ["Carla Cliente"]
    refused = api(admin).delete(path)
    assert refused.status_code == 422
    assert refused.json()["message"]
    set_present(acme, carla, seconds_ago=60)
    assert api(admin).delete(path).status_code == 200
    assert api(ana).get(path).status_code == 404


def test_contactable_inboxes_are_those_a_conversation_can_begin_in(
    acme, ana, carla, web_inbox, api_inbox, api
):
    path = in_account(acme, f"contacts/{carla.pk}/contactable_inboxes")
    assert [item["inbox"]["id"] for item in api(ana).get(path).json()["payload"]] == [api_inbox.pk]
    ContactInbox.objects.create(contact=carla, inbox=web_inbox, source_id="cookie")
    assert {"cookie"} < {item["source_id"] for item in api(ana).get(path).json()["payload"]}


def test_an_identity_is_given_found_and_not_given_twice(acme, ana, carla, api_inbox, api):
    path = in_account(acme, f"contacts/{carla.pk}/contact_inboxes")
    made = api(ana).post(path, {"inbox_id": api_inbox.pk, "source_id": "crm-1"}).json()
    assert made["source_id"] == "crm-1"
    assert api(ana).post(path, {"inbox_id": api_inbox.pk, "source_id": "crm-1"}).status_code == 200
    body = {"inbox_id": api_inbox.pk, "source_id": "crm-1"}
    assert api(ana).post(in_account(acme, "contact_inboxes/filter"), body).json()["id"] == carla.pk
    missing = api(ana).post(in_account(acme, "contact_inboxes/filter"), {**body, "source_id": "no"})
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")


def test_notes_are_written_changed_and_deleted_newest_first(acme, ana, carla, api):
    path = in_account(acme, f"contacts/{carla.pk}/notes")
    api(ana).post(path, {"note": {"content": "Primera"}})
    second = api(ana).post(path, {"content": "Segunda"}).json()
    assert second["user"]["id"] == ana.pk
    assert [note["content"] for note in api(ana).get(path).json()] == ["Segunda", "Primera"]
    assert api(ana).patch(f"{path}/{second['id']}", {"content": "2"}).json()["content"] == "2"
    assert api(ana).post(path, {"content": " "}).status_code == 422
    assert api(ana).delete(f"{path}/{second['id']}").status_code == 200
    assert len(api(ana).get(path).json()) == 1


def test_merging_answers_with_the_bare_base(acme, ana, carla, api):
    other = create_contact(acme, name="C.", identifier="crm-9", custom_attributes={"vip": True}, by=None)
    body = {"base_contact_id": carla.pk, "mergee_contact_id": other.pk}
    base = api(ana).post(in_account(acme, "actions/contact_merge"), body).json()
    assert (base["id"], base["name"], base["identifier"]) == (carla.pk, "Carla Cliente", "crm-9")
    assert base["custom_attributes"] == {"vip": True}
    assert api(ana).post(in_account(acme, "actions/contact_merge"), body).status_code == 404


def test_with_contacts_hidden_an_agent_finds_none_but_opens_those_of_their_inboxes(
    acme, admin, ana, bruno, carla, api_inbox, api
):
    acme.features = {"hide_contacts_for_agent": True}
    acme.save()
    ContactInbox.objects.create(contact=carla, inbox=api_inbox, source_id="x")
    for path in ("contacts", "contacts/search?q=carla", "contacts/active"):
        assert names(api(ana).get(in_account(acme, path))) == []
    assert names(api(admin).get(in_account(acme, "contacts"))) == ["Carla Cliente"]
    assert api(ana).get(in_account(acme, f"contacts/{carla.pk}")).status_code == 200
    assert api(bruno).get(in_account(acme, f"contacts/{carla.pk}")).status_code == 404


def test_a_page_of_contacts_costs_the_same_queries_for_one_and_for_fifteen(
    acme, ana, carla, api_inbox, api, count_queries
):
    caller, path = api(ana), in_account(acme, "contacts")
    ContactInbox.objects.create(contact=carla, inbox=api_inbox, source_id="0")
    one = count_queries(lambda: caller.get(path))
    for number in range(1, 15):
        contact = create_contact(acme, name=f"C{number}", email=f"c{number}@example.com", by=None)
        ContactInbox.objects.create(contact=contact, inbox=api_inbox, source_id=str(number))
    assert count_queries(lambda: caller.get(path)) == one <= 9


def test_an_analyst_reads_contacts_and_changes_nothing(acme, vera, carla, api):
    assert names(api(vera).get(in_account(acme, "contacts"))) == ["Carla Cliente"]
    assert api(vera).patch(in_account(acme, f"contacts/{carla.pk}"), {"name": "X"}).status_code == 401
    assert api(vera).post(in_account(acme, f"contacts/{carla.pk}/notes"), {"content": "X"}).status_code == 401


def test_a_deleted_contact_takes_the_conversations_along_and_says_so(acme, admin, ana, carla, api_inbox, api):
    conversation = start_conversation(create_contact_inbox(carla, inbox=api_inbox), by=None)
    assert api(admin).delete(in_account(acme, f"contacts/{carla.pk}")).status_code == 200
    assert api(ana).get(in_account(acme, f"conversations/{conversation.display_id}")).status_code == 404
    names = [event.name for event in read_after(START, settled=False)]
    assert names[-2:] == ["conversation.deleted", "contact.deleted"]
