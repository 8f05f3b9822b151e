"""Browsers and phones that are told while the desk is closed, and the key they know this installation by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import User
from ventanilla.kit.errors import Invalid
from ventanilla.kit.limits import is_web_url
from ventanilla.notifications.models import PushKey, PushSubscription

MAX_DEVICES = 20  # of one user; whoever comes after takes the place of the one not seen longest


@transaction.atomic
def subscribe_to_push(
    user: User, *, kind: str, attributes: Mapping[str, Any], session: str = "", is_guest: bool = False
) -> PushSubscription:
    """Register a browser or phone; the same endpoint or device is owned by whoever signed in on it last.

    `session`: what it is registered with (signin.selectors.is_open), and ends with. `is_guest`: a provider's word opened
    it, so it takes no other device's place. Raises Invalid when the kind is unknown, its address is missing, or there is
    no place.
    """
    if kind == "browser_push":
        token: Any = ""
        key = attributes.get("endpoint")
    elif kind == "fcm":
        token = attributes.get("push_token") or attributes.get("pushToken")
        key = attributes.get("device_id") or attributes.get("deviceId") or token
    else:
        raise Invalid(fields={"subscription_type": [_("This kind of subscription doesn't exist.")]})
    if not isinstance(key, str) or not key or len(key) > 1000 or not isinstance(token or "", str):
        raise Invalid(fields={"subscription_attributes": [_("The address of the device is missing.")]})
    if kind == "browser_push" and not is_web_url(key):
        raise Invalid(fields={"subscription_attributes": [_("The address of the device is missing.")]})
    mine = PushSubscription.objects.filter(user=user)
    if is_guest and mine.exclude(key=key).count() >= MAX_DEVICES:
        raise Invalid(
            fields={
                "subscription_attributes": [_("You already get notifications on as many devices as you can.")]
            }
        )
    subscription, _created = PushSubscription.objects.update_or_create(
        key=key,
        defaults={
            "user": user,
            "kind": kind,
            "push_token": token or "",
            "attributes": dict(attributes),
            "session": session,
        },
    )
    others = (
        PushSubscription.objects.filter(user=user).exclude(pk=subscription.pk).order_by("-updated_at", "-pk")
    )
    PushSubscription.objects.filter(
        pk__in=list(others.values_list("pk", flat=True)[MAX_DEVICES - 1 :])
    ).delete()
    return subscription


def forget_device(subscription_id: int) -> None:
    """Its push service says that it is gone."""
    PushSubscription.objects.filter(pk=subscription_id).delete()


@transaction.atomic
def push_key() -> PushKey:
    """The installation's key; made now if there is none."""
    found = PushKey.objects.first()
    if found is not None:
        return found
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    made, _created = PushKey.objects.get_or_create(number=1, defaults={"private_pem": pem.decode()})
    return made


@transaction.atomic
def unsubscribe_from_push(user: User, *, push_token: str, session: str | None = None) -> int:
    """Forget the user's device with this token or endpoint, if it is of that session; returns how many there were."""
    mine = PushSubscription.objects.filter(user=user)
    if session is not None:
        mine = mine.filter(session=session)
    deleted, _by_model = (mine.filter(push_token=push_token) | mine.filter(key=push_token)).delete()
    return deleted
