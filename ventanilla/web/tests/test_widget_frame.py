"""The widget's frame, as a customer's page loads it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings

from ventanilla.accounts.commands.accounts import create_account
from ventanilla.accounts.models import Account
from ventanilla.contacts.models import Contact, ContactInbox
from ventanilla.inboxes.models import Inbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox() -> Inbox:
    return Inbox.objects.create(
        account=create_account("Acme", by=None, locale="es"),
        name="Tienda </script><script>alert(1)</script>",
        kind="webchat",
    )


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "widget" / "dist"
    (folder / ".vite").mkdir(parents=True)
    (folder / ".vite" / "manifest.json").write_text(
        json.dumps(
            {
                "index.html": {
                    "file": "messenger-A1b2C3d4.js",
                    "isEntry": True,
                    "css": ["messenger-E5f6G7h8.css"],
                }
            }
        )
    )
    return tmp_path


def load(inbox: Inbox, **query: str) -> Any:
    return Client().get("/widget", {"website_token": inbox.identifier, **query})


def value(page: str, name: str) -> Any:
    found = re.search(rf"window\.{name} = (.*);\n", page)
    assert found, page
    return json.loads(found[1])


def test_the_frame_carries_its_settings_and_a_session(inbox: Inbox, built: Path) -> None:
    with override_settings(BASE_DIR=built):
        page = load(inbox).content.decode()
    channel = value(page, "chatwootWebChannel")
    assert channel["websiteToken"] == inbox.identifier
    assert channel["websiteName"] == inbox.name
    assert channel["utcOffSet"] == "+00:00"
    assert {
        "preChatFormEnabled",
        "welcomeTitle",
        "widgetColor",
        "workingHours",
        "enabledFeatures",
    } <= channel.keys()
    assert value(page, "chatwootPubsubToken") == ContactInbox.objects.get().pubsub_token
    assert value(page, "authToken").count(".") == 2
    assert value(page, "globalConfig")["BRAND_NAME"] == "Ventanilla"
    assert 'src="/packs/widget/messenger-A1b2C3d4.js"' in page
    assert 'href="/packs/widget/messenger-E5f6G7h8.css"' in page
    assert '<html lang="es">' in page


def test_any_site_may_frame_it_and_nothing_foreign_may_run_in_it(inbox: Inbox, built: Path) -> None:
    with override_settings(BASE_DIR=built):
        response = load(inbox)
    assert "X-Frame-Options" not in response
    policy = response["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert re.search(r"script-src 'self' 'nonce-[^']+';", policy)
    assert "default-src 'none'" in policy
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["Cache-Control"] == "no-store"


def test_text_of_an_administrator_cannot_leave_its_place(inbox: Inbox, built: Path) -> None:
    with override_settings(BASE_DIR=built):
        page = load(inbox).content.decode()
    assert "<script>alert(1)" not in page


@pytest.mark.feature("W-12")
def test_a_returning_visitor_keeps_the_session(inbox: Inbox, built: Path) -> None:
    with override_settings(BASE_DIR=built):
        token = value(load(inbox).content.decode(), "authToken")
        again = load(inbox, cw_conversation=token).content.decode()
        assert value(again, "authToken") == token
        assert Contact.objects.count() == 1
        forged = load(inbox, cw_conversation=token + "x").content.decode()
        assert value(forged, "authToken") != token


def test_the_page_chooses_the_language(inbox: Inbox, built: Path) -> None:
    with override_settings(BASE_DIR=built):
        assert '<html lang="en">' in load(inbox, locale="en_GB").content.decode()
        assert (
            '<html lang="es">'
            in Client()
            .get("/widget", {"website_token": inbox.identifier}, headers={"Accept-Language": "en"})
            .content.decode()
        )


@pytest.mark.parametrize("token", ["", "unknown", "x" * 400])
def test_an_unknown_token_is_not_found(token: str) -> None:
    response = Client().get("/widget", {"website_token": token})
    assert response.status_code == 404
    assert response.json()["error"]


def test_a_suspended_account_shows_no_widget(inbox: Inbox) -> None:
    Account.objects.update(status=Account.Status.SUSPENDED)
    assert load(inbox).status_code == 401


def test_new_sessions_of_one_address_are_limited(inbox: Inbox, built: Path) -> None:
    with override_settings(
        BASE_DIR=built, DATA=built, RATE_LIMITS_ENABLED=True, RATE_LIMITS={"widget_visitors_per_ip": "1/1h"}
    ):
        token = value(load(inbox).content.decode(), "authToken")
        assert load(inbox).status_code == 429
        assert load(inbox, cw_conversation=token).status_code == 200


def test_the_launcher_learns_its_colour_without_beginning_a_visit(inbox: Inbox) -> None:
    inbox.channel_settings = {**inbox.channel_settings, "widget_color": "#7a3b2e"}
    inbox.save()
    before = Contact.objects.count()
    answer = Client().get("/widget/look", {"website_token": inbox.identifier})
    assert answer.json() == {"widget_color": "#7a3b2e"}
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "max-age=300" in answer["Cache-Control"]
    assert Contact.objects.count() == before
    assert Client().get("/widget/look", {"website_token": "unknown"}).status_code == 404
