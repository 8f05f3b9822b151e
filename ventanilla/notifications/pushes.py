"""What a notification says on a browser whose desk is closed (T-03, V-RTM-04). Delivery sends it; here it is laid and said.

It is asked again when it leaves: whoever has read it meanwhile, left, or switched the kind off is not disturbed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import translation

from ventanilla.inboxes.channel import SendFailed, Withdrawn
from ventanilla.kit import links, safe_http
from ventanilla.kit.clock import now
from ventanilla.kit.pusher import Asking, Pusher
from ventanilla.notifications import web_push
from ventanilla.notifications.commands import forget_device, push_key
from ventanilla.notifications.kind import Bell, Told
from ventanilla.notifications.models import PushSubscription
from ventanilla.notifications.registry import Kind, kind_called
from ventanilla.notifications.rendering import excerpt
from ventanilla.notifications.selectors import unread_count, wants_push
from ventanilla.notifications.told import is_news, locale_of, may_see, path_of, sight_of, told_of, unread
from ventanilla.signin.selectors import is_open, may_tell

BROWSER = "browser_push"
# The service's words (RFC 8030 §7.3, RFC 8292 §4): the subscription is over, or was made with another key.
_GONE = frozenset({401, 403, 404, 410})
_TOO_MANY = 429


def lay(asking: Sequence[Asking]) -> Iterator[tuple[int, int]]:
    """The browsers of those who wanted the kind pushed when it happened."""
    wanted = [
        one for one in asking if "push" in one.payload["ways"] and one.payload["conversation_id"] is not None
    ]
    if not wanted:
        return
    users = {one.payload["user_id"] for one in wanted}
    devices: dict[int, list[int]] = defaultdict(list)
    rows = PushSubscription.objects.filter(kind=BROWSER, user_id__in=users)
    for pk, user_id in rows.order_by("pk").values_list("pk", "user_id"):
        devices[user_id].append(pk)
    for one in wanted:
        for device in devices[one.payload["user_id"]]:
            yield one.event_id, device


def send(payload: Mapping[str, Any], device: int) -> None:
    """Tell one browser."""
    mine = PushSubscription.objects.select_related("user").filter(user_id=payload["user_id"])
    subscription = mine.filter(pk=device).first()
    told, kind = told_of(payload), kind_called(payload["kind"])
    if subscription is None or told is None:
        raise Withdrawn
    if not _is_held(subscription):
        forget_device(device)
        raise Withdrawn
    # The account is closed to who owes it a second step, and to a session that a provider of another one opened: what a
    # device shows is no way in.
    if not may_tell(told.membership.user, subscription.session, told.membership.account):
        raise Withdrawn
    if unread(told) is None or not may_see(told) or not is_news(kind, told):
        raise Withdrawn
    if not wants_push(told.membership, kind.wanted_by()):
        raise Withdrawn
    message = _message(told, kind)
    try:
        answer = web_push.post(
            subscription.attributes,
            message,
            private_pem=push_key().private_pem,
            topic=str(message["tag"]),
        )
    except (web_push.BadSubscription, safe_http.AddressRefused) as error:
        forget_device(device)
        raise Withdrawn from error
    except safe_http.FetchFailed as error:
        raise SendFailed(error.message, permanent=False) from error
    if answer.status in _GONE:
        forget_device(device)
        raise Withdrawn
    if not answer.is_success:
        passing = answer.status == _TOO_MANY or answer.status >= 500
        raise SendFailed(f"HTTP {answer.status}", permanent=not passing)


def _is_held(subscription: PushSubscription) -> bool:
    """Whether the session it was registered in goes on: whoever came by a stolen cookie hears nothing when that is over."""
    if subscription.session:
        return is_open(subscription.user, subscription.session)
    # Of a version that did not write it down: no cookie of that time is good any longer than this.
    return subscription.updated_at > now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)


def _message(told: Told, kind: Kind) -> dict[str, Any]:
    """The contract's `{title, tag, url}` (F.24), with a second line and the number for the app's icon."""
    conversation, user = told.conversation, told.membership.user
    with translation.override(locale_of(told.membership)):
        text = excerpt(told.message) if told.message is not None else ""
        is_theirs = conversation.assignee_id == user.pk
        title = kind.title(Bell(conversation.display_id, told.actor_name, text, is_theirs))
        return {
            "title": title,
            "body": f"{conversation.contact} · {conversation.inbox.name}",
            "tag": f"conversation:{conversation.account_id}:{conversation.display_id}",
            "url": links.public_url(path_of(conversation)) or path_of(conversation),
            "unread": unread_count(sight_of(told)),
        }


NOTIFICATION = Pusher(lay, send)
