"""Mail that providers bring by HTTP: proven, kept before it is answered, read once, and never lost."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from ventanilla.accounts.models import Account, User
from ventanilla.conversations.models import Message
from ventanilla.delivery import in_tray
from ventanilla.delivery.models import Incoming
from ventanilla.inboxes.commands.inboxes import create_inbox
from ventanilla.inboxes.models import Inbox
from ventanilla.testing.cast import ApiClient

SECRET, KEY = "casa:muy-secreta", "key-1234"
BASIC = "Basic " + base64.b64encode(SECRET.encode()).decode()
ADDRESS = "soporte@acme.example"
MIME = (
    "From: Carla Cliente <carla@example.com>\r\n"
    f"To: {ADDRESS}\r\n"
    "Subject: Pedido 10356\r\n"
    "Message-ID: <uno@example.com>\r\n"
    "Date: Mon, 3 Nov 2025 10:12:00 +0100\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: text/plain; charset=iso-8859-1\r\n"
    "Content-Transfer-Encoding: 8bit\r\n"
    "\r\n"
    "¿Dónde está mi pedido?\r\n"
).encode("latin-1")
UTF8 = MIME.decode("latin-1").replace("iso-8859-1", "utf-8")
HEADERS = [
    ["From", "Carla Cliente <carla@example.com>"],
    ["To", ADDRESS],
    ["Subject", "Pedido 10356"],
    ["Message-Id", "<uno@example.com>"],
    ["Date", "Mon, 3 Nov 2025 10:12:00 +0100"],
]
TEXT = "¿Dónde está mi pedido?"
Post = tuple[bytes, str, dict[str, str]]  # body, content type, headers of the request


@pytest.fixture(autouse=True)
def open_doors(settings: Any) -> None:
    settings.MAIL_WEBHOOK_SECRET = SECRET
    settings.MAILGUN_SIGNING_KEY = settings.MANDRILL_WEBHOOK_KEY = KEY
    settings.BASE_URL = "https://desk.acme.example"


@pytest.fixture
def inbox(acme: Account) -> Inbox:
    return create_inbox(acme, name="Soporte", channel={"type": "email", "email": ADDRESS}, by=None)


def signed(fields: dict[str, Any], *, key: str = KEY, at: float | None = None) -> dict[str, Any]:
    """Mailgun's three fields, made anew for each attempt to deliver."""
    timestamp, token = str(int(at or time.time())), hashlib.sha1(str(time.time_ns()).encode()).hexdigest()
    signature = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {**fields, "timestamp": timestamp, "token": token, "signature": signature}


def form(fields: dict[str, Any]) -> Post:
    return encode_multipart(BOUNDARY, fields), MULTIPART_CONTENT, {}


def raw_form(name: str, fields: dict[str, str]) -> Post:
    """A form with the mail itself as a field, in its own bytes."""
    parts = [(key, value.encode()) for key, value in fields.items()] + [(name, MIME)]
    body = b"".join(
        b"--"
        + BOUNDARY.encode()
        + f'\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n'.encode()
        + value
        + b"\r\n"
        for key, value in parts
    )
    return body + f"--{BOUNDARY}--\r\n".encode(), MULTIPART_CONTENT, {}


def as_json(said: Any, **headers: str) -> Post:
    return json.dumps(said).encode(), "application/json", {"HTTP_AUTHORIZATION": BASIC, **headers}


def with_secret(post: Post) -> Post:
    return post[0], post[1], {**post[2], "HTTP_AUTHORIZATION": BASIC}


def mailgun_raw() -> Post:
    return raw_form("body-mime", signed({"recipient": ADDRESS, "sender": "carla@example.com"}))


def mailgun_parsed() -> Post:
    fields = {
        "recipient": ADDRESS,
        "sender": "carla@example.com",
        "Message-Id": "<uno@example.com>",
        "message-headers": json.dumps(HEADERS),
        "body-plain": TEXT,
        "attachment-count": "1",
        "attachment-1": SimpleUploadedFile("factura.pdf", b"%PDF-1.4 x", "application/pdf"),
    }
    return form(signed(fields))


def mailgun_plain() -> Post:
    fields = signed(
        {
            "recipient": ADDRESS,
            "message-headers": json.dumps(HEADERS),
            "body-plain": TEXT,
            "Message-Id": "<uno@example.com>",
        }
    )
    return urlencode(fields).encode(), "application/x-www-form-urlencoded", {}


def sendgrid_raw() -> Post:
    return with_secret(
        raw_form("email", {"envelope": json.dumps({"to": [ADDRESS], "from": "carla@example.com"})})
    )


