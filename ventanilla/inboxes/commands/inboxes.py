"""Inboxes: connected, changed, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import CASCADE, ManyToOneRel, Model
from django.utils.translation import gettext as _

from ventanilla.accounts.actors import actor_of
from ventanilla.accounts.avatars import forget_avatar, store_avatar
from ventanilla.accounts.commands.caches import Cached, invalidate_cache
from ventanilla.accounts.models import Account, AgentBot, User
from ventanilla.events.log import record
from ventanilla.inboxes.channel import Channel, VerifiableChannel, read_settings, registry
from ventanilla.inboxes.channels import channel_for, kinds_where
from ventanilla.inboxes.errors import InboxLimitReached
from ventanilla.inboxes.events import InboxCreated, InboxDeleted, InboxUpdated
from ventanilla.inboxes.models import Inbox
from ventanilla.inboxes.settings import SETTINGS
from ventanilla.inboxes.working_hours import hours_of, with_hours_in_step
from ventanilla.kit.business_hours import nine_to_five
from ventanilla.kit.changes import Changes, assign, lock
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Invalid, NotFound
from ventanilla.kit.storage import Readable

# Of these, events only say that they changed.
_NO_VALUES = {"channel_settings", "secrets", "avatar"} | SETTINGS.secret


@transaction.atomic
def create_inbox(
    account: Account,
    *,
    channel: Mapping[str, Any],
    by: User | None,
    avatar: Readable | None = None,
    **fields: Any,
) -> Inbox:
    """Connect a channel. `channel["type"]` is its word of the contract, the rest of `channel` its own settings.

    Raises InboxLimitReached, or Invalid naming fields. Records inbox.created.
    """
    _check_limit(account)
    made = _channel_of_type(channel.get("type"))
    said = read_settings(made, channel)
    settings, secrets, address = made.clean_settings(said, {}, {})
    values = SETTINGS.clean(fields, _default)
    if not values.get("name"):
        raise Invalid(fields={"name": [_("Enter a channel name.")]})
    values |= _kept_by_inbox(said)
    if "timezone" not in values:
        values["timezone"] = account.timezone
    if account.business_hours is not None and not {"working_hours", "business_hours"} & set(values):
        values["uses_account_hours"] = True
    values = _with_hours(Inbox(account=account), values)
    if avatar is not None:
        values["avatar"] = store_avatar(avatar)
    try:
        with transaction.atomic():
            inbox = Inbox.objects.create(
                account=account,
                kind=made.kind,
                channel_settings=settings,
                secrets=secrets,
                address=address,
                **values,
            )
    except IntegrityError:
        raise _address_taken()
    record(InboxCreated(account_id=account.pk, inbox_id=inbox.pk), actor=actor_of(by))
    invalidate_cache(account, of=Cached.INBOXES)
    return inbox


def _with_hours(inbox: Inbox, values: dict[str, Any]) -> dict[str, Any]:
    """The account's hours where they are wanted, and both forms of hours in step."""
    own = {"business_hours", "working_hours"} & set(values)
    if own:
        values = {"uses_account_hours": False, **values}
    if values.get("uses_account_hours") and not own:
        values["business_hours"] = inbox.account.business_hours or nine_to_five()
    return with_hours_in_step(inbox, values)


@transaction.atomic
def follow_account_hours(account: Account) -> None:
    """Bring the inboxes that use the account's hours in step with them. Records inbox.updated for each."""
    hours = account.business_hours or nine_to_five()
    for inbox in Inbox.objects.filter(account=account, uses_account_hours=True, deleted_at__isnull=True):
        lock(inbox)
        _save(inbox, with_hours_in_step(inbox, {"business_hours": hours}), named={}, by=None)


def _current(inbox: Inbox, name: str) -> Any:
    return hours_of(inbox) if name == "business_hours" else getattr(inbox, name)


def _default(name: str) -> Any:
    """What a new inbox has."""
    return getattr(Inbox(), name)


def _check_limit(account: Account) -> None:
    most = account.limits.get("inboxes")
    # The row lock makes two creations at once count one after the other.
    Account.objects.select_for_update().only("pk").get(pk=account.pk)
    real = Inbox.objects.filter(account=account, deleted_at__isnull=True, is_practice=False)
    if most and real.count() >= int(most):
        raise InboxLimitReached


