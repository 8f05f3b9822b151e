"""What a call that brings mail may cost: a bound of its own, nothing read for a stranger, one large one at a time."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client

from ventanilla.delivery.models import Incoming
from ventanilla.web import inbound
from ventanilla.web.tests.test_inbound import ADDRESS, BASIC, inbox, open_doors, postmark

__all__ = ["inbox", "open_doors"]  # fixtures
pytestmark = [pytest.mark.django_db, pytest.mark.feature("Z-29")]


def post(body: bytes, *, provider: str = "postmark", **headers: str) -> Any:
    return Client().post(
        f"/webhooks/mail/{provider}",
        body,
        content_type="application/json",
        headers={"Authorization": BASIC, **headers},
    )


def test_a_call_over_the_bound_is_a_413_in_json_and_leaves_nothing(inbox: Any, settings: Any) -> None:
    settings.MAX_MAIL_CALL_BYTES = 1000
    answer = post(b"x" * 1001)
    assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (413, "application/json")
    assert answer.json()["error"]
    assert not Incoming.objects.exists()
    assert post(b"{}").status_code == 200


@pytest.mark.parametrize(
    ("given", "status"), [("", 401), ("Basic bm86bm8=", 403), ("Bearer x", 403), ("Basic %", 403)]
)
@pytest.mark.parametrize("provider", ["postmark", "sendgrid", "brevo", "mailjet", "sparkpost", "amazon_ses"])
def test_nothing_is_read_for_a_stranger(
    inbox: Any, monkeypatch: pytest.MonkeyPatch, provider: str, given: str, status: int
) -> None:
    monkeypatch.setattr(HttpRequest, "read", lambda *_: pytest.fail("read for a stranger"))
    assert post(b"x" * 5000, provider=provider, Authorization=given).status_code == status


def test_large_calls_take_turns_and_small_ones_do_not_wait(
    inbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbound, "_TURN_SECONDS", 0.1)
    body, _kind, _headers = postmark()
    large = body + b" " * inbound._LARGE_BYTES
    with inbound._one_large:
        assert post(body).status_code == 200
        answer = post(large)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
        assert "error" in answer.json()
    assert post(large).status_code == 200
    assert not inbound._one_large.locked()
    assert Incoming.objects.filter(inbox__address=ADDRESS).exists()
