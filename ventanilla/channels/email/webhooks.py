"""Mail that a provider brings by HTTP: whether it is the provider, which mails are in a call, and each mail as MIME.

django-anymail knows the providers. What is kept is the call as it came, one payload for each mail in it; it becomes MIME
when it is read, so that a payload which cannot be read is not lost.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
import warnings
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import getaddresses
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.conf import settings as installation
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.module_loading import import_string
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_form

from ventanilla.inboxes.channel import Unreadable
from ventanilla.inboxes.channel_doors import Call, NotTheProvider
from ventanilla.kit import links, safe_http, tokens
from ventanilla.kit.errors import Refusal
from ventanilla.kit.json_text import read_json

# A signature that is older was copied from somewhere. Mailgun tries again for eight hours.
OLDEST_SIGNATURE_SECONDS = 24 * 3600
MAX_FIELDS = 1_000
_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
# Imported by name when the first call comes: one of them costs every process the whole of Amazon's library.
_VIEWS = {
    "mailgun": "anymail.webhooks.mailgun.MailgunInboundWebhookView",
    "mandrill": "anymail.webhooks.mandrill.MandrillCombinedWebhookView",
    "postmark": "anymail.webhooks.postmark.PostmarkInboundWebhookView",
    "sendgrid": "anymail.webhooks.sendgrid.SendGridInboundWebhookView",
    "brevo": "anymail.webhooks.brevo.BrevoInboundWebhookView",
    "mailjet": "anymail.webhooks.mailjet.MailjetInboundWebhookView",
    "sparkpost": "anymail.webhooks.sparkpost.SparkPostInboundWebhookView",
    "amazon_ses": "anymail.webhooks.amazon_ses.AmazonSESInboundWebhookView",
}
# The form field that holds the mail itself, byte for byte.
_RAW_FIELDS = {"mailgun": "body-mime", "sendgrid": "email"}


_AMAZON = re.compile(r"https://sns\.[a-z0-9-]{1,40}\.amazonaws\.com(?:\.cn)?/", re.IGNORECASE)


@dataclass(frozen=True)
class Payload:
    """One mail of a call. `key` is the same when the provider sends it again; `recipients` may be empty.

    `envelope_from`: its return path, "" for the empty one, None where the provider does not say.
    """

    body: bytes
    content_type: str
    key: str
    recipients: Sequence[str]
    envelope_from: str | None = None


def is_open(provider: str) -> bool:
    """Whether the operator gave what proves that it is this provider."""
    if provider == "mailgun":
        return bool(installation.MAILGUN_SIGNING_KEY)
    if provider == "mandrill":
        return bool(installation.MANDRILL_WEBHOOK_KEY)
    return provider in _VIEWS and ":" in installation.MAIL_WEBHOOK_SECRET


def check_secret(provider: str, authorization: str) -> None:
    """What can be known before the body is read. Raises NotTheProvider."""
    if not _is_secret(provider):
        return  # they sign what is in it
    scheme, _space, code = authorization.partition(" ")
    try:
        given = b64decode(code.strip()).decode() if scheme.lower() == "basic" else ""
    except ValueError:
        given = ""
    if not tokens.same(given, installation.MAIL_WEBHOOK_SECRET):
        raise NotTheProvider(missing=not authorization)


def check(provider: str, call: Call) -> None:
    """Raises NotTheProvider."""
    request = _request(call)
    try:
        _view(provider).run_validators(request)
        if provider == "mailgun":
            _check_age(request.POST.get("timestamp", ""))
    except _refusals() as error:
        raise NotTheProvider(missing=not call.authorization and _is_secret(provider)) from error


def _refusals() -> tuple[type[Exception], ...]:
    """What a provider's validators end in. Only then: with it comes `requests`, four megabytes for every process."""
    from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure

    return AnymailWebhookValidationFailure, AnymailError, Unreadable, ValueError, TypeError


def _is_secret(provider: str) -> bool:
    return provider not in ("mailgun", "mandrill")


