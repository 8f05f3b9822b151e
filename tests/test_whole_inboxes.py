"""Where the contract says `<inbox>`, the inbox is whole; and no one reads of one they may not open (B.3, A.7, I-12)."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests import strict_shapes
from ventanilla.contacts.commands.contacts import create_contact
from ventanilla.contacts.commands.identities import create_contact_inbox
from ventanilla.testing.cast import in_account

pytestmark = pytest.mark.django_db


def inboxes_in(body: Any) -> list[dict[str, Any]]:
    """Every value of a key `inbox` in an answer."""
    if isinstance(body, list):
        return [found for item in body for found in inboxes_in(item)]
    if not isinstance(body, dict):
        return []
    here = [body["inbox"]] if isinstance(body.get("inbox"), dict) else []
    return here + [found for item in body.values() for found in inboxes_in(item)]


def test_an_inbox_beside_a_contact_is_the_inbox_of_the_contract(
    acme, admin, ana, carla, web_inbox, api_inbox, api
):
    for inbox in (web_inbox, api_inbox):
        create_contact_inbox(carla, inbox=inbox, source_id=f"known-{inbox.pk}")
    spare = create_contact(acme, name="Spare", by=None)
    asked: list[tuple[str, str, Any]] = [
        ("GET", "contacts", None),
        ("GET", f"contacts/{carla.pk}", None),
        ("PATCH", f"contacts/{carla.pk}", {"name": "Carla"}),
        ("GET", f"contacts/{carla.pk}/contactable_inboxes", None),
        ("POST", f"contacts/{carla.pk}/contact_inboxes", {"inbox_id": api_inbox.pk}),
        ("POST", "contact_inboxes/filter", {"inbox_id": web_inbox.pk, "source_id": f"known-{web_inbox.pk}"}),
        ("POST", "contacts", {"name": "New", "inbox_id": api_inbox.pk}),
        ("POST", "actions/contact_merge", {"base_contact_id": carla.pk, "mergee_contact_id": spare.pk}),
    ]
    for method, path, body in asked:
        for who in (ana, admin):
            if "merge" in path and who is admin:
                continue  # it is gone
            answer = api(who).call(method, in_account(acme, path), body)
            found = inboxes_in(answer.json())
            assert (answer.status_code, bool(found)) == (200, True), (path, answer.content)
            for inbox in found:
                msgspec.convert(inbox, strict_shapes.AnyInbox)
                assert "hmac_token" not in inbox


@pytest.mark.feature("I-12")
def test_an_identity_in_an_inbox_that_one_may_not_open_is_not_shown(
    acme, admin, ana, bruno, carla, web_inbox, api_inbox, api
):
    for inbox in (web_inbox, api_inbox):
        create_contact_inbox(carla, inbox=inbox, source_id=f"known-{inbox.pk}")
    for path in (f"contacts/{carla.pk}", "contacts"):
        seen = {
            who: {row["id"] for row in inboxes_in(api(who).get(in_account(acme, path)).json())}
            for who in (ana, bruno)
        }
        assert seen == {ana: {web_inbox.pk, api_inbox.pk}, bruno: {web_inbox.pk}}


def test_a_double_contact_is_named_to_who_may_open_it(acme, ana, bruno, carla, api_inbox, api):
    """Of several keys, each says who has it."""
    other = create_contact(acme, name="Other", identifier="crm-9", by=None)
    create_contact_inbox(carla, inbox=api_inbox, source_id="carla")
    given = {"name": "N", "email": "CARLA@example.com", "identifier": "crm-9"}
    answer = api(ana).post(in_account(acme, "contacts"), given)
    assert (answer.status_code, set(answer.json()["attributes"])) == (422, {"email", "identifier"})
    assert answer.json()["existing"] == {"email": carla.pk, "identifier": other.pk}
    assert answer.json()["contact_id"] == other.pk  # the key that counts most comes first (F.11)
    taking = api(ana).patch(in_account(acme, f"contacts/{other.pk}"), {"phone_number": carla.phone_number})
    assert (taking.status_code, taking.json()["existing"]) == (422, {"phone_number": carla.pk})
    acme.features = {"hide_contacts_for_agent": True}
    acme.save()
    hidden = api(bruno).post(in_account(acme, "contacts"), {"name": "N", "email": "carla@example.com"})
    assert (hidden.status_code, "existing" in hidden.json(), "contact_id" in hidden.json()) == (
        422,
        False,
        False,
    )