def sendgrid_parsed() -> Post:
    fields = {
        "headers": "\n".join(f"{name}: {value}" for name, value in HEADERS),
        "text": TEXT,
        "to": ADDRESS,
        "envelope": json.dumps({"to": [ADDRESS], "from": "carla@example.com"}),
        "charsets": json.dumps({"text": "utf-8"}),
        "attachment-info": json.dumps(
            {"attachment1": {"filename": "factura.pdf", "type": "application/pdf"}}
        ),
        "attachment1": SimpleUploadedFile("factura.pdf", b"%PDF-1.4 x", "application/pdf"),
    }
    return with_secret(form(fields))


def postmark() -> Post:
    said = {
        "FromFull": {"Email": "carla@example.com", "Name": "Carla Cliente"},
        "ToFull": [{"Email": ADDRESS, "Name": ""}],
        "OriginalRecipient": ADDRESS,
        "Subject": "Pedido 10356",
        "MessageID": "22c74902-a0c1-4511-804f2-341342852c90",
        "Headers": [
            {"Name": "Message-ID", "Value": "<uno@example.com>"},
            {"Name": "Date", "Value": HEADERS[4][1]},
        ],
        "TextBody": TEXT,
        "Attachments": [
            {
                "Name": "factura.pdf",
                "Content": base64.b64encode(b"%PDF-1.4 x").decode(),
                "ContentType": "application/pdf",
            }
        ],
    }
    return as_json(said)


def postmark_raw() -> Post:
    said = {"OriginalRecipient": ADDRESS, "MessageID": "22c74902", "Headers": [], "RawEmail": UTF8}
    return as_json(said)


def brevo() -> Post:
    item = {
        "Uuid": ["a1"],
        "MessageId": "<uno@example.com>",
        "Recipients": [ADDRESS],
        "Headers": dict(HEADERS),
        "RawTextBody": TEXT,
        "RawHtmlBody": None,
        "Attachments": [],
    }
    return as_json({"items": [item]})


def mailjet() -> Post:
    said = {
        "Sender": "carla@example.com",
        "Recipient": ADDRESS,
        "Headers": dict(HEADERS) | {"Received": ["a", "b"]},
        "Parts": [{"Headers": {"Content-Type": "text/plain"}, "ContentRef": "Text-part"}],
        "Text-part": TEXT,
    }
    return as_json(said)


def sparkpost() -> Post:
    content = {"email_rfc822": base64.b64encode(MIME).decode(), "email_rfc822_is_base64": True}
    relayed = {"protocol": "smtp", "rcpt_to": ADDRESS, "msg_from": "carla@example.com", "content": content}
    return as_json([{"msys": {}}, {"msys": {"relay_message": relayed}}])


def mandrill() -> Post:
    event = {"event": "inbound", "ts": int(time.time()), "msg": {"raw_msg": UTF8, "email": ADDRESS}}
    fields = {"mandrill_events": json.dumps([event])}
    said = "https://desk.acme.example/webhooks/mail/mandrill" + "mandrill_events" + fields["mandrill_events"]
    signature = base64.b64encode(hmac.new(KEY.encode(), said.encode(), hashlib.sha1).digest()).decode()
    body = urlencode(fields).encode()
    return body, "application/x-www-form-urlencoded", {"HTTP_X_MANDRILL_SIGNATURE": signature}


def amazon_ses() -> Post:
    said = {
        "notificationType": "Received",
        "mail": {"messageId": "ses-1", "source": "carla@example.com", "destination": [ADDRESS]},
        "receipt": {"recipients": [ADDRESS], "action": {"type": "SNS", "encoding": "BASE64"}},
        "content": base64.b64encode(MIME).decode(),
    }
    sns = {"Type": "Notification", "MessageId": "sns-1", "Message": json.dumps(said)}
    return as_json(sns, HTTP_X_AMZ_SNS_MESSAGE_TYPE="Notification", HTTP_X_AMZ_SNS_MESSAGE_ID="sns-1")


CALLS: dict[str, tuple[str, Callable[[], Post]]] = {
    "mailgun, raw": ("mailgun", mailgun_raw),
    "mailgun, parsed": ("mailgun", mailgun_parsed),
    "mailgun, without files": ("mailgun", mailgun_plain),
    "sendgrid, raw": ("sendgrid", sendgrid_raw),
    "sendgrid, parsed": ("sendgrid", sendgrid_parsed),
    "postmark": ("postmark", postmark),
    "postmark, raw": ("postmark", postmark_raw),
    "brevo": ("brevo", brevo),
    "mailjet": ("mailjet", mailjet),
    "sparkpost": ("sparkpost", sparkpost),
    "mandrill": ("mandrill", mandrill),
    "amazon": ("amazon_ses", amazon_ses),
}
EACH = pytest.mark.parametrize(("provider", "call"), CALLS.values(), ids=CALLS.keys())


