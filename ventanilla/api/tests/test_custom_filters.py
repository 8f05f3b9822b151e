"""Filters saved under a name (B.6)."""

from __future__ import annotations

from ventanilla.boards.commands import MAX_FILTERS
from ventanilla.testing.cast import in_account

VIPS = {"payload": [{"attribute_key": "labels", "filter_operator": "equal_to", "values": ["vip"]}]}


def test_filters_are_each_ones_own_and_listed_by_type(acme, ana, bruno, api):
    path = in_account(acme, "custom_filters")
    body = {"custom_filter": {"name": "VIP", "filter_type": "contact", "query": VIPS}}
    made = api(ana).post(path, body).json()
    assert made["query"] == VIPS
    assert api(ana).get(path).json() == []
    assert [row["name"] for row in api(ana).get(f"{path}?filter_type=contact").json()] == ["VIP"]
    assert api(bruno).get(f"{path}?filter_type=contact").json() == []
    one = f"{path}/{made['id']}"
    assert api(bruno).get(one).status_code == 404
    assert api(ana).patch(one, {"name": "Importantes"}).json()["name"] == "Importantes"
    assert api(bruno).delete(one).status_code == 404
    assert api(ana).delete(one).status_code == 204
    assert api(ana).get(one).status_code == 404


def test_nobody_keeps_more_than_fifty(acme, ana, bruno, api):
    path = in_account(acme, "custom_filters")
    for number in range(MAX_FILTERS):
        assert api(ana).post(path, {"name": str(number), "query": VIPS}).status_code == 200
    assert api(ana).post(path, {"name": "one more", "query": VIPS}).status_code == 422
    assert api(bruno).post(path, {"name": "first", "query": VIPS}).status_code == 200


def test_a_filter_needs_a_name_and_a_known_type(acme, ana, api):
    path = in_account(acme, "custom_filters")
    assert api(ana).post(path, {"query": VIPS}).json()["attributes"] == ["name"]
    body = {"name": "x", "query": VIPS, "filter_type": "boat"}
    assert api(ana).post(path, body).json()["attributes"] == ["filter_type"]
    assert api(ana).post(path, {"name": "x", "query": {"payload": "all"}}).json()["attributes"] == ["query"]
