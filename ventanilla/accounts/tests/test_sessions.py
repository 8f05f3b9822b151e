"""Coming in: passwords, devices, links that work once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ventanilla.accounts.commands.one_time import Purpose, issue_one_time_token, use_one_time_token
from ventanilla.accounts.commands.sessions import (
    MAX_CLIENTS,
    authenticate,
    open_session,
    request_password_reset,
    set_password_by_link,
)
from ventanilla.accounts.commands.users import choose_password, reset_access_token
from ventanilla.accounts.errors import BadCredentials, LinkExpired
from ventanilla.accounts.jobs import send_system_mail
from ventanilla.accounts.models import AccessToken, ClientSession, PasswordRequest, SystemMail, User
from ventanilla.accounts.passwords import missing_rules
from ventanilla.kit import tokens
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Invalid
from ventanilla.testing.cast import PASSWORD


def test_the_right_password_lets_in_and_case_of_the_address_does_not_matter(ana):
    assert authenticate(email=" ANA@acme.example ", password=PASSWORD) == ana


@pytest.mark.parametrize(
    ("email", "password"), [("ana@acme.example", "Wrong-1"), ("nobody@acme.example", PASSWORD)]
)
def test_a_wrong_password_and_an_unknown_address_are_refused_alike(ana, email, password):
    with pytest.raises(BadCredentials):
        authenticate(email=email, password=password)


def test_an_address_that_is_not_confirmed_cannot_sign_in(ana):
    User.objects.filter(pk=ana.pk).update(confirmed_at=None)
    with pytest.raises(BadCredentials):
        authenticate(email=ana.email, password=PASSWORD)


def test_the_twenty_sixth_device_signs_the_oldest_out(ana):
    first = open_session(ana, how="password")
    for _number in range(MAX_CLIENTS):
        open_session(ana, how="password")
    assert ClientSession.objects.filter(user=ana).count() == MAX_CLIENTS
    assert not ClientSession.objects.filter(user=ana, client=first.client).exists()


def test_each_missing_rule_of_a_password_is_named():
    assert len(missing_rules("abc")) == 4  # short, no capital, no digit, no sign
    assert missing_rules("Secreto-1") == []
    assert len(missing_rules("Aa1-" + "x" * 125)) == 1


def test_a_new_password_ends_every_session_and_changes_the_pubsub_token(ana):
    open_session(ana, how="password")
    before = ana.pubsub_token
    choose_password(ana, password="Another-2")
    assert not ClientSession.objects.filter(user=ana).exists()
    assert User.objects.get(pk=ana.pk).pubsub_token != before
    assert authenticate(email=ana.email, password="Another-2") == ana


def test_a_one_time_link_works_once(ana):
    token = issue_one_time_token(ana, purpose=Purpose.PASSWORD)
    assert set_password_by_link(token=token, password="Another-2") == ana
    with pytest.raises(LinkExpired):
        set_password_by_link(token=token, password="Another-3")


def test_a_weak_password_does_not_use_the_link_up(ana):
    token = issue_one_time_token(ana, purpose=Purpose.PASSWORD)
    with pytest.raises(Invalid):
        set_password_by_link(token=token, password="weak")
    assert set_password_by_link(token=token, password="Another-2") == ana


def test_a_link_of_one_purpose_is_no_good_for_another(ana):
    token = issue_one_time_token(ana, purpose=Purpose.SSO)
    with pytest.raises(LinkExpired):
        use_one_time_token(token, purposes=frozenset({Purpose.PASSWORD}))


def test_a_link_that_is_too_old_does_not_work(ana, time_machine):
    token = issue_one_time_token(ana, purpose=Purpose.SSO)
    time_machine.move_to(now() + timedelta(seconds=301))
    with pytest.raises(LinkExpired):
        use_one_time_token(token, purposes=frozenset({Purpose.SSO}))


def test_a_reset_is_mailed_with_a_link_and_forgotten_once_sent(ana, mailoutbox):
    request_password_reset(email="ana@acme.example")
    assert send_system_mail() == 1
    assert mailoutbox[0].to == ["ana@acme.example"]
    assert "/app/set-password?token=" in mailoutbox[0].body
    letter = SystemMail.objects.get()
    assert (letter.state, letter.content) == ("sent", {})
    assert send_system_mail() == 0


def test_nothing_is_mailed_to_an_unknown_address(ana):
    for nobody in ("nobody@acme.example", "nonsense", "", "a" * 300 + "@acme.example", "x\x00@acme.example"):
        request_password_reset(email=nobody)
    assert send_system_mail() == 0
    assert not SystemMail.objects.exists()
    assert not PasswordRequest.objects.exists()


def test_asking_for_a_link_costs_the_same_whoever_is_known(ana, count_queries):
    known = count_queries(lambda: request_password_reset(email=ana.email))
    assert count_queries(lambda: request_password_reset(email="nobody@acme.example")) == known == 1


@pytest.mark.feature("X-01")
def test_a_reset_access_token_replaces_the_old_one_at_once(ana):
    old = AccessToken.objects.get(user=ana).sealed
    new = reset_access_token(ana)
    assert new != old
    assert not AccessToken.objects.filter(digest=tokens.digest(old)).exists()
    assert AccessToken.objects.get(digest=tokens.digest(new)).user == ana
