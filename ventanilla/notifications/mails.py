"""What a notification says by mail (T-02). Delivery lays it in the out-tray and sends it; here it is only written.

It is written when it is sent, and asks again then: whoever left, lost sight of the conversation, switched the kind off
or, of a message, has the desk open meanwhile, gets none.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from ventanilla.conversations.models import SenderType
from ventanilla.conversations.rendering import attachment_url
from ventanilla.conversations.selectors import sender_names
from ventanilla.kit import links, mailer, own_mail_server
from ventanilla.notifications.kind import Told
from ventanilla.notifications.registry import Kind, kind_called
from ventanilla.notifications.selectors import present_user_ids, wants_mail
from ventanilla.notifications.told import is_news, locale_of, may_see, path_of, told_of, unread
from ventanilla.notifications.unsubscribing import Subscription, headers_of, link_of
from ventanilla.signin.selectors import is_told_nothing

MAX_TEXT_CHARS = 4_000  # the rest is one click away


def notification_mail(payload: Mapping[str, Any]) -> mailer.Mail | None:
    """The mail to the member; None when they are not to get it any more."""
    told, kind = told_of(payload), kind_called(payload["kind"])
    if told is None or not _is_wanted(kind, told):
        return None
    user, conversation = told.membership.user, told.conversation
    subscription = Subscription(told.membership, kind)
    locale = locale_of(told.membership)
    with translation.override(locale):
        heading = kind.heading(told)
        entry = _entry(told)
        return mailer.Mail(
            to=[user.email],
            subject=f"[#{conversation.display_id}] {heading}",
            heading=heading,
            paragraphs=[kind.paragraph(told)],
            facts=[
                (_("Contact"), str(conversation.contact)),
                (_("Channel"), conversation.inbox.name),
                (_("Conversation"), f"#{conversation.display_id}"),
            ],
            locale=locale,
            entries=[entry] if entry else [],
            action=mailer.Action(_("Open the conversation"), links.public_url(path_of(conversation))),
            footer=_(
                "You're getting this email because you chose: %(kind)s. You can also change this in your profile."
            )
            % {"kind": subscription.name},
            footer_action=mailer.Action(_("Stop these emails"), link_of(subscription)),
            brand=told.membership.account.name,
            zone=ZoneInfo(conversation.inbox.timezone),
            headers=headers_of(subscription),
        )


def is_due(payload: Mapping[str, Any]) -> bool:
    """Whether the member wanted this kind by mail when it happened, and there is a server for it."""
    return (
        "email" in payload["ways"] and payload["conversation_id"] is not None and own_mail_server.is_set_up()
    )


def wait(payload: Mapping[str, Any]) -> timedelta:
    """How long its kind waits for what may follow."""
    return kind_called(payload["kind"]).mail_waits


NOTIFICATION = mailer.Writer(notification_mail, is_due, wait)


def _is_wanted(kind: Kind, told: Told) -> bool:
    user, conversation = told.membership.user, told.conversation
    # No one has proved yet that an invited person reads at this address.
    if user.confirmed_at is None or not wants_mail(told.membership, kind.wanted_by()):
        return False
    # A mail says what the account's pages, closed to them, would say.
    if is_told_nothing(told.membership.account, user):
        return False
    if not may_see(told) or unread(told) is None:
        return False
    if kind.is_of_message and present_user_ids(conversation.account_id, [user.pk]):
        return False
    return is_news(kind, told)


def _entry(told: Told) -> mailer.Entry | None:
    message = told.message
    if message is None:
        return None
    text = message.processed_content or message.content
    name = sender_names([message]).get((message.sender_type, message.sender_id or 0), "")
    return mailer.Entry(
        author=name or told.conversation.inbox.business_name or told.conversation.inbox.name,
        at=message.created_at,
        content=text if len(text) <= MAX_TEXT_CHARS else text[: MAX_TEXT_CHARS - 1].rstrip() + "…",
        ours=message.sender_type != SenderType.CONTACT,
        files=[
            mailer.File(item.filename, attachment_url(item))
            for item in message.attachments.all()
            if item.file
        ],
    )
