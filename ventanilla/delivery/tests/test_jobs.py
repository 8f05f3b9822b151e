"""A sender domain that was proven is looked at every day."""

from __future__ import annotations

import pytest

from ventanilla.accounts.models import Account, SystemMail, User
from ventanilla.channels.email.outgoing import sender_of
from ventanilla.channels.email.sender_domain import look as look_at
from ventanilla.channels.email.settings import dkim_key, mail_domain, return_path, sender_domain_state
from ventanilla.delivery.jobs import look_after_inboxes
from ventanilla.delivery.mail_room import inbox_of
from ventanilla.inboxes.channel import OutgoingMessage
from ventanilla.inboxes.commands.inboxes import create_inbox, note_channel_state
from ventanilla.inboxes.models import Inbox
from ventanilla.testing.names import NameServer, Zone
from ventanilla.testing.poison import refusing

DOMAIN = "acme.example"


@pytest.fixture
def inbox(acme: Account, zone: Zone) -> Inbox:
    """Its domain is proven and published."""
    made = create_inbox(
        acme,
        name="Soporte",
        channel={"type": "email", "email": f"soporte@{DOMAIN}", "sender_domain": DOMAIN},
        by=None,
    )
    publish(made, zone)
    return note_channel_state(made, changes=sender_domain_state(made.channel_settings, proven=True), by=None)


def publish(inbox: Inbox, zone: Zone) -> None:
    key = inbox.channel_settings["sender_domain_key"]
    zone[DOMAIN, "TXT"] = [f'"v=spf1 include:{mail_domain()} ~all"']
    zone[f"ventanilla._domainkey.{DOMAIN}", "TXT"] = [f'"v=DKIM1; k=rsa; p={key[:200]}" "{key[200:]}"']


def sender(inbox: Inbox) -> str:
    message = OutgoingMessage(key="k", content="", to="c@x.example", conversation={})
    return sender_of(inbox, message).email


def look(inbox: Inbox) -> Inbox:
    look_after_inboxes()
    inbox.refresh_from_db()
    return inbox


@pytest.mark.feature("V-CFG-03", "V-CFG-04")
def test_records_that_vanish_end_the_use_of_the_domain_with_one_letter(
    inbox: Inbox, admin: User, zone: Zone
) -> None:
    assert sender(look(inbox)) == f"soporte@{DOMAIN}"
    assert not SystemMail.objects.exists()
    zone.clear()
    zone[DOMAIN, "MX"] = ["10 mx.acme.example."]
    assert sender(look(inbox)).endswith(mail_domain())
    assert dkim_key(inbox.channel_settings, inbox.secrets) is None
    look(inbox)
    letter = SystemMail.objects.get(to=admin.email)
    assert DOMAIN in letter.content["subject"]
    assert "SPF, DKIM" in letter.content["paragraphs"][0]
    publish(inbox, zone)
    assert sender(look(inbox)) == f"soporte@{DOMAIN}"
    assert inbox.channel_settings["sender_domain_lost_at"] == ""
    zone.clear()
    look(inbox)
    assert SystemMail.objects.count() == 2  # a new loss is told anew


@pytest.mark.feature("V-CFG-04")
def test_bounces_come_back_by_a_part_of_the_domain(inbox: Inbox, zone: Zone, settings: object) -> None:
    settings.MAIL_BOUNCE_DOMAIN = "rebotes.mesa.example"  # type: ignore[attr-defined]
    _records, changes = look_at(inbox)
    assert changes["sender_domain_verified"]  # it is advice: the domain is proven without it
    assert not changes["return_path_domain"]
    zone[f"bounce.{DOMAIN}", "CNAME"] = ["rebotes.mesa.example."]
    back = return_path(look(inbox).channel_settings)
    assert back == f"{inbox.channel_settings['forward_key']}@bounce.{DOMAIN}"
    assert inbox_of(back) == inbox
    del zone[f"bounce.{DOMAIN}", "CNAME"]
    zone[f"bounce.{DOMAIN}", "TXT"] = ['"x"']
    assert return_path(look(inbox).channel_settings) == ""


@pytest.mark.feature("V-CFG-04")
def test_silent_name_servers_change_nothing(inbox: Inbox, name_server: NameServer, settings: object) -> None:
    settings.NAME_SERVERS = ("127.0.0.1:1",)  # type: ignore[attr-defined]
    assert sender(look(inbox)) == f"soporte@{DOMAIN}"
    assert not SystemMail.objects.exists()


@pytest.mark.feature("V-CFG-03")
def test_an_inbox_whose_news_cannot_be_kept_leaves_the_others_their_turn(
    acme: Account, inbox: Inbox, zone: Zone
) -> None:
    other = create_inbox(
        acme,
        name="Ventas",
        channel={"type": "email", "email": f"ventas@{DOMAIN}", "sender_domain": DOMAIN},
        by=None,
    )
    note_channel_state(other, changes=sender_domain_state(other.channel_settings, proven=True), by=None)
    zone.clear()
    zone[DOMAIN, "MX"] = ["10 mx.acme.example."]
    with refusing(inbox, "UPDATE"):
        look_after_inboxes()
    inbox.refresh_from_db()
    other.refresh_from_db()
    assert not inbox.channel_settings.get("sender_domain_lost_at")
    assert other.channel_settings["sender_domain_lost_at"]