def bring(provider: str, post: Post, **headers: str) -> int:
    body, content_type, own = post
    answer = Client().generic(
        "POST", f"/webhooks/mail/{provider}", body, content_type=content_type, **{**own, **headers}
    )
    return answer.status_code


@pytest.mark.feature("I-02", "Z-09")
@EACH
def test_a_mail_is_kept_before_the_answer_and_read_once(
    inbox: Inbox, provider: str, call: Callable[[], Post]
) -> None:
    assert bring(provider, call()) == 200
    row = Incoming.objects.get()
    assert (row.inbox, row.state, row.meta["webhook"]) == (inbox, "received", provider)
    assert bring(provider, call()) == 200  # the provider did not hear the answer
    assert Incoming.objects.count() == 1
    in_tray.read_due()
    row.refresh_from_db()
    assert (row.state, row.reason) == ("processed", "")
    message = Message.objects.get(content_type="incoming_email")
    assert message.content == TEXT
    assert message.source_id == "uno@example.com"
    assert message.conversation.contact.email == "carla@example.com"
    if "parsed" in call.__name__ or call is postmark:
        assert [item.filename for item in message.attachments.all()] == ["factura.pdf"]


SAYS_ITS_SENDER = {"mailgun", "sendgrid", "mailjet", "sparkpost", "amazon_ses"}


@pytest.mark.feature("Z-09")
@EACH
def test_another_mail_under_the_same_message_id_is_kept_too(
    inbox: Inbox, provider: str, call: Callable[[], Post], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bring(provider, call()) == 200
    for name in ("MIME", "UTF8", "TEXT"):
        said = globals()[name]
        changed = said.replace(b"pedido", b"paquete") if name == "MIME" else said.replace("pedido", "paquete")
        monkeypatch.setitem(globals(), name, changed)
    body, kind, headers = call()
    if provider in {"postmark", "brevo", "amazon_ses"}:  # these give each mail an id of their own
        body = body.replace(b"22c74902", b"33d85013").replace(b'"a1"', b'"a2"').replace(b"ses-1", b"ses-2")
    assert bring(provider, (body, kind, headers)) == 200
    in_tray.read_due()
    texts = (
        Message.objects.filter(content_type="incoming_email").order_by("pk").values_list("content", flat=True)
    )
    assert list(texts) == ["¿Dónde está mi pedido?", "¿Dónde está mi paquete?"]


@pytest.mark.feature("I-02")
@EACH
def test_the_return_path_is_kept_where_the_provider_says_it(
    inbox: Inbox, provider: str, call: Callable[[], Post]
) -> None:
    said = "carla@example.com" if provider in SAYS_ITS_SENDER and call is not mailgun_plain else None
    bring(provider, call())
    assert Incoming.objects.get().meta.get("envelope_from") == said


@pytest.mark.feature("I-02")
def test_the_empty_return_path_is_one(inbox: Inbox) -> None:
    envelope = json.dumps({"to": [ADDRESS], "from": ""})
    bring("sendgrid", with_secret(raw_form("email", {"envelope": envelope})))
    assert Incoming.objects.get().meta["envelope_from"] == ""


@pytest.mark.feature("Z-09")
@EACH
def test_nobody_else_brings_mail(
    inbox: Inbox, provider: str, call: Callable[[], Post], settings: Any
) -> None:
    post = call()
    wrong = "Basic " + base64.b64encode(b"casa:otra").decode()
    if "HTTP_AUTHORIZATION" in post[2]:
        assert bring(provider, post, HTTP_AUTHORIZATION=wrong) == 403
        bare = {name: value for name, value in post[2].items() if name != "HTTP_AUTHORIZATION"}
        assert bring(provider, (post[0], post[1], bare)) == 401
    settings.MAILGUN_SIGNING_KEY = settings.MANDRILL_WEBHOOK_KEY = "another"
    settings.MAIL_WEBHOOK_SECRET = "casa:otra"
    assert bring(provider, post) == 403
    settings.MAILGUN_SIGNING_KEY = settings.MANDRILL_WEBHOOK_KEY = settings.MAIL_WEBHOOK_SECRET = ""
    assert bring(provider, post) == 404
    assert not Incoming.objects.exists()


def test_an_old_signature_is_not_believed(inbox: Inbox) -> None:
    old = signed({"recipient": ADDRESS, "body-plain": TEXT}, at=time.time() - 3 * 24 * 3600)
    assert bring("mailgun", form(old)) == 403


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"items": 3}', b"\xff\xfe", b'{"Headers": null}'])
@pytest.mark.parametrize("provider", ["postmark", "brevo", "mailjet", "sparkpost", "sendgrid"])
@pytest.mark.feature("Z-09")
def test_what_cannot_be_read_waits_in_sight(inbox: Inbox, provider: str, body: bytes) -> None:
    assert bring(provider, (body, "application/json", {"HTTP_AUTHORIZATION": BASIC})) == 200
    row = Incoming.objects.get()
    assert row.account_id == inbox.account_id  # the only account: its administrators see it
    in_tray.read_due()
    row.refresh_from_db()
    assert row.state == "quarantined"


