"""Browsers and phones that take push messages (contract B.8); they belong to the user, not to an account."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponse

from ventanilla.api.auth import UserRequest, reach_of_request, vouched_auth
from ventanilla.api.given import Body, Given
from ventanilla.api.here import held_by
from ventanilla.api.late import Router
from ventanilla.api.proofs import owes_nothing
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.notifications import commands

router = Router(tags=["Notifications"])


class SubscriptionIn(Body):
    wrapper: ClassVar[str | None] = "notification_subscription"
    subscription_type: str
    subscription_attributes: dict[str, Any]


@router.post(
    "/notification_subscriptions", operation_id="notification_subscriptions_create", auth=vouched_auth
)
def subscribe(request: UserRequest, given: SubscriptionIn = Given()) -> HttpResponse:
    """Register this browser or phone for push messages.

    In a session that a provider opened it is told of that account alone, and no longer than the session lasts.
    """
    is_limited = reach_of_request(request).is_limited
    if "HTTP_API_ACCESS_TOKEN" not in request.META and not is_limited:
        owes_nothing(request.auth)
    row = commands.subscribe_to_push(
        request.auth,
        kind=given.subscription_type,
        attributes=given.subscription_attributes,
        session=held_by(request),
        is_guest=is_limited,
    )
    return json_reply(
        {
            "id": row.pk,
            "user_id": row.user_id,
            "subscription_type": row.kind,
            "subscription_attributes": row.attributes,
            "identifier": row.key,
            "created_at": row.created_at,
            "updated_at": row.updated_at,
        }
    )


class UnsubscribeIn(Body):
    push_token: str = ""


@router.delete(
    "/notification_subscriptions", operation_id="notification_subscriptions_delete", auth=vouched_auth
)
def unsubscribe(request: UserRequest, given: UnsubscribeIn = Given()) -> HttpResponse:
    """Forget the device with this `push_token`; in a session that a provider opened, of those registered in it."""
    session = held_by(request) if reach_of_request(request).is_limited else None
    commands.unsubscribe_from_push(request.auth, push_token=given.push_token, session=session)
    return empty_reply()
