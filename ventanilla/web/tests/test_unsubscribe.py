"""Leaving notification mails by the link in them: signed, asked for, one kind of one member."""

from __future__ import annotations

import re

import pytest
from django.test import Client, override_settings

from ventanilla.accounts.models import Membership, User
from ventanilla.kit import links
from ventanilla.notifications.commands import change_settings
from ventanilla.notifications.registry import kind_called, kinds
from ventanilla.notifications.selectors import setting_of
from ventanilla.notifications.unsubscribing import Subscription, headers_of, link_of, token_of

pytestmark = pytest.mark.feature("T-02")


@pytest.fixture
def subscription(ana: User) -> Subscription:
    membership = Membership.objects.select_related("account", "user").get(user=ana)
    change_settings(
        membership,
        email_flags=["email_conversation_assignment", "email_conversation_mention"],
        push_flags=["push_conversation_mention"],
    )
    return Subscription(membership, kind_called("conversation_mention"))


def flags(subscription: Subscription) -> list[str]:
    return list(setting_of(Membership.objects.get(pk=subscription.membership.pk)).email_flags)


def test_opening_the_link_changes_nothing_and_asks(subscription: Subscription) -> None:
    browser = Client(enforce_csrf_checks=True)
    for method in (browser.get, browser.head):
        response = method(link_of(subscription))
        assert response.status_code == 200
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["Cache-Control"] == "no-store"
    page = browser.get(link_of(subscription)).content.decode()
    assert "ana@acme.example" in page and '<form method="post">' in page
    assert "email_conversation_mention" in flags(subscription)


@pytest.mark.parametrize("body", [{}, {"List-Unsubscribe": "One-Click"}])
def test_posting_switches_this_kind_off_and_no_other_without_a_session(
    subscription: Subscription, body: dict[str, str]
) -> None:
    browser = Client(enforce_csrf_checks=True)
    for _time in range(2):  # some mail programs post twice
        response = browser.post(link_of(subscription), body)
        assert response.status_code == 200
        assert "<form" not in response.content.decode()
    assert flags(subscription) == ["email_conversation_assignment"]
    setting = setting_of(Membership.objects.get(pk=subscription.membership.pk))
    assert setting.push_flags == ["push_conversation_mention"]


def test_a_member_who_never_chose_keeps_the_other_defaults(ana: User) -> None:
    membership = Membership.objects.get(user=ana)
    Client().post(link_of(Subscription(membership, kind_called("conversation_assignment"))))
    setting = setting_of(Membership.objects.get(pk=membership.pk))
    assert (setting.email_flags, setting.push_flags) == ([], ["push_conversation_assignment"])


def test_a_forged_or_outlived_link_is_not_found(subscription: Subscription) -> None:
    browser, token = Client(), token_of(subscription)
    for wrong in (token[:-1] + ("a" if token[-1] != "a" else "b"), "nonsense", "x:y:z", token.split(":")[0]):
        assert browser.get(f"/unsubscribe/{wrong}").status_code == 404
        assert browser.post(f"/unsubscribe/{wrong}").status_code == 404
    subscription.membership.delete()
    assert browser.post(f"/unsubscribe/{token}").status_code == 404


def test_the_headers_are_those_of_rfc_2369_and_8058(subscription: Subscription) -> None:
    with override_settings(BASE_URL="https://desk.acme.example"):
        headers = headers_of(subscription)
    assert re.fullmatch(
        r"<https://desk\.acme\.example/unsubscribe/[A-Za-z0-9_:-]+>", headers["List-Unsubscribe"]
    )
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    with override_settings(BASE_URL="http://desk.acme.example"):
        assert list(headers_of(subscription)) == ["List-Unsubscribe"]
    with override_settings(BASE_URL=""), pytest.raises(links.AddressUnknown):
        headers_of(subscription)


def test_every_kind_has_a_name() -> None:
    assert all(str(kind.label) for kind in kinds())
