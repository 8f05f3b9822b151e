"""Where someone is signed in: remembered at each sign-in, looked at in the list, ended from there."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from ventanilla.accounts.browser_sessions import stored_key
from ventanilla.accounts.commands.system_mail import write_mail
from ventanilla.accounts.models import Account, ClientSession, User
from ventanilla.accounts.selectors import active_membership
from ventanilla.kit import tokens
from ventanilla.kit.callers import network_of
from ventanilla.kit.clock import now
from ventanilla.kit.errors import NotFound
from ventanilla.signin.devices import described, kind_of_device, place_of
from ventanilla.signin.events import NewDevice, SessionRevoked
from ventanilla.signin.models import KnownDevice, SignIn
from ventanilla.signin.recording import record_everywhere
from ventanilla.signin.selectors import state_of, visible_sessions

_SEEN_EVERY = timedelta(minutes=5)
_MOST_REMEMBERED = 10_000
_seen_at: dict[str, float] = {}


@dataclass(frozen=True)
class Where:
    """From where a session is used. Exactly one of `browser` (the cookie's key) and `client` (of the headers) is set."""

    address: str
    agent: str
    browser: str = ""
    client: str = ""

    @property
    def key(self) -> str:
        """What the session is found by; no key that opens it."""
        return f"browser:{stored_key(self.browser)}" if self.browser else f"client:{self.client}"


@transaction.atomic
def remember_session(
    user: User, where: Where, *, how: str, known: bool = False, account: Account | None = None
) -> None:
    """Put the session that was just opened into the list, and tell its owner by mail when the device is a new one.

    `known`: the browser showed that they came in there before. `account`: its provider vouched for them. Records
    user.new_device.
    """
    columns = {**_columns(user, where, how=how), "account": account}
    SignIn.objects.update_or_create(key=where.key, defaults=columns)
    digest = tokens.digest(f"{kind_of_device(where.agent)}|{network_of(where.address)}")
    devices = KnownDevice.objects.filter(user=user)
    is_first = not devices.exists()
    _device, is_new = KnownDevice.objects.update_or_create(
        user=user, digest=digest, defaults={"seen_at": now()}
    )
    if is_new and not is_first and not known:
        record_everywhere(user, lambda account_id: NewDevice(account_id=account_id, user_id=user.pk))
        _write_about_new_device(user, where)


def _columns(user: User, where: Where, *, how: str) -> dict[str, object]:
    client = ClientSession.objects.filter(user=user, client=where.client).first() if where.client else None
    return {
        "user": user,
        "client_session": client,
        "how": how,
        "agent": where.agent[:255],
        "address": where.address[:64],
        "state": state_of(user),
        "created_at": now(),
        "last_seen_at": now(),
    }


def note_seen(user: User, where: Where) -> None:
    """The session is in use: told to the database every five minutes by each process.

    One of before this list existed enters it with its first use.
    """
    moment = time.monotonic()
    if moment - _seen_at.get(where.key, -_SEEN_EVERY.total_seconds()) < _SEEN_EVERY.total_seconds():
        return
    if len(_seen_at) > _MOST_REMEMBERED:
        _seen_at.clear()
    _seen_at[where.key] = moment
    changes = {"last_seen_at": now(), "address": where.address[:64], "agent": where.agent[:255]}
    if not SignIn.objects.filter(key=where.key).update(**changes):
        try:
            with transaction.atomic():
                SignIn.objects.create(key=where.key, **_columns(user, where, how=""))
        except IntegrityError:
            pass  # another request of the same session was here first


@transaction.atomic
def revoke_session(user: User, *, sign_in_id: int, vouched_in: Collection[int] | None = None) -> None:
    """End one session of theirs, wherever it is; its sockets close. Raises NotFound. Records user.session_revoked.

    `vouched_in`: only one that the providers of these accounts opened.
    """
    row = visible_sessions(user, vouched_in=vouched_in).filter(pk=sign_in_id).first()
    if row is None:
        raise NotFound
    _end(user, [row])


@transaction.atomic
def revoke_others(user: User, *, keep: str, vouched_in: Collection[int] | None = None) -> int:
    """End every session but the one with that key; how many. `vouched_in` as above. Records user.session_revoked."""
    rows = list(visible_sessions(user, vouched_in=vouched_in).exclude(key=keep))
    if rows:
        _end(user, rows)
    return len(rows)


def _end(user: User, rows: list[SignIn]) -> None:
    browsers = [row.key.removeprefix("browser:") for row in rows if row.key.startswith("browser:")]
    Session.objects.filter(session_key__in=browsers).delete()
    phones = ClientSession.objects.filter(user=user, pk__in=[row.client_session_id for row in rows])
    if phones.delete()[0]:  # what a phone listens with is the user's, not the session's
        user.pubsub_token = tokens.random_token()
        user.save(update_fields=["pubsub_token", "updated_at"])
    SignIn.objects.filter(pk__in=[row.pk for row in rows]).delete()
    record_everywhere(
        user, lambda account_id: SessionRevoked(account_id=account_id, user_id=user.pk, sessions=len(rows))
    )


def forget_over() -> None:
    """Drop from the list what is over, and devices that were not seen for half a year."""
    alive = Session.objects.filter(expire_date__gt=now()).values("session_key")
    browsers = SignIn.objects.filter(client_session=None, last_seen_at__lt=now() - timedelta(days=1))
    gone = [
        pk
        for pk, key in browsers.values_list("pk", "key")
        if not alive.filter(session_key=key.removeprefix("browser:")).exists()
    ]
    SignIn.objects.filter(pk__in=gone).delete()
    KnownDevice.objects.filter(seen_at__lt=now() - timedelta(days=180)).delete()


def _write_about_new_device(user: User, where: Where) -> None:
    membership = active_membership(user)
    if membership is None:
        return
    with translation.override(membership.account.locale):
        write_mail(
            user.email,
            locale=membership.account.locale,
            subject=_("New sign-in to Ventanilla"),
            heading=_("New sign-in to Ventanilla"),
            paragraphs=[
                _("Someone signed in as you: %(device)s, from %(place)s.")
                % {"device": described(where.agent), "place": place_of(where.address)},
                _("If that was you, there is nothing to do."),
                _("If it wasn't, end that session and change your password."),
            ],
            button_label=_("See my sessions"),
            button_path=f"/app/accounts/{membership.account_id}/settings/security",
            user=user,
        )
