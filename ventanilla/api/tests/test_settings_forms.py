"""Settings of inbox and account are declared once: column, command, body, wire and form agree."""

from __future__ import annotations

import pytest

from ventanilla.accounts import settings as of_account
from ventanilla.accounts.models import Account
from ventanilla.api.application.account import AccountBody, AccountShape
from ventanilla.api.application.inboxes import InboxBody, InboxShape
from ventanilla.inboxes import settings as of_inbox
from ventanilla.inboxes.models import Inbox
from ventanilla.testing.cast import in_account

DECLARED = [
    (of_inbox.SETTINGS, Inbox, InboxBody, InboxShape),
    (of_account.SETTINGS, Account, AccountBody, AccountShape),
]


@pytest.mark.parametrize(("settings", "model", "body", "shape"), DECLARED)
def test_a_declared_setting_is_a_column_a_field_of_the_body_and_of_the_wire(settings, model, body, shape):
    columns = {field.name for field in model._meta.get_fields()}
    assert settings.names <= columns
    assert settings.names <= set(body.model_fields)
    assert {one.name for one in settings.all if one.is_shown} <= set(shape.model_fields)


def test_the_form_of_an_inbox_offers_what_its_channel_can_do(acme, admin, ana, web_inbox, api_inbox, api):
    def asked(inbox):
        path = f"/api/desk/accounts/{acme.pk}/inboxes/{inbox.pk}/settings_form"
        assert api(ana).get(path).status_code in {401, 403}
        return api(admin).get(path).json()["properties"]

    assert "enable_email_collect" in asked(web_inbox)
    assert "enable_email_collect" not in asked(api_inbox)
    assert asked(api_inbox)["greeting_message"]["when"] == "greeting_enabled"


def test_what_the_form_asks_can_be_sent_back_as_it_is_shown(acme, admin, web_inbox, api):
    for form, address in (
        (f"/api/desk/accounts/{acme.pk}/settings_form", in_account(acme, "").rstrip("/")),
        (
            f"/api/desk/accounts/{acme.pk}/inboxes/{web_inbox.pk}/settings_form",
            in_account(acme, f"inboxes/{web_inbox.pk}"),
        ),
    ):
        fields = api(admin).get(form).json()["properties"]
        assert all(field["title"] for field in fields.values())
        shown = {name: api(admin).get(address).json()[name] for name in fields}
        assert {name: api(admin).patch(address, shown).json()[name] for name in fields} == shown
