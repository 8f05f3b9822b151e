"""Push messages to browsers (T-03, V-RTM-04): encrypted for one browser, signed, sent once, and only while they are news."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import http_ece
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import connection

from ventanilla.accounts.commands.users import change_password, reset_access_token
from ventanilla.contacts.commands.identities import ensure_contact_inbox
from ventanilla.conversations.commands.assignment import assign_agent
from ventanilla.conversations.commands.messages import receive_message
from ventanilla.conversations.commands.new_message import NewMessage
from ventanilla.conversations.commands.opening import start_conversation
from ventanilla.conversations.models import Conversation
from ventanilla.delivery.models import Outgoing
from ventanilla.delivery.out_tray import send_due
from ventanilla.kit.clock import now
from ventanilla.kit.pusher import Asking
from ventanilla.notifications.commands import MAX_DEVICES, push_key, read_all, subscribe_to_push
from ventanilla.notifications.models import NotificationSetting, PushKey, PushSubscription
from ventanilla.notifications.pushes import lay
from ventanilla.notifications.web_push import bytes_of, public_key, text_of
from ventanilla.signin.commands.sessions import revoke_session
from ventanilla.signin.selectors import sessions_of
from ventanilla.signin.tests.test_sessions import browser_of
from ventanilla.testing.cast import in_account, membership


@dataclass
class Browser:
    """A browser's subscription at a push service of this machine, which answers with `status`."""

    url: str = ""
    status: int = 201
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = b"0123456789abcdef"

    @property
    def attributes(self) -> dict[str, str]:
        point = self.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return {"endpoint": self.url, "p256dh": text_of(point), "auth": text_of(self.secret)}

    def read(self, number: int = -1) -> dict[str, object]:
        """What the browser makes of a message."""
        _headers, body = self.received[number]
        plain = http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret, version="aes128gcm")
        return json.loads(plain)


@pytest.fixture
def browser(settings) -> Iterator[Browser]:
    settings.ALLOW_PRIVATE_ADDRESSES = True
    made = Browser()

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.received.append((dict(self.headers), body))
            self.send_response(made.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    Thread(target=server.serve_forever, daemon=True).start()
    made.url = f"http://127.0.0.1:{server.server_port}/send/one"
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def conversation(carla, web_inbox, drain_log) -> Conversation:
    """Carla wrote; no one has it yet."""
    made = start_conversation(ensure_contact_inbox(carla, inbox=web_inbox), by=None)
    receive_message(made, NewMessage("¿Dónde está mi pedido?"), sender=carla)
    drain_log()
    return made


@pytest.fixture
def subscribed(browser, ana) -> Browser:
    subscribe_to_push(ana, kind="browser_push", attributes=browser.attributes)
    return browser


@pytest.mark.feature("T-03", "V-RTM-04")
def test_who_is_assigned_a_conversation_is_told_on_their_browser(
    acme, ana, admin, conversation, subscribed, drain_log
):
    assign_agent(conversation, assignee=ana, by=admin)
    drain_log()
    send_due()
    send_due()
    assert len(subscribed.received) == 1  # however often the tray is looked into
    headers, _body = subscribed.received[0]
    assert headers["Content-Encoding"] == "aes128gcm"
    assert headers["Urgency"] == "high"
    token, key = headers["Authorization"].removeprefix("vapid t=").split(", k=")
    assert key == public_key(push_key().private_pem)
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes_of(key))
    claims = jwt.decode(token, point, algorithms=["ES256"], audience=subscribed.url.removesuffix("/send/one"))
    assert claims["aud"] == subscribed.url.removesuffix("/send/one")
    said = subscribed.read()
    assert f"#{conversation.display_id}" in str(said["title"])
    assert str(said["url"]).endswith(f"/conversations/{conversation.display_id}")
    assert said["unread"] == 1


@pytest.mark.feature("T-05", "T-03")
def test_a_kind_that_is_off_is_not_pushed(acme, ana, admin, conversation, subscribed, api, drain_log):
    path = in_account(acme, "notification_settings")
    api(ana).patch(path, {"notification_settings": {"selected_email_flags": [], "selected_push_flags": []}})
    assign_agent(conversation, assignee=ana, by=admin)
    drain_log()
    send_due()
    assert not subscribed.received


@pytest.mark.feature("T-05")
def test_what_is_switched_off_or_read_meanwhile_is_not_pushed(
    acme, ana, admin, conversation, subscribed, drain_log
):
    assign_agent(conversation, assignee=ana, by=admin)
    drain_log()
    read_all(ana, account=acme)
    send_due()
    assert not subscribed.received
    assert Outgoing.objects.get(kind="push").state == Outgoing.State.CANCELLED
    assign_agent(conversation, assignee=None, by=admin)
    assign_agent(conversation, assignee=ana, by=admin)
    drain_log()
    NotificationSetting.objects.filter(membership__user=ana).delete()
    NotificationSetting.objects.create(membership=membership(acme, ana), push_flags=[], email_flags=[])
    send_due()
    assert not subscribed.received


@pytest.mark.parametrize("status", [404, 410, 403])
def test_a_browser_that_is_gone_is_forgotten(status, ana, admin, conversation, subscribed, drain_log):
    subscribed.status = status
    assign_agent(conversation, assignee=ana, by=admin)
    drain_log()
    send_due()
    assert not PushSubscription.objects.exists()


