"""What clients may get wrong without breaking anything (A.12)."""

from __future__ import annotations

import pytest
from django.test import Client

from ventanilla.accounts.models import AccessToken, Team
from ventanilla.testing.cast import in_account


def test_an_id_past_sixty_four_bits_is_a_404(acme, ana, api):
    huge = 10**30
    assert api(ana).get(f"/api/v1/accounts/{huge}/labels").status_code == 404
    assert api(ana).get(in_account(acme, f"contacts/{huge}")).status_code == 404


def test_a_number_past_sixty_four_bits_in_a_body_is_a_422(acme, admin, web_inbox, api):
    body = {"inbox_id": web_inbox.pk, "user_ids": [10**30]}
    assert api(admin).post(in_account(acme, "inbox_members"), body).status_code in {401, 422}


def test_a_nul_character_is_left_out(acme, admin, api):
    made = api(admin).post(in_account(acme, "teams"), {"name": "ven\x00tas", "description": "a\x00b"})
    assert made.json()["name"] == "ventas"
    assert Team.objects.get().description == "ab"


@pytest.mark.parametrize("body", ["[1]", "nonsense", '"text"', "{"])
def test_a_body_that_is_no_object_is_a_400(acme, admin, body):
    headers = {"api_access_token": AccessToken.objects.get(user=admin).sealed}
    answer = Client().post(in_account(acme, "teams"), body, content_type="application/json", headers=headers)
    assert answer.status_code == 400


def test_fields_come_bare_wrapped_as_form_and_in_the_query(acme, admin, api):
    caller, path = api(admin), in_account(acme, "teams")
    assert caller.post(path, {"name": "one"}).status_code == 200
    assert caller.post(path, {"team": {"name": "two"}}).status_code == 200
    assert (
        caller.post(path, form={"team[name]": "three", "team[allow_auto_assign]": "false"}).status_code == 200
    )
    assert caller.post(f"{path}/?name=four").status_code == 200
    teams = {team["name"]: team["allow_auto_assign"] for team in caller.get(path).json()}
    assert teams == {"one": True, "two": True, "three": False, "four": True}


def test_texts_speak_the_accounts_language_to_programs(acme, admin, api):
    path, bad = in_account(acme, "labels"), {"title": "two words"}
    english = api(admin).post(path, bad).json()["message"]
    acme.locale = "es"
    acme.save()
    spanish = api(admin, headers={"Accept-Language": "en"}).post(path, bad).json()["message"]
    assert english.startswith("Use two")
    assert spanish.startswith("Usa dos")