def _check_age(timestamp: str) -> None:
    if abs(time.time() - int(timestamp)) > OLDEST_SIGNATURE_SECONDS:
        raise ValueError("an old signature")


def _view(provider: str) -> Any:
    secret = [installation.MAIL_WEBHOOK_SECRET] if _is_secret(provider) else []
    given: dict[str, Any] = {"webhook_secret": secret}
    if provider == "mailgun":
        given["webhook_signing_key"] = installation.MAILGUN_SIGNING_KEY
    elif provider == "mandrill":
        given["webhook_key"] = installation.MANDRILL_WEBHOOK_KEY
        given["webhook_url"] = links.lasting_url("/webhooks/mail/mandrill")
    elif provider == "brevo":
        given["api_key"] = installation.BREVO_API_KEY
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SendGrid is no longer tested by them; it is by us
        return import_string(_VIEWS[provider])(**given)


def _request(call: Call) -> HttpRequest:
    """The call as Anymail wants to see it. Forms are read here: Django's own reader stops at 12 MB of fields."""
    request = WSGIRequest(
        {
            "REQUEST_METHOD": "POST",
            "CONTENT_TYPE": call.content_type,
            "CONTENT_LENGTH": str(len(call.body)),
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "wsgi.input": BytesIO(b""),
            **({"HTTP_AUTHORIZATION": call.authorization} if call.authorization else {}),
            **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in call.headers.items()},
        }
    )
    request._body = call.body  # what `body` would read
    form, files = QueryDict(mutable=True), MultiValueDict[str, Any]()
    if request.content_type in _FORMS:
        fields, uploads = _form(call)
        for name, value in fields:
            form.appendlist(name, value.decode("utf-8", "replace"))
        for name, upload in uploads:
            files.appendlist(name, upload)
    request._post, request._files = form, files  # type: ignore[attr-defined]
    return request


def _form(call: Call) -> tuple[list[tuple[str, bytes]], list[tuple[str, SimpleUploadedFile]]]:
    """Fields as bytes, and files. Raises Unreadable."""
    fields: list[tuple[str, bytes]] = []
    files: list[tuple[str, SimpleUploadedFile]] = []
    if call.content_type.partition(";")[0].strip().lower() == _FORMS[1]:
        try:
            pairs = parse_qsl(
                call.body.decode("latin-1"),
                keep_blank_values=True,
                encoding="latin-1",
                max_num_fields=MAX_FIELDS,
            )
        except ValueError as error:
            raise Unreadable("payload_unreadable: form") from error
        return [(name, value.encode("latin-1")) for name, value in pairs], []

    def take_field(one: Any) -> None:
        if len(fields) >= MAX_FIELDS:
            raise FormParserError("too many fields")
        fields.append((_text(one.field_name), one.value or b""))

    def take_file(one: Any) -> None:
        if len(files) >= MAX_FIELDS:
            raise FormParserError("too many files")
        one.file_object.seek(0)
        content = one.file_object.read()
        name = _text(one.file_name).replace("\\", "/").rpartition("/")[2] or "file"
        files.append((_text(one.field_name), SimpleUploadedFile(name, content, _text(one.content_type))))
        one.file_object.close()

    try:
        parse_form({"Content-Type": call.content_type.encode()}, BytesIO(call.body), take_field, take_file)
    except (FormParserError, ValueError, KeyError) as error:
        raise Unreadable("payload_unreadable: form") from error
    return fields, files


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value or "")


def confirm(provider: str, call: Call) -> bool:
    """Whether the call only wants to be confirmed (Amazon's subscriptions), which it is now. Raises nothing."""
    if provider != "amazon_ses":
        return False
    said = _json(call.body)
    if not isinstance(said, dict) or said.get("Type") not in (
        "SubscriptionConfirmation",
        "UnsubscribeConfirmation",
    ):
        return False
    url = str(said.get("SubscribeURL", ""))
    if said["Type"] == "SubscriptionConfirmation" and _AMAZON.match(url):
        try:
            safe_http.fetch("GET", url)
        except Refusal:
            return True  # Amazon asks again
    return True