@pytest.mark.feature("Z-09")
def test_mail_for_nobody_is_read_once_its_inbox_is_made(
    acme: Account, admin: User, api: Callable[..., ApiClient]
) -> None:
    assert bring("postmark", postmark()) == 200
    in_tray.read_due()
    base = f"/api/desk/accounts/{acme.pk}/incoming"
    [shown] = api(admin).get(base).json()["payload"]
    assert (shown["state"], shown["inbox_id"]) == ("quarantined", None)
    inbox = create_inbox(acme, name="Soporte", channel={"type": "email", "email": ADDRESS}, by=None)
    again = api(admin).post(f"{base}/{shown['id']}/run_again").json()
    assert (again["state"], again["inbox_id"]) == ("processed", inbox.pk)
    assert Message.objects.get(content_type="incoming_email").content == TEXT
    source = api(admin).get(f"{base}/{shown['id']}/raw")
    assert (
        b"".join(source.streaming_content).startswith(b"From:") or source["Content-Type"] == "message/rfc822"
    )  # type: ignore[attr-defined]


def test_mail_for_nobody_among_several_accounts_is_nobodys(acme: Account, globex: Account) -> None:
    assert bring("postmark", postmark()) == 200
    assert Incoming.objects.get().account_id is None


@pytest.mark.feature("I-02")
def test_several_mails_of_one_call_go_to_their_own_inboxes(
    acme: Account, globex: Account, inbox: Inbox
) -> None:
    theirs = create_inbox(
        globex, name="Suya", channel={"type": "email", "email": "g@globex.example"}, by=None
    )
    body, content_type, headers = brevo()
    [first] = json.loads(body)["items"]
    second = {**first, "MessageId": "<dos@example.com>", "Recipients": ["g@globex.example"]}
    second["Headers"] = {**first["Headers"], "To": "g@globex.example", "Message-Id": "<dos@example.com>"}
    both = json.dumps({"items": [first, second]}).encode()
    assert bring("brevo", (both, content_type, headers)) == 200
    assert set(Incoming.objects.values_list("inbox", flat=True)) == {inbox.pk, theirs.pk}
    in_tray.read_due()
    assert set(Message.objects.values_list("account_id", "source_id")) >= {
        (acme.pk, "uno@example.com"),
        (globex.pk, "dos@example.com"),
    }


def test_a_subscription_is_confirmed_only_at_amazon(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    monkeypatch.setattr("ventanilla.kit.safe_http.fetch", lambda _method, url, **_options: called.append(url))
    for url in (
        "https://sns.eu-west-1.amazonaws.com/?Action=Confirm",
        "https://evil.example/",
        "http://sns.x/",
    ):
        said = {"Type": "SubscriptionConfirmation", "MessageId": "m", "SubscribeURL": url}
        post = as_json(
            said, HTTP_X_AMZ_SNS_MESSAGE_TYPE="SubscriptionConfirmation", HTTP_X_AMZ_SNS_MESSAGE_ID="m"
        )
        assert bring("amazon_ses", post) == 200
    assert called == ["https://sns.eu-west-1.amazonaws.com/?Action=Confirm"]
    assert not Incoming.objects.exists()


def test_the_door_says_that_it_is_there_and_no_more(inbox: Inbox) -> None:
    assert Client().head("/webhooks/mail/mandrill").status_code == 200
    assert Client().get("/webhooks/mail/no-such").status_code == 404
    assert Client().put("/webhooks/mail/mandrill").status_code == 405


def test_a_large_mail_passes_whole(inbox: Inbox) -> None:
    large = MIME.replace(b"pedido?", b"pedido? " + b"x" * 14_000_000)
    fields = signed({"recipient": ADDRESS})
    body, content_type, _headers = raw_form("body-mime", fields)
    assert bring("mailgun", (body.replace(MIME, large), content_type, {})) == 200
    in_tray.read_due()
    assert Incoming.objects.get().state == "processed"
