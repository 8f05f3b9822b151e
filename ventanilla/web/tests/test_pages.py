"""Built files, the desk's shell, and the short answers at fixed addresses."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from django.test import Client, override_settings

from ventanilla import __version__


@pytest.fixture
def browser() -> Client:
    return Client()


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A build of both front ends, as Vite leaves it."""
    desk, widget = tmp_path / "desk" / "dist", tmp_path / "widget" / "dist"
    for folder in (desk / "assets", desk / ".vite", widget / "js", widget / ".vite"):
        folder.mkdir(parents=True)
    (desk / "assets" / "index-B3kf9_aZ.js").write_text("export const desk = 1;" * 100)
    (desk / "assets" / "vue-C0ffee12.js").write_text("export const vue = 1;")
    (desk / "assets" / "index-D1sk4567.css").write_text("body{}")
    (desk / ".vite" / "manifest.json").write_text(
        json.dumps(
            {
                "index.html": {
                    "file": "assets/index-B3kf9_aZ.js",
                    "isEntry": True,
                    "imports": ["_vue.js"],
                    "css": ["assets/index-D1sk4567.css"],
                },
                "_vue.js": {"file": "assets/vue-C0ffee12.js", "imports": ["index.html"]},
            }
        )
    )
    (widget / "js" / "sdk.js").write_text("window.chatwootSDK={};" * 100)
    (tmp_path / "secret.txt").write_text("secret")
    return tmp_path


def test_the_script_on_customers_pages_is_open_small_and_fresh(browser: Client, built: Path) -> None:
    with override_settings(BASE_DIR=built):
        response = browser.get("/packs/js/sdk.js", headers={"Accept-Encoding": "gzip, br"})
        assert gzip.decompress(response.content).startswith(b"window.chatwootSDK")
        assert response["Content-Type"] == "text/javascript; charset=utf-8"
        assert response["Access-Control-Allow-Origin"] == "*"
        assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert response["Cache-Control"].startswith("public, max-age=300")
        again = browser.get(
            "/packs/js/sdk.js", headers={"Accept-Encoding": "gzip, br", "If-None-Match": response["ETag"]}
        )
        assert (again.status_code, again.content) == (304, b"")
        plain = browser.get("/packs/js/sdk.js")
        assert plain.content.startswith(b"window.chatwootSDK")
        assert plain["ETag"] != response["ETag"]


def test_files_with_a_hash_are_kept_for_a_year(browser: Client, built: Path) -> None:
    with override_settings(BASE_DIR=built):
        response = browser.get("/packs/desk/assets/index-B3kf9_aZ.js")
        assert response["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt",
        "..%2f..%2fsecret.txt",
        "desk/../../../secret.txt",
        "%2e%2e/secret.txt",
        "js/%00",
        ".vite/manifest.json",
        "js",
        "",
    ],
)
def test_nothing_outside_the_build_is_served(browser: Client, built: Path, path: str) -> None:
    with override_settings(BASE_DIR=built):
        response = browser.get(f"/packs/{path}")
        assert response.status_code == 404
        assert b"secret" not in response.content


def test_the_desk_loads_its_entry_and_lets_nothing_else_run(browser: Client, built: Path) -> None:
    with override_settings(BASE_DIR=built):
        response = browser.get("/app/accounts/1/conversations/7", headers={"Accept-Language": "en"})
    page = response.content.decode()
    assert '<html lang="en">' in page
    assert 'src="/packs/desk/assets/index-B3kf9_aZ.js"' in page
    assert 'href="/packs/desk/assets/index-D1sk4567.css"' in page
    assert 'rel="modulepreload" href="/packs/desk/assets/vue-C0ffee12.js"' in page
    policy = response["Content-Security-Policy"]
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce
    assert f'nonce="{nonce[1]}"' in page
    assert "frame-ancestors 'none'" in policy
    assert "'unsafe-eval'" not in policy
    assert "script-src 'self' 'nonce" in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["Cache-Control"] == "no-store"


def test_each_page_has_its_own_nonce(browser: Client, built: Path) -> None:
    with override_settings(BASE_DIR=built):
        assert (
            browser.get("/app/")["Content-Security-Policy"] != browser.get("/app/")["Content-Security-Policy"]
        )


def test_a_desk_that_was_not_built_says_so(browser: Client, tmp_path: Path) -> None:
    with override_settings(BASE_DIR=tmp_path):
        response = browser.get("/app/")
    assert response.status_code == 503
    assert b"scripts/run" in response.content


def test_the_root_leads_to_the_desk(browser: Client) -> None:
    assert browser.get("/")["Location"] == "/app/"