# ── Which mails are in a call ────────────────────────────────────────────────────────────────────────────────


def payloads(provider: str, call: Call) -> list[Payload]:
    """One for each mail, never none: a call that is not understood is kept whole, to be looked at."""
    try:
        found = list(_SPLIT[provider](call))
    except (Unreadable, ValueError, KeyError, TypeError, AttributeError, IndexError):
        found = []
    return found or [Payload(call.body, call.content_type, _key(provider, "", call.body), ())]


def _key(provider: str, provider_id: Any, body: bytes) -> str:
    """By the provider's own id of the mail, else by what was brought."""
    name = str(provider_id or "").strip() or hashlib.sha256(body).hexdigest()
    return (
        f"{provider}:{name}"
        if len(name) <= 200
        else f"{provider}:{hashlib.sha256(name.encode()).hexdigest()}"
    )


def _key_of(provider: str, *content: Any) -> str:
    """By what the mail is. Its Message-ID alone is its sender's word, and a form gives all its mails the same."""
    sha = hashlib.sha256()
    for piece in content:
        raw = piece if isinstance(piece, bytes) else str(piece or "").encode("utf-8", "replace")
        sha.update(b"%d:" % len(raw) + raw)
    return f"{provider}:sha256:{sha.hexdigest()}"


def _sizes(files: Sequence[tuple[str, SimpleUploadedFile]]) -> list[str]:
    return [f"{upload.name} {upload.size}" for _field, upload in files]


def _envelope(value: Any) -> str | None:
    return value.strip("<> ").lower() if isinstance(value, str) else None


def _json(body: bytes) -> Any:
    try:
        return read_json(body)
    except ValueError:
        return None


def _of_json(provider: str, said: Any, provider_id: Any, *recipients: Any) -> Payload:
    body = json.dumps(said).encode()
    return Payload(body, "application/json", _key(provider, provider_id, body), _addresses(*recipients))


def _addresses(*values: Any) -> list[str]:
    """Every address that is named, whichever way: text, list, or objects with an address."""
    found: list[str] = []
    for value in values:
        if isinstance(value, str):
            found += [address for _name, address in getaddresses([value]) if "@" in address]
        elif isinstance(value, Mapping):
            found += _addresses(value.get("Email") or value.get("Address") or "")
        elif isinstance(value, Sequence):
            found += _addresses(*value)
    return list(dict.fromkeys(address.lower() for address in found))


def _mailgun(call: Call) -> Iterator[Payload]:
    pairs, files = _form(call)
    fields = dict(pairs)
    text = {name: value.decode("utf-8", "replace") for name, value in fields.items() if name != "body-mime"}
    # Of the form without the mail itself: what the signature of each call is made of changes, the rest does not.
    said = fields.get("body-mime") or "".join(text.get(name, "") for name in _SAYS["mailgun"])
    recipients = _addresses(text.get("recipient", "").split(","), text.get("To", ""), text.get("Cc", ""))
    key = _key_of("mailgun", said, *_sizes(files))
    yield Payload(call.body, call.content_type, key, recipients, _envelope(text.get("sender")))


def _sendgrid(call: Call) -> Iterator[Payload]:
    pairs, files = _form(call)
    fields = dict(pairs)
    envelope = _json(fields.get("envelope", b"")) or {}
    said = fields.get("email") or b"".join(fields.get(name, b"") for name in _SAYS["sendgrid"])
    named = [_text(fields.get(name, b"")) for name in ("to", "cc")]
    recipients = _addresses(envelope.get("to"), named)
    key = _key_of("sendgrid", said, *_sizes(files))
    yield Payload(call.body, call.content_type, key, recipients, _envelope(envelope.get("from")))


def _postmark(call: Call) -> Iterator[Payload]:
    said = _json(call.body)
    named = (said.get(name) for name in ("OriginalRecipient", "ToFull", "CcFull", "BccFull"))
    yield Payload(
        call.body, call.content_type, _key("postmark", said.get("MessageID"), call.body), _addresses(*named)
    )


