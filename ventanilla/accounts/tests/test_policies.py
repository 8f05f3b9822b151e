"""Who may what, and who counts as here."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ventanilla.accounts.features import DEFAULTS, enabled_features, is_enabled
from ventanilla.accounts.models import Account, Membership, Role
from ventanilla.accounts.policies import PRESENCE_LIFETIME, Capability, effective_availability, may
from ventanilla.accounts.selectors import agents_by_id, online_user_ids
from ventanilla.kit.clock import now
from ventanilla.testing.cast import set_present


@pytest.mark.parametrize(
    ("capability", "administrator", "agent", "analyst"),
    [
        (Capability.CONVERSATIONS_WRITE, True, True, False),
        (Capability.CONVERSATIONS_ASSIGN, True, True, False),
        (Capability.CONVERSATIONS_CLOSE, True, True, False),
        (Capability.MESSAGES_DELETE, True, True, False),
        (Capability.CONTACTS_READ, True, True, True),
        (Capability.CONTACTS_WRITE, True, True, False),
        (Capability.CONTACTS_DELETE, True, False, False),
        (Capability.CONTACTS_EXCHANGE, True, False, False),
        (Capability.INBOXES_READ_ALL, True, False, True),
        (Capability.INBOXES_WRITE, True, False, False),
        (Capability.AGENTS_WRITE, True, False, False),
        (Capability.TEAMS_WRITE, True, False, False),
        (Capability.LABELS_WRITE, True, False, False),
        (Capability.SHARED_SETTINGS_WRITE, True, True, False),
        (Capability.ADMINISTRATION, True, False, False),
        (Capability.REPORTS_READ, True, False, True),
        (Capability.HELP_CENTER_WRITE, True, False, False),
        (Capability.ACCOUNT_WRITE, True, False, False),
    ],
)
@pytest.mark.feature("A-10", "A-12")
def test_the_matrix_is_the_contracts(capability, administrator, agent, analyst):
    expected = {Role.ADMINISTRATOR: administrator, Role.AGENT: agent, Role.ANALYST: analyst}
    assert {role: may(Membership(role=role), capability) for role in Role} == expected


def test_the_matrix_table_names_every_capability():
    assert {row[0] for row in test_the_matrix_is_the_contracts.pytestmark[1].args[1]} == set(Capability)


@pytest.mark.parametrize(
    ("configured", "auto_offline", "seconds_ago", "effective"),
    [
        ("online", True, 0, "online"),
        ("busy", True, 49, "busy"),
        ("online", True, 51, "offline"),
        ("online", True, None, "offline"),
        ("busy", False, None, "busy"),
        ("offline", True, 0, "offline"),
    ],
)
@pytest.mark.feature("A-09")
def test_availability_is_the_configured_one_while_present(configured, auto_offline, seconds_ago, effective):
    moment = now()
    seen = None if seconds_ago is None else moment - timedelta(seconds=seconds_ago)
    member = Membership(availability=configured, auto_offline=auto_offline)
    assert effective_availability(member, last_seen_at=seen, at=moment) == effective


def test_presence_outlives_one_lost_heartbeat_of_twenty_seconds():
    assert timedelta(seconds=45) <= PRESENCE_LIFETIME


def test_only_those_who_are_exactly_online_are_online(acme, ana, bruno, vera):
    set_present(acme, ana, bruno)
    Membership.objects.filter(user=bruno).update(availability="busy")
    assert online_user_ids(acme.pk, [ana.pk, bruno.pk, vera.pk]) == {ana.pk}


def test_asking_for_no_agents_asks_nothing(acme, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert agents_by_id(acme.pk, []) == {}


def test_a_feature_is_its_default_unless_the_account_says_otherwise():
    account = Account(features={"hide_all_chats_for_agent": True, "labels": False})
    assert is_enabled(account, "hide_all_chats_for_agent")
    assert not is_enabled(account, "labels")
    assert not is_enabled(account, "no_such_feature")
    assert "labels" not in enabled_features(account)
    assert set(enabled_features(account).values()) == {True}
    # The white-label defaults of G.1.
    assert DEFAULTS["send_agent_name_in_whatsapp_message"]
    assert DEFAULTS["read_message"]
    assert not DEFAULTS["channel_sms"]