@transaction.atomic
def create_practice_inbox(account: Account, *, name: str, by: User) -> Inbox:
    """A place to try things out in: what is written there waits for a program that does not exist.

    Raises NotFound where no channel for programs is installed. Records inbox.created.
    """
    kind = min(kinds_where(written_by_program=True), default=None)
    if kind is None:
        raise NotFound
    inbox = Inbox.objects.create(
        account=account, kind=kind, name=name, is_practice=True, enable_auto_assignment=False
    )
    record(InboxCreated(account_id=account.pk, inbox_id=inbox.pk), actor=actor_of(by))
    invalidate_cache(account, of=Cached.INBOXES)
    return inbox


def note_first_sight(inbox: Inbox) -> None:
    """The channel was seen to work. Channels that fetch tell of it each time (delivery.health); the others once."""
    Inbox.objects.filter(pk=inbox.pk, last_success_at__isnull=True).update(last_success_at=now())


def check_connection(inbox: Inbox, *, channel: Mapping[str, Any] | None) -> None:
    """Try the channel's settings out as they would be after this change. Not in a transaction: it takes seconds.

    Raises Invalid, naming the field to look at. Nothing happens for a channel that cannot be tried, or without a change.
    """
    kind = channel_for(inbox.kind)
    if not channel or not hasattr(kind, "verify"):
        return
    said = read_settings(kind, channel)
    settings, secrets, _address = kind.clean_settings(said, inbox.channel_settings, inbox.secrets or {})
    cast(VerifiableChannel, kind).verify(settings, secrets)


def _kept_by_inbox(said: Mapping[str, Any]) -> dict[str, Any]:
    return {"hmac_mandatory": said["hmac_mandatory"]} if "hmac_mandatory" in said else {}


def check_new_connection(channel: Mapping[str, Any] | None) -> None:
    """The same for a channel that is to be made. Raises Invalid."""
    kind = _channel_of_type((channel or {}).get("type"))
    if not channel or not hasattr(kind, "verify"):
        return
    settings, secrets, _address = kind.clean_settings(read_settings(kind, channel), {}, {})
    cast(VerifiableChannel, kind).verify(settings, secrets)


def _channel_of_type(create_type: Any) -> Channel:
    for channel in registry().values():
        if channel.create_type == create_type:
            return channel
    raise Invalid(fields={"type": [_("This kind of channel isn't available here.")]})


def _address_taken() -> Invalid:
    return Invalid(fields={"channel": [_("Another channel already has this address or number.")]})


@transaction.atomic
def update_inbox(
    inbox: Inbox,
    *,
    by: User | None,
    channel: Mapping[str, Any] | None = None,
    avatar: Readable | None = None,
    **fields: Any,
) -> Inbox:
    """Change what is given; days of working_hours replace those of the same number.

    Raises Invalid naming fields. Records inbox.updated.
    """
    lock(inbox)
    values = _with_hours(inbox, SETTINGS.clean(fields, lambda name: _current(inbox, name)))
    named: Changes = {}
    if channel:
        kind = channel_for(inbox.kind)
        said = read_settings(kind, channel)
        settings, secrets, address = kind.clean_settings(said, inbox.channel_settings, inbox.secrets or {})
        named = _changed_names(inbox.channel_settings, settings) | _changed_names(
            inbox.secrets or {}, secrets
        )
        values |= {"channel_settings": settings, "secrets": secrets, "address": address}
        values |= _kept_by_inbox(said)
    if avatar is not None:
        forget_avatar(inbox.avatar.name or "")
        values["avatar"] = store_avatar(avatar)
        named["avatar"] = [None, None]
    return _save(inbox, values, named=named, by=by)


@transaction.atomic
def note_channel_state(inbox: Inbox, *, changes: Mapping[str, Any], by: User | None) -> Inbox:
    """Keep what a channel found out about itself, e.g. that its domain is proven. Records inbox.updated if it is news."""
    lock(inbox)
    settings = {**inbox.channel_settings, **changes}
    named = _changed_names(inbox.channel_settings, settings)
    return _save(inbox, {"channel_settings": settings}, named=named, by=by)


