"""Pages of the company beside a conversation."""

from __future__ import annotations

import pytest

from ventanilla.events.log import START, read_after
from ventanilla.integrations.commands import MAX_APPS, create_dashboard_app
from ventanilla.testing.cast import in_account

ORDERS = {"title": "Orders", "content": [{"type": "frame", "url": "https://orders.acme.example/panel"}]}


@pytest.mark.feature("X-03")
def test_apps_are_the_accounts_made_changed_and_deleted_in_the_contracts_shape(
    acme, ana, vera, api, globex, gus
):
    path = in_account(acme, "dashboard_apps")
    made = api(ana).post(path, {"dashboard_app": ORDERS}).json()
    assert set(made) == {"id", "title", "content", "created_at"}
    assert (made["title"], made["content"]) == (ORDERS["title"], ORDERS["content"])
    assert made["created_at"].endswith("Z")
    assert api(vera).get(path).json() == [made]
    one = f"{path}/{made['id']}"
    assert api(ana).get(one).json() == made
    assert api(gus).get(in_account(globex, f"dashboard_apps/{made['id']}")).status_code == 404
    assert api(gus).get(in_account(globex, "dashboard_apps")).json() == []
    changed = api(ana).put(one, {"title": "Orders and returns"}).json()
    assert (changed["title"], changed["content"]) == ("Orders and returns", ORDERS["content"])
    gone = api(ana).delete(one)
    assert (gone.status_code, gone.content) == (204, b"")
    assert api(ana).get(one).status_code == 404
    recorded = [event.name for event in read_after(START, account_id=acme.pk, settled=False)]
    assert [name for name in recorded if name.startswith("dashboard_app.")] == [
        "dashboard_app.created", "dashboard_app.updated", "dashboard_app.deleted",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"content": ORDERS["content"]}, "title"),
        ({"title": "x" * 256, "content": ORDERS["content"]}, "title"),
        ({"title": "Orders"}, "content"),
        ({"title": "Orders", "content": []}, "content"),
        ({"title": "Orders", "content": [{"type": "frame"}]}, "content"),
        ({"title": "Orders", "content": [{"type": "frame", "url": "javascript:alert(1)"}]}, "content"),
        ({"title": "Orders", "content": [{"type": "script", "url": "https://a.example"}]}, "content"),
        ({"title": "Orders", "content": ORDERS["content"] * 21}, "content"),
    ],
)
def test_an_app_needs_a_title_and_pages_with_an_address_of_the_web(acme, ana, api, body, field):
    refused = api(ana).post(in_account(acme, "dashboard_apps"), body)
    assert (refused.status_code, refused.json()["attributes"]) == (422, [field])


def test_an_account_has_a_hundred_at_most(acme, ana, api):
    for number in range(MAX_APPS):
        create_dashboard_app(acme, title=str(number), content=ORDERS["content"], by=ana)
    assert api(ana).post(in_account(acme, "dashboard_apps"), ORDERS).status_code == 422
