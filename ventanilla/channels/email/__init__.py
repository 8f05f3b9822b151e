"""Email: reads what arrives by IMAP, by our own listener or by a provider's webhook, and sends by SMTP.

Fetching, listening and retrying are the post room's; here mail is only understood and composed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

from django.conf import settings as installation
from django.utils.translation import gettext_lazy as _

from ventanilla.channels.email import (
    calls,
    form,
    mailbox,
    mailbox_sign_in,
    outgoing,
    sender_domain,
    settings,
    tools,
    trying,
    verifying,
    webhooks,
)
from ventanilla.channels.email.incoming import messages_of
from ventanilla.channels.email.reading import Context, heads, read_mail
from ventanilla.inboxes.channel import (
    Capabilities,
    DeliveryReport,
    Face,
    Glance,
    HandsOver,
    Identity,
    Ignored,
    IncomingMessage,
    Mark,
    Markup,
    NotFetched,
    Noticed,
    OutgoingMessage,
    Pulled,
    Receipt,
    SignedIn,
    SignIn,
    Unreadable,
)
from ventanilla.inboxes.channel_doors import Answer, Call, Payload, Source, Tool
from ventanilla.kit.clock import now

if TYPE_CHECKING:
    from ventanilla.inboxes.models import Inbox

_SHOWN_TO_ADMINISTRATORS = (
    *(key for key in settings.DEFAULTS if key.startswith(("imap_", "smtp_"))),
    "sending_limit_per_hour",
    "quotes_history",
    "trusted_server",
    "dkim_domain",
    "dkim_selector",
    "sender_domain",
)


class EmailChannel:
    """The contract's `Channel::Email`."""

    kind = "email"
    contract_type = "Channel::Email"
    create_type = "email"
    settings_shape = settings.EmailSettings
    face = Face(_("Email"), _("Your support mailbox, answered as a team."), icon="mail", colour="email")
    called_as = "mail"  # the address that installations have given to their providers
    calls_name_inbox = False
    call_headers = calls.HEADERS
    signs_in_with = ("google", "microsoft")
    capabilities = Capabilities(
        markup=Markup.HTML,
        voice_notes=True,
        max_attachment_bytes=25 * 1024 * 1024,  # what the large providers accept
        can_start_conversation=True,
        email_headers=True,
        delivery_receipts=True,
        hands_over=HandsOver.MARKED,
        threads_by_subject=True,
        identity=Identity.EMAIL,
    )

    def settings_schema(self) -> dict[str, Any]:
        """The form of a mailbox."""
        return form.schema()

    def form_values(self, inbox: Inbox) -> dict[str, Any]:
        """All but passwords; the two switches of each side as one word."""
        values = {**settings.DEFAULTS, **inbox.channel_settings, "email": inbox.address}
        values |= {f"{side}_security": form.security_of(side, values) for side in ("imap", "smtp")}
        values["forward_to_email"] = settings.forward_address(inbox.channel_settings)
        return {name: values[name] for name in form.schema()["properties"] if name in values}

    def next_step(self, inbox: Inbox) -> str:
        """An address that nothing is read from or forwarded to makes no conversations yet."""
        if inbox.channel_settings.get("imap_enabled"):
            return str(_("Everything sent to this address becomes a conversation."))
        if settings.forward_address(inbox.channel_settings):
            return str(
                _(
                    "The address is ready, but nothing arrives yet: forward your email to it as explained below, or"
                    " connect it over IMAP in its settings."
                )
            )
        return str(_("The address is ready, but nothing arrives yet: connect it over IMAP in its settings."))

    def clean_settings(
        self, given: Mapping[str, Any], current: Mapping[str, Any], secrets: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any], str]:
        """See settings.clean. Raises Invalid, naming the field."""
        return settings.clean(given, current, secrets)

    def public_settings(self, inbox: Inbox, *, for_administrator: bool) -> dict[str, Any]:
        """The mailbox's keys of the contract's inbox object; passwords are shown as a mark that there is one."""
        shown: dict[str, Any] = {
            "email": inbox.address,
            "forward_to_email": settings.forward_address(inbox.channel_settings),
            "provider": inbox.channel_settings.get("provider"),
        }
        if for_administrator:
            values = {**settings.DEFAULTS, **inbox.channel_settings}
            shown |= {key: values[key] for key in _SHOWN_TO_ADMINISTRATORS}
            shown |= {f"{side}_password": "" for side in ("imap", "smtp")}
            shown |= {
                f"{side}_password_set": bool((inbox.secrets or {}).get(f"{side}_password"))
                for side in ("imap", "smtp")
            }
            shown["signed_in_with"] = inbox.channel_settings.get("provider") if self.token_of(inbox) else None
        return shown

    def must_leave(self, settings: Mapping[str, Any]) -> bool:
        """Always: a mail server takes it, or it went nowhere."""
        return True

    def can_reply(self, inbox: Inbox, *, last_incoming_at: datetime | None, at: datetime) -> bool:
        """Always."""
        return True

    def parse(
        self, raw: IO[bytes], meta: Mapping[str, Any], inbox: Inbox
    ) -> Sequence[IncomingMessage | DeliveryReport]:
        """Read one mail. Raises Unreadable or Ignored."""
        context = Context(
            envelope_from=meta.get("envelope_from"),
            trusted_server=str(inbox.channel_settings.get("trusted_server") or ""),
            mailbox_host=mailbox.server_of(inbox) if mailbox.pulls_from(inbox) else "",
        )
        mail = read_mail(calls.mime(raw, meta), context)
        wanted = bool(meta.get("wanted"))
        if mail.test_mark and trying.is_ours(mail.test_mark) and not wanted:
            raise Ignored("test_mail")
        return messages_of(mail, own_addresses=outgoing.own_addresses(inbox), wanted=wanted)

    def max_call_bytes(self) -> int:
        """A mail with its attachments, as the provider writes them."""
        return int(installation.MAX_MAIL_CALL_BYTES)

    def is_open(self, token: str, inbox: Inbox | None) -> bool:
        """Whether the operator gave what proves that it is this provider."""
        return webhooks.is_open(calls.provider_of(token))

    def check_secret(self, token: str, inbox: Inbox | None, authorization: str) -> None:
        """The secret of those who do not sign. Raises NotTheProvider."""
        webhooks.check_secret(calls.provider_of(token), authorization)

    def greeted(self, token: str, inbox: Inbox | None, query: Mapping[str, str]) -> Answer:
        """Some look whether the address exists before they use it."""
        return Answer()

    def called(self, token: str, inbox: Inbox | None, call: Call) -> tuple[Sequence[Payload], Answer]:
        """The mails of a call. Raises NotTheProvider."""
        return calls.called(token, call)

    def source_of(self, raw: IO[bytes], meta: Mapping[str, Any]) -> Source:
        """The mail as a file."""
        return calls.source_of(raw, meta)

    def addresses_of(self, inbox: Inbox) -> Sequence[str]:
        """Its own, and the one it is forwarded to."""
        return inbox.address, settings.forward_address(inbox.channel_settings)

    def tools(self) -> Mapping[str, Tool]:
        """Finding servers, the test button, the sender domain."""
        return tools.TOOLS

    def glance(self, raw: IO[bytes], meta: Mapping[str, Any]) -> Glance:
        """Its From and Subject; of what has no From, the envelope's sender."""
        try:
            sender, subject = heads.of(calls.mime(raw, meta))
        except (Unreadable, OSError):
            sender = subject = ""
        return Glance(sender or str(meta.get("envelope_from") or ""), subject)

    def send(self, message: OutgoingMessage, inbox: Inbox) -> Receipt:
        """Compose and send. Raises SendFailed, SendUnknown."""
        return outgoing.send(message, inbox, at=now())

    def verify(self, settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> None:
        """Sign in to the servers once. Raises Invalid, naming the field to look at."""
        verifying.verify(settings, secrets)

    def look_again(self, inbox: Inbox) -> Noticed | None:
        """Whether a proven sender domain still is."""
        return sender_domain.look_again(inbox)

    def sign_in_url(self, way: SignIn) -> str:
        """Google's or Microsoft's page. Raises SignInFailed."""
        return mailbox_sign_in.url(way)

    def signed_in(self, way: SignIn, code: str) -> SignedIn:
        """The mailbox of who signed in. Raises SignInFailed or Unreachable."""
        return mailbox_sign_in.signed_in(way, code)

    def must_renew(self, inbox: Inbox, *, refused: str) -> bool:
        """Whether the access token ends within minutes, or was just refused."""
        return mailbox_sign_in.must_renew(inbox.secrets or {}, refused=refused)

    def token_of(self, inbox: Inbox) -> str:
        """The access token in use."""
        return str((inbox.secrets or {}).get("oauth_access_token", ""))

    def renew(self, inbox: Inbox) -> Mapping[str, str]:
        """Fresh tokens. Raises SignInRefused or Unreachable."""
        return mailbox_sign_in.renew(inbox.channel_settings, inbox.secrets or {})

    def pulls_from(self, inbox: Inbox) -> bool:
        """Whether a mailbox is read by IMAP."""
        return mailbox.pulls_from(inbox)

    def server_of(self, inbox: Inbox) -> str:
        """The IMAP server's name."""
        return mailbox.server_of(inbox)

    def pull(self, inbox: Inbox, marks: Mapping[str, Mapping[str, Any]]) -> Iterator[Pulled | Mark]:
        """New mails since the marks. Raises Unreachable, SignInRefused or PartlyFailed."""
        return mailbox.pull(inbox, marks)

    def wait(
        self, inbox: Inbox, marks: Mapping[str, Mapping[str, Any]], *, should_stop: Callable[[], bool]
    ) -> None:
        """Until mail may have come since the marks. Raises Unreachable or SignInRefused."""
        mailbox.wait(inbox, marks, should_stop=should_stop)

    def not_fetched(self, inbox: Inbox, marks: Mapping[str, Mapping[str, Any]]) -> Sequence[NotFetched]:
        """Mails that the server could not give."""
        return mailbox.not_fetched(inbox, marks)

    def ask_again(self, mark: Mapping[str, Any]) -> Mapping[str, Any]:
        """The mark of a folder whose missing mails are asked for at once."""
        return mailbox.ask_again(mark)


channel = EmailChannel()