@transaction.atomic
def keep_renewed_secrets(inbox: Inbox, *, changes: Mapping[str, str], replacing: str, key: str) -> Inbox:
    """Keep tokens that a provider renewed, unless someone signed in anew meanwhile: then `secrets[key]` is another one
    than `replacing`, and theirs count. No event: nothing changed that anyone can see.
    """
    lock(inbox)
    secrets = inbox.secrets or {}
    if secrets.get(key, "") == replacing:
        inbox.secrets = {**secrets, **changes}
        inbox.save(update_fields=["secrets", "updated_at"])
    return inbox


def _changed_names(before: Mapping[str, Any], after: Mapping[str, Any]) -> Changes:
    names = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    return {f"channel.{name}": [None, None] for name in sorted(names)}


def _save(inbox: Inbox, values: Mapping[str, Any], *, named: Changes, by: User | None) -> Inbox:
    changes = assign(inbox, values)
    if not changes:
        return inbox
    inbox.version += 1
    try:
        with transaction.atomic():
            inbox.save(update_fields=[*changes, "version", "updated_at"])
    except IntegrityError:
        raise _address_taken()
    public = {name: change for name, change in changes.items() if name not in _NO_VALUES}
    record(
        InboxUpdated(account_id=inbox.account_id, inbox_id=inbox.pk, changes=public | named),
        actor=actor_of(by),
    )
    invalidate_cache(inbox.account, of=Cached.INBOXES)
    return inbox


@transaction.atomic
def remove_inbox_avatar(inbox: Inbox, *, by: User | None) -> None:
    """Take the picture away. Records inbox.updated."""
    lock(inbox)
    if inbox.avatar:
        forget_avatar(inbox.avatar.name or "")
        _save(inbox, {"avatar": ""}, named={"avatar": [None, None]}, by=by)


def connect_bot(inbox: Inbox, *, bot: AgentBot | None, by: User | None) -> Inbox:
    """Let this bot answer new conversations first, or none. Raises NotFound for another account's bot.

    Records inbox.updated.
    """
    if bot is not None and bot.account_id not in (None, inbox.account_id):
        raise NotFound
    return _connect(inbox, bot, by)


@transaction.atomic
def _connect(inbox: Inbox, bot: AgentBot | None, by: User | None) -> Inbox:
    lock(inbox)
    return _save(inbox, {"agent_bot_id": bot.pk if bot else None}, named={}, by=by)


@transaction.atomic
def delete_inbox(inbox: Inbox, *, by: User | None) -> None:
    """Hide the inbox everywhere; a job deletes its rows afterwards, in batches. Records inbox.deleted."""
    inbox.deleted_at = now()
    inbox.version += 1
    inbox.save(update_fields=["deleted_at", "version", "updated_at"])
    record(InboxDeleted(account_id=inbox.account_id, inbox_id=inbox.pk), actor=actor_of(by))
    invalidate_cache(inbox.account, of=Cached.INBOXES)


def delete_rows_of(inbox: Inbox, *, batch_size: int = 200) -> None:
    """Delete the rows of a hidden inbox, then the inbox, each batch in a short transaction of its own.

    What rooms above keep of it is found through the keys that point here, highest rooms first: no room is named.
    Conversations, which have files, are emptied before by their own room (conversations.commands.closing).
    """
    for model, field in _pointing_here():
        rows = model._default_manager.filter(**{field: inbox})
        while ids := list(rows.values_list("pk", flat=True)[:batch_size]):
            model._default_manager.filter(pk__in=ids).delete()
    forget_avatar(inbox.avatar.name or "")
    inbox.delete()


def _pointing_here() -> list[tuple[type[Model], str]]:
    """Tables whose rows go with their inbox and the key they have, higher rooms first (the order of INSTALLED_APPS)."""
    heights = {label: height for height, label in enumerate(apps.app_configs)}
    found = [
        (relation.related_model, relation.field.name)
        for relation in Inbox._meta.get_fields(include_hidden=True)
        if isinstance(relation, ManyToOneRel) and relation.on_delete is CASCADE
    ]
    return sorted(found, key=lambda item: heights[item[0]._meta.app_label], reverse=True)
