"""Contacts leave as a table that runs nothing in a spreadsheet, and come back as the same contacts."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from ventanilla.accounts.models import SystemMail
from ventanilla.attributes.commands import create_definition
from ventanilla.attributes.models import AttributeModel
from ventanilla.contacts import exporting
from ventanilla.contacts.commands.contacts import create_contact
from ventanilla.contacts.commands.labels import set_contact_labels
from ventanilla.contacts.tests.files import bring_in, four
from ventanilla.kit import own_mail_server
from ventanilla.kit.mail_server import MailServer
from ventanilla.testing.cast import ApiClient

pytestmark = [pytest.mark.feature("P-03"), pytest.mark.django_db(transaction=True)]


def lines(answer) -> list[str]:
    assert answer.status_code == 200, getattr(answer, "content", b"")
    return b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()


def test_what_is_on_screen_goes_out_and_comes_back_as_the_same(acme, admin, ana):
    create_definition(acme, key="plan", display_name="Plan", attribute_model=AttributeModel.CONTACT, by=admin)
    create_contact(
        acme, name="=1+1", email="a@example.com", phone_number="+56911112222",
        custom_attributes={"plan": "@pro"}, by=ana,
    )  # fmt: skip
    create_contact(acme, name="Bea", email="b@example.com", by=ana)
    api, path = ApiClient(admin), f"/api/desk/accounts/{acme.pk}/contacts/export.csv"
    answer = api.get(path)
    whole = b"".join(answer.streaming_content)
    text = whole.decode("utf-8-sig")
    assert "'=1+1" in text and "'+56911112222" in text and "'@pro" in text
    assert four(bring_in(acme, admin, whole)) == (0, 0, 2, 0)
    assert len(lines(api.get(f"{path}?q=bea"))) == 2
    conditions = [
        {"attribute_key": "name", "filter_operator": "equal_to", "values": ["Bea"], "query_operator": None}
    ]
    assert len(lines(api.get(f"{path}?filter={quote(json.dumps(conditions))}"))) == 2
    assert api.get(f"{path}?filter=%7B").status_code == 422
    assert ApiClient(ana).get(path).status_code == 403


def test_words_a_label_and_a_segment_go_out_together_in_the_order_of_the_screen(acme, admin, monkeypatch):
    monkeypatch.setattr(exporting, "_AT_ONCE", 2)  # more than one piece
    for name, labels in (("Bea Sol", ["vip"]), ("Ana Sol", ["vip"]), ("Caro Sol", ["vip"]), ("Dora Sol", [])):
        contact = create_contact(acme, name=name, email=f"{name[:3]}@example.com", by=admin)
        set_contact_labels(contact, titles=labels, by=admin)
    condition = {"attribute_key": "name", "filter_operator": "not_equal_to", "values": ["Caro Sol"]}
    path = f"/api/desk/accounts/{acme.pk}/contacts/export.csv?filter={quote(json.dumps([condition]))}"

    def taken(query: str) -> list[str]:
        return [line.split(",")[0] for line in lines(ApiClient(admin).get(f"{path}&{query}"))[1:]]

    assert taken("sort=-name") == ["Dora Sol", "Bea Sol", "Ana Sol"]
    assert taken("sort=name&label=vip") == ["Ana Sol", "Bea Sol"]
    assert taken("sort=name&label=vip&q=bea") == ["Bea Sol"]
    assert taken("q=sol") == ["Bea Sol", "Ana Sol", "Dora Sol"]


def test_the_contracts_call_mails_a_link_that_only_its_account_opens(acme, admin, globex, gus, settings):
    settings.EMAIL_BACKEND = own_mail_server.BACKEND
    settings.MAIL_SERVER = MailServer(
        host="127.0.0.1", port=1, security="none", user="", password="", folder=""
    )
    settings.BASE_URL = "https://desk.example"
    create_contact(acme, name="Ana", email="a@example.com", identifier="A1", by=None)
    api = ApiClient(admin)
    answer = api.post(
        f"/api/v1/accounts/{acme.pk}/contacts/export",
        {"column_names": ["name", "identifier", "secret"], "payload": [], "label": ""},
    )
    assert (answer.status_code, answer.content) == (200, b"")
    link = SystemMail.objects.get(to=admin.email).content["button_path"]
    asked = link.partition("download=")[2]
    path = f"/api/desk/accounts/{acme.pk}/contacts/export.csv"
    assert lines(api.get(f"{path}?asked={asked}")) == ["name,identifier", "Ana,A1"]
    assert api.get(f"{path}?asked={asked}x").status_code == 422
    assert ApiClient(gus).get(f"{path}?asked={asked}").status_code == 401
    elsewhere = f"/api/desk/accounts/{globex.pk}/contacts/export.csv"
    assert ApiClient(gus).get(f"{elsewhere}?asked={asked}").status_code == 404
