"""One mail instead of many: what a member was told since the last one and has not read. Delivery sends it, this writes it.

Like every notification mail it asks again when it leaves, conversation by conversation: what was read meanwhile, is out of
sight, was switched off or is no news any more is left out, and where nothing remains there is no mail.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ventanilla.accounts.models import Membership, User
from ventanilla.conversations.models import Conversation, Message, MessageType
from ventanilla.conversations.policies import facts_of, visibility_for
from ventanilla.conversations.snoozing import zone_of
from ventanilla.kit import links, mailer, own_mail_server
from ventanilla.notifications.kind import Told
from ventanilla.notifications.models import Notification
from ventanilla.notifications.registry import Kind, kind_of
from ventanilla.notifications.rendering import excerpt
from ventanilla.notifications.selectors import present_user_ids, setting_of
from ventanilla.notifications.told import is_news, locale_of, path_of
from ventanilla.notifications.unsubscribing import Subscription, headers_of, link_of
from ventanilla.signin.selectors import is_told_nothing

MAX_CONVERSATIONS = 30  # the rest waits in the bell


class Line(NamedTuple):
    """One of those the mail tells of."""

    kind: Kind
    told: Told


def digest_mail(payload: Mapping[str, Any]) -> mailer.Mail | None:
    """The mail to the member; None when nothing is left to tell."""
    membership = (
        Membership.objects.select_related("account", "user", "notification_setting")
        .filter(pk=payload["membership_id"], user__is_active=True)
        .first()
    )
    # No one has proved yet that an invited person reads at this address.
    if membership is None or not membership.account.is_active or membership.user.confirmed_at is None:
        return None
    # A mail says what the account's pages, closed to them, would say.
    if is_told_nothing(membership.account, membership.user):
        return None
    lines = _one_each(_left(membership, payload["items"]))
    return _mail(membership, lines) if lines else None


def _one_each(lines: Iterable[Line]) -> list[Line]:
    """Each conversation once: by what was addressed to the member, else by what happened last."""
    found: dict[int, Line] = {}
    for line in lines:
        before = found.get(line.told.conversation.pk)
        if before is None or line.kind.is_addressed or not before.kind.is_addressed:
            found[line.told.conversation.pk] = line
    return list(found.values())


def _left(membership: Membership, items: Sequence[Sequence[Any]]) -> Iterator[Line]:
    """What is still to be told, the oldest first; asked of the database in sets."""
    user = membership.user
    flags = setting_of(membership).email_flags
    here = bool(present_user_ids(membership.account_id, [user.pk]))
    visibility = visibility_for(user, membership.account, membership=membership)
    about = {item[0] for item in items}
    unread = Notification.objects.filter(user=user, conversation__in=about, read_at__isnull=True)
    conversations = (
        Conversation.objects.filter(
            pk__in=unread.values("conversation_id"),
            account_id=membership.account_id,
            inbox__deleted_at__isnull=True,
        )
        .select_related("account", "contact", "inbox")
        .prefetch_related("participants")
        .in_bulk()
    )
    said = _last_said(about)
    wanted = {item[2] for item in items if item[2]} | set(said.values())
    messages = Message.objects.filter(pk__in=wanted, deleted_at__isnull=True).in_bulk()
    actors = User.objects.in_bulk({item[3] for item in items})
    for conversation_id, number, message_id, actor_id in items:
        conversation, kind = conversations.get(conversation_id), kind_of(number)
        if conversation is None or not any(f"email_{name}" in flags for name in kind.wanted_by()):
            continue
        followers = frozenset(one.user_id for one in conversation.participants.all())
        if not visibility.allows(facts_of(conversation, participant_ids=followers)):
            continue
        message = messages.get(message_id or said.get(conversation_id))
        if message is not None and message.conversation_id != conversation_id:
            message = None  # it was split off or merged elsewhere
        actor = actors.get(actor_id)
        told = Told(membership, conversation, message, actor.available_name if actor is not None else "")
        if is_news(kind, told) and not (here and kind.is_of_message):
            yield Line(kind, told)


def _last_said(conversation_ids: Collection[int]) -> dict[int, int]:
    """Id of the customer's last message, by conversation id: what is told where nothing that was written is told of."""
    incoming = Message.objects.filter(
        conversation__in=conversation_ids, message_type=MessageType.INCOMING, deleted_at__isnull=True
    )
    return dict(incoming.values_list("conversation_id").annotate(last=Max("pk")).order_by())


def _mail(membership: Membership, lines: Sequence[Line]) -> mailer.Mail:
    subscription = Subscription(membership, None)
    locale = locale_of(membership)
    with translation.override(locale):
        count = len(lines)
        heading = ngettext(
            "%(count)s conversation needs your attention",
            "%(count)s conversations need your attention",
            count,
        ) % {"count": count}
        paragraphs = [_("This is what happened and you haven't read yet.")]
        if count > MAX_CONVERSATIONS:
            paragraphs.append(
                _("Below are the latest %(count)s; the others are in the bell.")
                % {"count": MAX_CONVERSATIONS}
            )
        return mailer.Mail(
            to=[membership.user.email],
            subject=heading,
            heading=heading,
            paragraphs=paragraphs,
            locale=locale,
            topics=[_topic(line) for line in lines[-MAX_CONVERSATIONS:]],
            action=mailer.Action(
                _("Open Ventanilla"), links.public_url(f"/app/accounts/{membership.account_id}/conversations")
            ),
            footer=_(
                "You get these together, as you chose in your profile. There you can also change how often they come."
            ),
            footer_action=mailer.Action(_("Stop these emails"), link_of(subscription)),
            brand=membership.account.name,
            zone=zone_of(membership.user, membership.account),
            headers=headers_of(subscription),
        )


def _topic(line: Line) -> mailer.Topic:
    told = line.told
    conversation = told.conversation
    return mailer.Topic(
        title=f"#{conversation.display_id} · {line.kind.heading(told)}",
        url=links.public_url(path_of(conversation)),
        text=excerpt(told.message) if told.message is not None else "",
        note=f"{conversation.contact} · {conversation.inbox.name}",
    )


def is_due(_payload: Mapping[str, Any]) -> bool:
    """Whether there is a server for it."""
    return own_mail_server.is_set_up()


DIGEST = mailer.Writer(digest_mail, is_due)
