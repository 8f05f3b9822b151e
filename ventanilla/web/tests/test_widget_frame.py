"""The widget's frame, as a customer's page loads it."""

from __future__ import annotations

import base64
import hashlib
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
    assert '<html lang="es" dir="ltr">' in page


def test_any_site_may_frame_it_and_nothing_foreign_may_run_in_it(inbox: Inbox, built: Path) -> None:
    with override_settings(BASE_DIR=built):
        response = load(inbox)
    assert "X-Frame-Options" not in response
    policy = response["Content-Security-Policy"]
    assert "frame-ancestors" not in policy  # not even "*": that leaves out sandboxed pages
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


def opening(page: bytes) -> str:
    found = re.search(r"<html [^>]*>", page.decode())
    assert found
    return found[0]


@pytest.mark.feature("Z-34")
@pytest.mark.parametrize(
    ("asked", "fixed", "browser", "lang"),
    [
        ("", "", "", "es"),  # the account's
        ("", "", "fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        ("", "", "tlh, en;q=0.4, de;q=0.7", "de"),
        ("", "", "zh-Hant", "es"),
        ("", "", "en;q=0, pt-BR", "pt-BR"),
        ("", "ca", "fr", "ca"),
        ("eu", "ca", "fr", "eu"),  # what the page says
        ("pt_AO", "", "fr", "pt"),
        ("tlh", "", "it", "it"),
        ("ar-EG", "", "fr", "ar"),
    ],
)
def test_the_frame_speaks_the_visitors_language(
    inbox: Inbox, built: Path, asked: str, fixed: str, browser: str, lang: str
) -> None:
    inbox.channel_settings = {"widget_language": fixed}
    inbox.save()
    with override_settings(BASE_DIR=built):
        answer = Client().get(
            "/widget",
            {"website_token": inbox.identifier, "locale": asked},
            headers={"Accept-Language": browser},
        )
    direction = "rtl" if lang == "ar" else "ltr"
    assert opening(answer.content) == f'<html lang="{lang}" dir="{direction}">'


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


def looked(inbox: Inbox, **query: str) -> dict[str, Any]:
    """What the look frame tells the page around it."""
    page = Client().get("/widget/look", {"website_token": inbox.identifier, **query}).content.decode()
    found = re.search(r"postMessage\((.*),'\*'\)</script>", page)
    assert found, page
    return dict(json.loads(json.loads(found[1])))


def test_the_launcher_learns_its_look_without_beginning_a_visit(inbox: Inbox) -> None:
    inbox.channel_settings = {"widget_color": "#7a3b2e", "widget_position": "left"}
    inbox.save()
    before = Contact.objects.count()
    told = looked(inbox, host="shop.example")
    assert (told["widget_color"], told["position"], told["is_allowed"]) == ("#7a3b2e", "left", True)
    assert Contact.objects.count() == before
    assert Client().get("/widget/look", {"website_token": "unknown"}).status_code == 404


@pytest.mark.feature("Z-31")
def test_what_the_page_around_loads_suits_isolated_pages_and_runs_one_script(
    inbox: Inbox, built: Path
) -> None:
    look = Client().get("/widget/look", {"website_token": inbox.identifier})
    script = re.search(r"<script>(.*)</script>", look.content.decode())
    assert script
    digest = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()
    assert (
        look["Content-Security-Policy"]
        == f"default-src 'none'; script-src 'sha256-{digest}'; base-uri 'none'"
    )
    assert "max-age=300" in look["Cache-Control"]
    with override_settings(BASE_DIR=built):
        frame = load(inbox)
    for response in (look, frame):
        assert response["Cross-Origin-Embedder-Policy"] == "credentialless"
        assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    safari = "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15"
    query = {"website_token": inbox.identifier, "isolated": "1"}
    isolated = Client().get("/widget/look", query, headers={"User-Agent": safari})
    assert isolated["Cross-Origin-Embedder-Policy"] == "require-corp"


@pytest.mark.feature("Z-31")
def test_only_pages_of_the_allowed_domains_may_show_it(inbox: Inbox, built: Path) -> None:
    inbox.channel_settings = {"allowed_domains": "tienda.example, *.blog.example, localhost:3000"}
    inbox.save()
    for host in ("tienda.example", "www.tienda.example:8080", "a.blog.example", "localhost:3000"):
        assert looked(inbox, host=host)["is_allowed"], host
    for host in (
        "",
        "blog.example",
        "mitienda.example",
        "tienda.example.evil",
        "localhost",
        "localhost:4000",
    ):
        assert not looked(inbox, host=host)["is_allowed"], host
    with override_settings(BASE_DIR=built):
        policy = load(inbox)["Content-Security-Policy"]
    found = re.search(r"frame-ancestors ([^;]+)", policy)
    assert found
    sources = found[1].split()
    assert sources[0] == "'self'"
    assert {"https://tienda.example:*", "http://*.tienda.example:*", "https://*.blog.example:*"} < set(
        sources
    )
    assert "http://localhost:3000" in sources
    assert not any(source.endswith("//blog.example:*") for source in sources)


@pytest.mark.feature("Z-31")
def test_the_api_answers_a_frame_whose_page_is_sandboxed(inbox: Inbox) -> None:
    answer = Client().options(
        "/api/v1/widget/messages",
        headers={
            "Origin": "null",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "x-auth-token",
        },
    )
    assert answer.status_code == 204
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer


def test_the_preview_has_no_visitor_and_only_we_may_frame_it(db: None, built: Path) -> None:
    with override_settings(BASE_DIR=built):
        answer = Client().get("/widget/preview")
    assert answer.status_code == 200
    assert "window.isPreview = true" in answer.content.decode()
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    assert not Contact.objects.exists()