def _brevo(call: Call) -> Iterator[Payload]:
    for item in _json(call.body)["items"]:
        number = (item.get("Uuid") or [""])[0]
        yield _of_json(
            "brevo", {"items": [item]}, number, item.get("Recipients"), item.get("To"), item.get("Cc")
        )


def _mailjet(call: Call) -> Iterator[Payload]:
    said = _json(call.body)
    headers = said.get("Headers") or {}
    recipients = _addresses(said.get("Recipient"), headers.get("To"), headers.get("Cc"))
    key = _key_of("mailjet", *(json.dumps(said.get(name)) for name in _SAYS["mailjet"]))
    yield Payload(call.body, call.content_type, key, recipients, _envelope(said.get("Sender")))


def _sparkpost(call: Call) -> Iterator[Payload]:
    for event in _json(call.body):
        relayed = event["msys"].get("relay_message")
        if relayed is not None:  # else a ping
            content = relayed["content"]["email_rfc822"]
            key = _key_of("sparkpost", content)
            body = json.dumps([event]).encode()
            to = _addresses(relayed.get("rcpt_to"))
            yield Payload(body, "application/json", key, to, _envelope(relayed.get("msg_from")))


def _mandrill(call: Call) -> Iterator[Payload]:
    for event in read_json(dict(_form(call)[0])["mandrill_events"]):
        if event.get("event") == "inbound":
            body = urlencode({"mandrill_events": json.dumps([event])}).encode()
            key = _key_of("mandrill", event["msg"]["raw_msg"])
            yield Payload(body, _FORMS[1], key, _addresses(event["msg"].get("email")))


def _amazon_ses(call: Call) -> Iterator[Payload]:
    said = read_json(_json(call.body)["Message"])
    recipients = _addresses(said["receipt"].get("recipients"), said["mail"].get("destination"))
    key = _key("amazon_ses", said["mail"].get("messageId"), call.body)
    yield Payload(call.body, call.content_type, key, recipients, _envelope(said["mail"].get("source")))


# What a mail says where a provider took it apart.
_SAYS = {
    "mailgun": ("Message-Id", "message-headers", "from", "subject", "Date", "body-plain", "body-html"),
    "sendgrid": ("headers", "from", "subject", "text", "html"),
    "mailjet": ("Headers", "From", "Subject", "Date", "Text-part", "Html-part"),
}
_SPLIT = {
    "mailgun": _mailgun,
    "sendgrid": _sendgrid,
    "postmark": _postmark,
    "brevo": _brevo,
    "mailjet": _mailjet,
    "sparkpost": _sparkpost,
    "mandrill": _mandrill,
    "amazon_ses": _amazon_ses,
}


# ── The mail of a payload ────────────────────────────────────────────────────────────────────────────────────


def mail_of(provider: str, body: bytes, content_type: str) -> bytes:
    """The mail as MIME; its own bytes where the provider gives them. Raises Unreadable, or OSError when what lies at the
    provider (attachments, a bucket) cannot be fetched now.
    """
    call = Call(body, content_type)
    if provider not in _VIEWS:
        raise Unreadable(f"payload_unreadable: {provider[:40]}")
    if provider in _RAW_FIELDS:
        raw = dict(_form(call)[0]).get(_RAW_FIELDS[provider])
        if raw:
            return raw
    try:
        if provider == "sparkpost":
            return _sparkpost_mail(body)
        events = _view(provider).parse_events(_request(call))
        [event] = events
        message = event.message
        if message.envelope_recipient and not message.get("Delivered-To"):
            message["Delivered-To"] = str(message.envelope_recipient)
        return bytes(message.as_bytes())
    except OSError:
        raise
    except Exception as error:  # whatever a strange payload does to the library, it waits in the quarantine
        raise Unreadable(f"payload_unreadable: {provider}: {type(error).__name__}: {error}"[:300]) from error


def _sparkpost_mail(body: bytes) -> bytes:
    content = read_json(body)[0]["msys"]["relay_message"]["content"]
    raw = content["email_rfc822"]
    return b64decode(raw) if content.get("email_rfc822_is_base64") else str(raw).encode()