@pytest.mark.django_db
def test_installers_read_the_contracts_version(browser: Client) -> None:
    body = browser.get("/api").json()
    assert body["version"] == "3.13.6"
    assert body["data_services"] == "ok"
    assert body["queue_services"] in {"ok", "failing"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", body["timestamp"])
    assert __version__ != body["version"]


def test_phone_apps_find_their_associations(browser: Client) -> None:
    assert browser.get("/.well-known/assetlinks.json").json() == []
    assert browser.get("/apple-app-site-association").json() == {"applinks": {"apps": [], "details": []}}
    assert browser.get("/.well-known/microsoft-identity-association.json").json() == {
        "associatedApplications": []
    }
    with override_settings(
        ANDROID_PACKAGE="com.example",
        ANDROID_FINGERPRINTS=("AA",),
        IOS_APP_ID="T.com.example",
        MICROSOFT_APP_ID="x",
    ):
        assert (
            browser.get("/.well-known/assetlinks.json").json()[0]["target"]["package_name"] == "com.example"
        )
        assert (
            browser.get("/apple-app-site-association").json()["applinks"]["details"][0]["appID"]
            == "T.com.example"
        )
        found = browser.get("/.well-known/microsoft-identity-association.json").json()
        assert found == {"associatedApplications": [{"applicationId": "x"}]}


def test_robots_stay_out(browser: Client) -> None:
    assert "Disallow: /" in browser.get("/robots.txt").content.decode()


def test_a_flood_from_one_address_is_answered_with_429(browser: Client) -> None:
    with override_settings(RATE_LIMITS_ENABLED=True, RATE_LIMITS={"requests_per_ip": "2/1h"}):
        answers = [browser.get("/robots.txt", REMOTE_ADDR="203.0.113.9") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[2]["Retry-After"]
        assert answers[2]["Content-Type"].startswith("text/plain")


def test_the_public_client_api_may_be_called_from_any_page(browser: Client) -> None:
    preflight = browser.options(
        "/public/api/v1/inboxes/x/contacts",
        headers={
            "Origin": "https://shop.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        },
    )
    assert preflight.status_code == 204
    assert preflight["Access-Control-Allow-Origin"] == "*"
    assert preflight["Access-Control-Allow-Headers"] == "content-type"
    assert "Access-Control-Allow-Credentials" not in preflight


def test_the_desks_api_may_not_be_called_from_other_pages(browser: Client) -> None:
    response = browser.get("/api/v1/profile", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in response


def test_the_handbook_of_the_api_comes_from_our_own_server_alone(browser: Client) -> None:
    page = browser.get("/api/docs")
    assert not re.search(rb"(?:src|href)=.https?:", page.content)
    assert b"/api/openapi.json" in page.content
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert "https:" not in page["Content-Security-Policy"]
    script = browser.get("/packs/redoc.js", headers={"Accept-Encoding": "gzip"})
    assert b"Redoc" in gzip.decompress(script.content)


def test_pages_of_any_origin_may_use_the_api_by_token_where_the_operator_says_so(browser: Client) -> None:
    with override_settings(CORS_EVERYWHERE=True):
        response = browser.get("/api/v1/profile", headers={"Origin": "https://app.example"})
        assert response["Access-Control-Allow-Origin"] == "*"
        assert "access-token" in response["Access-Control-Expose-Headers"]
        assert "Access-Control-Allow-Credentials" not in response


@pytest.mark.feature("Z-21")
def test_a_built_file_is_given_in_the_smallest_form_the_browser_takes(settings, tmp_path, client):
    folder = tmp_path / "desk" / "dist" / "assets"
    folder.mkdir(parents=True)
    script = b"console.log('desk');\n" * 100
    (folder / "main-abcdefgh.js").write_bytes(script)
    (folder / "main-abcdefgh.js.br").write_bytes(b"brotli of it")
    (folder / "other-abcdefgh.js").write_bytes(script)
    settings.BASE_DIR = tmp_path

    def given(name: str, takes: str) -> tuple[str | None, bytes]:
        answer = client.get(f"/packs/desk/assets/{name}", headers={"Accept-Encoding": takes})
        return answer.headers.get("Content-Encoding"), answer.content

    assert given("main-abcdefgh.js", "gzip, br") == ("br", b"brotli of it")
    assert given("main-abcdefgh.js", "")[1] == script
    for name, takes in (("main-abcdefgh.js", "gzip, br;q=0"), ("other-abcdefgh.js", "gzip, br")):
        coding, content = given(name, takes)
        assert (coding, gzip.decompress(content)) == ("gzip", script)
