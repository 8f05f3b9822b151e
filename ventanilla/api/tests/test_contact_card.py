"""What the panel says of a contact (V-DET-02, V-DET-03, Z-23)."""

from __future__ import annotations

import pytest

from ventanilla.contacts.commands.contacts import create_contact, update_contact
from ventanilla.contacts.commands.identities import merge_contacts
from ventanilla.contacts.commands.notes import create_note
from ventanilla.conversations.tests.scenes import talk
from ventanilla.testing.cast import ApiClient

pytestmark = pytest.mark.django_db


@pytest.mark.feature("V-DET-02", "V-DET-03")
def test_name_and_surname_language_origin_and_notes(acme, ana, carla, web_inbox):
    talk(carla, web_inbox, "Hola")
    create_note(carla, content="Llega tarde los lunes", by=ana)
    api, base = ApiClient(ana), f"/api/desk/accounts/{acme.pk}/contacts/{carla.pk}"
    card = api.get(f"{base}/card").json()
    assert (card["first_name"], card["last_name"]) == ("Carla Cliente", "")
    assert (card["origin"], card["origin_channel"]) == ("channel", "Acme web")
    assert card["ways"] == [
        {"inbox_id": web_inbox.pk, "name": "Acme web", "channel": "Channel::WebWidget", "conversations": 1}
    ]
    assert [note["content"] for note in card["notes"]] == ["Llega tarde los lunes"]
    plain = f"/api/v1/accounts/{acme.pk}/contacts/{carla.pk}"
    assert api.patch(plain, {"last_name": "Cliente", "preferred_language": "es"}).status_code == 200
    card = api.get(f"{base}/card").json()
    assert (card["first_name"], card["last_name"], card["preferred_language"]) == ("Carla", "Cliente", "es")
    assert api.patch(plain, {"last_name": "Rojas"}).json()["payload"]["name"] == "Carla Rojas"
    assert api.patch(plain, {"name": "Karla"}).json()["payload"]["name"] == "Karla"
    assert api.get(f"{base}/card").json()["last_name"] == ""
    refused = api.patch(plain, {"preferred_language": "no es un idioma"})
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["preferred_language"])


@pytest.mark.feature("Z-23")
def test_addresses_and_merges_over_the_api(acme, ana, vera, carla, globex, gus):
    other = create_contact(acme, name="Otra", email="otra@example.com", by=ana)
    api, base = ApiClient(ana), f"/api/desk/accounts/{acme.pk}/contacts/{carla.pk}"
    taken = api.post(f"{base}/addresses", {"kind": "email", "value": "otra@example.com"})
    assert (taken.status_code, taken.json()["contact_id"]) == (422, other.pk)
    assert taken.json()["holders"] == {"email": {"id": other.pk, "name": "Otra"}}
    for refused in (
        api.post(f"/api/v1/accounts/{acme.pk}/contacts", {"name": "Doble", "email": "OTRA@example.com"}),
        api.patch(f"/api/v1/accounts/{acme.pk}/contacts/{carla.pk}", {"email": "otra@example.com"}),
    ):
        assert refused.status_code == 422
        assert refused.json()["holders"] == {"email": {"id": other.pk, "name": "Otra"}}
    card = api.post(f"{base}/addresses", {"kind": "email", "value": "dos@example.com"}).json()
    assert [(row["kind"], row["value"]) for row in card["addresses"]] == [("email", "dos@example.com")]
    number = card["addresses"][0]["id"]
    assert (
        api.post(f"{base}/addresses/{number}/primary").json()["addresses"][0]["value"] == "carla@example.com"
    )
    assert ApiClient(vera).post(f"{base}/addresses", {"value": "x@example.com"}).status_code == 403
    merge_contacts(carla, mergee=other, by=ana)
    merge = api.get(f"{base}/card").json()["merges"][0]
    assert merge["name"] == "Otra"
    undone = api.post(f"{base}/merges/{merge['id']}/undo")
    assert undone.json() == {"contact_id": other.pk}
    assert api.post(f"{base}/merges/{merge['id']}/undo").status_code == 409


@pytest.mark.feature("Z-23")
def test_the_company_and_who_else_of_it_is_known(acme, globex, ana, carla):
    for name in ("Bea", "Dario"):
        create_contact(
            acme, name=name, identifier=name, additional_attributes={"company_name": "Café"}, by=None
        )
    create_contact(acme, name="Otro", identifier="o", additional_attributes={"company_name": "Bar"}, by=None)
    create_contact(
        globex, name="Bea", identifier="b", additional_attributes={"company_name": "Café"}, by=None
    )
    path = f"/api/desk/accounts/{acme.pk}/contacts/{carla.pk}/card"
    assert ApiClient(ana).get(path).json()["company"] is None
    update_contact(carla, additional_attributes={"company_name": "Café"}, by=ana)
    assert ApiClient(ana).get(path).json()["company"] == {"name": "Café", "contacts": 3}
