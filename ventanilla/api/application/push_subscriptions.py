"""Browsers and phones that take push messages (contract B.8); they belong to the user, not to an account."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponse

from ventanilla.api.auth import UserRequest
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


@router.post("/notification_subscriptions", operation_id="notification_subscriptions_create")
def subscribe(request: UserRequest, given: SubscriptionIn = Given()) -> HttpResponse:
    """Register this browser or phone for push messages."""
    if "HTTP_API_ACCESS_TOKEN" not in request.META:
        owes_nothing(request.auth)
    row = commands.subscribe_to_push(
        request.auth,
        kind=given.subscription_type,
        attributes=given.subscription_attributes,
        session=held_by(request),
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


@router.delete("/notification_subscriptions", operation_id="notification_subscriptions_delete")
def unsubscribe(request: UserRequest, given: UnsubscribeIn = Given()) -> HttpResponse:
    """Forget the device with this `push_token`."""
    commands.unsubscribe_from_push(request.auth, push_token=given.push_token)
    return empty_reply()
