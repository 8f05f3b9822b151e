"""Limits at the doors: who is counted, what crossing one answers, and that no one can lock out someone else (Z-29)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from ventanilla.accounts.commands.installation import adopt_first_account
from ventanilla.config import environment
from ventanilla.config.limits import LIMITS
from ventanilla.inboxes.models import Inbox
from ventanilla.kit import crowding, rate_limits

pytestmark = [pytest.mark.django_db, pytest.mark.feature("Z-29")]

PASSWORD = "Secreto-1"


@pytest.fixture(autouse=True)
def limits(settings: Any, tmp_path: Path) -> dict[str, str]:
    settings.DATA, settings.RATE_LIMITS_ENABLED, settings.BASE_URL = tmp_path, True, ""
    settings.RATE_LIMITS = {name: limit.rule for name, limit in LIMITS.items()}
    return settings.RATE_LIMITS


def sign_in(email: str, password: str, *, address: str, client: Client | None = None, path: str = "") -> int:
    answer = (client or Client()).post(
        path or "/api/desk/session",
        {"email": email, "password": password},
        content_type="application/json",
        REMOTE_ADDR=address,
    )
    return answer.status_code


# ── signing in ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["/api/desk/session", "/auth/sign_in"])
def test_a_whole_office_signs_in_from_one_address(ana, limits, path):
    assert [sign_in(ana.email, PASSWORD, address="198.51.100.1", path=path) for _ in range(12)] == [200] * 12


@pytest.mark.parametrize("path", ["/api/desk/session", "/auth/sign_in"])
def test_guesses_from_a_whole_64_count_together(ana, path):
    codes = [
        sign_in(f"x{n}@acme.example", "Wrong-1", address=f"2001:db8:0:1::{n}", path=path) for n in range(6)
    ]
    assert codes == [401] * 5 + [429]


def test_whoever_came_in_before_is_not_locked_out_by_guesses_of_others(ana):
    browser = Client()
    assert sign_in(ana.email, PASSWORD, address="198.51.100.1", client=browser) == 200
    for number in range(30):  # a botnet that knows her email
        sign_in(ana.email, f"Wrong-{number}", address=f"203.0.113.{number}")
    assert sign_in(ana.email, PASSWORD, address="203.0.113.99") == 429  # a stranger, even with the right one
    assert sign_in(ana.email, PASSWORD, address="198.51.100.1") == 200  # her address
    assert (
        sign_in(ana.email, PASSWORD, address="192.0.2.77", client=browser) == 200
    )  # her browser, travelling


def test_a_known_browser_is_no_licence_to_guess(ana, bruno):
    browser = Client()
    assert sign_in(ana.email, PASSWORD, address="198.51.100.1", client=browser) == 200
    codes = [sign_in(ana.email, "Wrong-1", address=f"203.0.113.{n}", client=browser) for n in range(11)]
    assert codes == [401] * 10 + [429]
    # For anyone else it is a stranger's browser.
    assert [sign_in(bruno.email, "Wrong-1", address="203.0.113.200", client=browser) for _ in range(6)] == [
        401
    ] * 5 + [429]


def test_a_made_up_device_is_none(ana):
    browser = Client()
    browser.cookies["ventanilla_device"] = "eyJ4IjoieSJ9:1abcde:forged"
    assert [sign_in(ana.email, "Wrong-1", address="203.0.113.1", client=browser) for _ in range(6)][-1] == 429


def test_asking_for_links_for_somebody_elses_email_does_not_keep_them_from_asking(ana, settings):
    settings.BASE_URL = "http://testserver"
    browser = Client()
    sign_in(ana.email, PASSWORD, address="198.51.100.1", client=browser)

    def ask(client: Client, address: str) -> int:
        return client.post(
            "/api/desk/password-reset",
            {"email": ana.email},
            content_type="application/json",
            REMOTE_ADDR=address,
        ).status_code

    assert [ask(Client(), f"203.0.113.{number}") for number in range(6)] == [200] * 5 + [429]
    assert ask(browser, "192.0.2.9") == 200


# ── visitors ──────────────────────────────────────────────────────────────────────────────────────────


def session(inbox: Inbox, address: str) -> str:
    answer = Client().post(f"/api/v1/widget/config?website_token={inbox.identifier}", REMOTE_ADDR=address)
    assert answer.status_code == 200
    token: str = answer.json()["website_channel_config"]["auth_token"]
    return token


def begin(inbox: Inbox, token: str, address: str) -> Any:
    return Client().post(
        f"/api/v1/widget/conversations?website_token={inbox.identifier}",
        {"message": {"content": "Hola"}},
        content_type="application/json",
        REMOTE_ADDR=address,
        headers={"X-Auth-Token": token},
    )


def test_forty_visitors_of_one_office_write_by_the_form(web_inbox):
    for _number in range(40):
        assert begin(web_inbox, session(web_inbox, "198.51.100.1"), "198.51.100.1").status_code == 200


def test_one_visitor_is_limited_wherever_they_call_from_and_others_are_not(web_inbox, limits):
    limits["widget_conversations_per_visitor"] = "2/1h"
    token = session(web_inbox, "198.51.100.1")
    answers = [begin(web_inbox, token, f"198.51.100.{number}") for number in (1, 2, 3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[2]["Retry-After"]) <= 3600
    assert answers[2]["Content-Type"].startswith("text/plain")
    assert begin(web_inbox, session(web_inbox, "198.51.100.1"), "198.51.100.1").status_code == 200


def test_contacts_of_the_public_api_have_a_limit_of_their_own(api_inbox, limits):
    limits["public_contacts_per_ip"] = "3/1h"
    path = f"/public/api/v1/inboxes/{api_inbox.identifier}/contacts"

    def make(address: str, **fields: str) -> Any:
        return Client().post(path, fields, content_type="application/json", REMOTE_ADDR=address)

    made = [make(f"2001:db8::{number}") for number in range(4)]
    assert [answer.status_code for answer in made] == [200, 200, 200, 429]
    assert int(made[3]["Retry-After"]) > 0
    assert make("2001:db8::1", source_id=made[0].json()["source_id"]).status_code == 200  # no one new
    assert make("2001:db8:0:1::1").status_code == 200


def test_guessing_a_source_id_ends_and_knowing_one_does_not_count(api_inbox, limits):
    limits["public_misses_per_ip"] = "3/1h"
    path = f"/public/api/v1/inboxes/{api_inbox.identifier}/contacts"
    source = Client().post(path, {}, content_type="application/json").json()["source_id"]
    for _number in range(6):
        assert Client().get(f"{path}/{source}").status_code == 200
    assert [Client().get(f"{path}/guess-{n}").status_code for n in range(4)] == [404, 404, 404, 429]


def test_the_frame_that_cannot_open_says_when_and_where_to_write_and_opens_by_itself(web_inbox, limits):
    limits["widget_visitors_per_ip"] = "1/1h"
    web_inbox.account.support_email = "ayuda@acme.example"
    web_inbox.account.save()
    session(web_inbox, "203.0.113.5")
    answer = Client().get(
        "/widget", {"website_token": web_inbox.identifier, "locale": "es"}, REMOTE_ADDR="203.0.113.5"
    )
    page = answer.content.decode()
    assert answer.status_code == 429
    seconds = answer["Retry-After"]
    assert f'http-equiv="refresh" content="{seconds}"' in page
    assert "mailto:ayuda@acme.example" in page
    assert "Se abrirá" in page


# ── what operators see ────────────────────────────────────────────────────────────────────────────────


def test_every_limit_is_a_setting_that_can_be_changed_and_switched_off():
    options = {option.name: option for option in environment.OPTIONS}
    for name, limit in LIMITS.items():
        option = options[environment.limit_option(name)]
        assert option.default == limit.rule
        assert option.read("7/2h") == "7/2h"
        assert option.read("off") == ""
    with pytest.raises(environment.BadSetting):
        environment.read({"VENTANILLA_LIMIT_REQUESTS_PER_IP": "many"})


def test_metrics_count_crossings_by_limit(web_inbox, limits):
    limits["widget_visitors_per_ip"] = "1/1h"
    session(web_inbox, "203.0.113.5")
    Client().post(f"/api/v1/widget/config?website_token={web_inbox.identifier}", REMOTE_ADDR="203.0.113.5")
    shown = Client().get("/metrics", REMOTE_ADDR="127.0.0.1").content.decode()
    assert 'ventanilla_limit_crossings_total{limit="widget_visitors_per_ip"} 1.0' in shown


@pytest.mark.parametrize(
    ("addresses", "warned"),
    [
        (["172.17.0.1"] * 25, "172.17.0.1"),
        (["fd00::1", "fd00::2"] * 15, "fd00::/64"),
        (["172.17.0.1"] * 19, None),
        (["172.17.0.1"] * 20 + ["203.0.113.1"] * 10, None),
        ([f"192.168.1.{number}" for number in range(30)], None),
        (["203.0.113.1"] * 30, None),
        (["127.0.0.1"] * 30, None),
    ],
)
def test_all_visitors_from_one_address_inside_are_a_proxy_that_is_not_trusted(
    web_inbox, admin, ana, acme, api, addresses, warned
):
    for address in addresses:
        session(web_inbox, address)
    found = crowding.crowded_address()
    assert (found.address if found else None) == warned
    assert api(admin).get(f"/api/desk/accounts/{acme.pk}/warnings").json() == {"payload": []}
    adopt_first_account(acme, by=admin)
    told = api(admin).get(f"/api/desk/accounts/{acme.pk}/warnings").json()["payload"]
    assert [one["kind"] for one in told if one["kind"] == "crowded_address"] == (
        ["crowded_address"] if warned else []
    )
    assert api(ana).get(f"/api/desk/accounts/{acme.pk}/warnings").status_code in (401, 403)


def test_a_public_address_that_finds_all_visitors_on_this_machine_is_warned_too(settings, web_inbox):
    settings.BASE_URL = "https://help.acme.example"
    for _number in range(25):
        session(web_inbox, "127.0.0.1")
    found = crowding.crowded_address()
    assert found is not None and found.address == "127.0.0.1"


def test_an_address_of_a_customer_is_kept_nowhere(web_inbox, tmp_path):
    session(web_inbox, "203.0.113.77")
    rate_limits.check("requests_per_ip", "203.0.113.77")
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("limits.sqlite3*"))
    assert b"203.0.113.77" not in kept