def test_a_service_that_is_busy_is_asked_again_and_one_that_refuses_is_not(
    ana, admin, conversation, subscribed, drain_log
):
    subscribed.status = 503
    assign_agent(conversation, assignee=ana, by=admin)
    drain_log()
    send_due()
    row = Outgoing.objects.get(kind="push")
    assert (row.state, row.attempts) == (Outgoing.State.QUEUED, 1)
    subscribed.status = 413
    Outgoing.objects.update(next_attempt_at=row.created_at)
    send_due()
    row.refresh_from_db()
    assert row.state == Outgoing.State.FAILED


def test_a_browsers_address_leads_nowhere_inside(settings, ana, admin, conversation, subscribed, drain_log):
    settings.ALLOW_PRIVATE_ADDRESSES = False
    assign_agent(conversation, assignee=ana, by=admin)
    drain_log()
    send_due()
    assert not subscribed.received
    assert not PushSubscription.objects.exists()


def test_keys_that_are_none_send_nothing(browser, ana, admin, conversation, drain_log):
    subscribe_to_push(
        ana, kind="browser_push", attributes={**browser.attributes, "p256dh": "no", "auth": "é"}
    )
    assign_agent(conversation, assignee=ana, by=admin)
    drain_log()
    send_due()
    assert not browser.received
    assert not PushSubscription.objects.exists()


def test_a_user_has_so_many_browsers_and_an_address_that_is_one(acme, ana, api, browser):
    for number in range(MAX_DEVICES + 3):
        attributes = {**browser.attributes, "endpoint": f"https://push.example/{number}"}
        subscribe_to_push(ana, kind="browser_push", attributes=attributes)
    assert PushSubscription.objects.filter(user=ana).count() == MAX_DEVICES
    assert PushSubscription.objects.filter(user=ana).order_by("-pk")[0].key.endswith(f"/{MAX_DEVICES + 2}")
    body = {"subscription_type": "browser_push", "subscription_attributes": {"endpoint": "file:///etc"}}
    assert api(ana).post("/api/v1/notification_subscriptions", body).status_code == 422


def test_the_key_is_made_once_and_is_sealed(acme, ana, api):
    path = f"/api/desk/accounts/{acme.pk}/push_key"
    first = api(ana).get(path).json()["public_key"]
    assert api(ana).get(path).json()["public_key"] == first
    assert len(bytes_of(first)) == 65
    with connection.cursor() as cursor:
        cursor.execute("SELECT private_pem FROM notifications_pushkey")
        assert "PRIVATE KEY" not in cursor.fetchone()[0]
    assert PushKey.objects.count() == 1


def test_laying_costs_the_same_for_many(acme, ana, bruno, admin, browser, drain_log, count_queries):
    for user in (ana, bruno):
        attributes = {**browser.attributes, "endpoint": f"https://push.example/{user.pk}"}
        subscribe_to_push(user, kind="browser_push", attributes=attributes)

    def asking(count: int) -> list[Asking]:
        return [
            Asking(number, {"ways": ["push"], "conversation_id": 1, "user_id": user.pk})
            for number in range(count)
            for user in (ana, bruno)
        ]

    assert count_queries(lambda: list(lay(asking(1)))) == count_queries(lambda: list(lay(asking(50)))) == 1
    assert count_queries(lambda: list(lay([]))) == 0


@pytest.mark.feature("Z-15")
def test_who_owes_a_second_step_is_pushed_nothing(ana, admin, acme, conversation, subscribed, drain_log):
    acme.second_step_from, acme.second_step_in_force = now(), True
    acme.save()
    assign_agent(conversation, assignee=ana, by=admin)
    drain_log()
    send_due()
    assert subscribed.received == []


@pytest.mark.feature("T-03", "Z-15")
@pytest.mark.parametrize("way", ["revoked", "password", "signed_out", "token"])
def test_a_browser_hears_nothing_any_more_when_the_session_it_came_by_is_over(
    way, ana, admin, api, conversation, browser, drain_log
):
    body = {"subscription_type": "browser_push", "subscription_attributes": browser.attributes}
    path, here = "/api/v1/notification_subscriptions", browser_of(ana)
    if way == "token":
        api(ana).post(path, body)
    else:
        assert here.send("POST", path, body).status_code == 200
    assign_agent(conversation, assignee=ana, by=admin)
    drain_log()
    send_due()
    assert len(browser.received) == 1

    if way == "revoked":
        revoke_session(ana, sign_in_id=sessions_of(ana)[0].pk)
    elif way == "password":
        change_password(ana, password="Another-2-then")
    elif way == "token":
        reset_access_token(ana)
    else:
        here.send("DELETE", "/api/desk/session")
    assign_agent(conversation, assignee=None, by=admin)
    assign_agent(conversation, assignee=ana, by=admin)
    drain_log()
    send_due()
    assert len(browser.received) == 1
    assert not PushSubscription.objects.exists()


def test_what_was_registered_before_ends_when_its_cookie_would(
    ana, admin, conversation, subscribed, drain_log
):
    PushSubscription.objects.update(updated_at=now() - timedelta(days=31))
    assign_agent(conversation, assignee=ana, by=admin)
    drain_log()
    send_due()
    assert subscribed.received == []
