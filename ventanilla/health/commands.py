"""What administrators do about what the page shows. Each may be asked for twice and happens once."""

from __future__ import annotations

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.utils.module_loading import import_string

from ventanilla.accounts.actors import actor_of
from ventanilla.accounts.commands.system_mail import hurry_mail
from ventanilla.accounts.models import Account, User
from ventanilla.events.consumer import Consumer, retry_set_aside
from ventanilla.events.log import record
from ventanilla.events.models import SetAsideEvent
from ventanilla.health.errors import StillFails
from ventanilla.health.events import AlertKeyShown, EventDropped, EventRetried, MailHurried
from ventanilla.health.models import AlertKey
from ventanilla.kit import webhook_keys
from ventanilla.kit.errors import NotFound

log = structlog.get_logger("health")


def retry_event(account: Account, *, set_aside_id: int, by: User) -> None:
    """Give the event to its reader again; what the reader writes, the row's end and the fact are one transaction.

    Raises NotFound (also when it has been done already), StillFails. Records health.event_retried. Readers only write
    rows, under keys that stay the same, so nothing leaves a second time.
    """
    try:
        with transaction.atomic():
            row = _locked(account, set_aside_id)
            retry_set_aside(_consumer(row.consumer), row)
            fact = EventRetried(account_id=account.pk, consumer=row.consumer, event_id=row.event_id)
            record(fact, actor=actor_of(by))
    except (NotFound, OperationalError, InterfaceError):
        raise
    except Exception as error:
        log.warning("health.retry_failed", set_aside=set_aside_id, exc_info=True)
        raise StillFails from error


@transaction.atomic
def drop_event(account: Account, *, set_aside_id: int, by: User) -> None:
    """The reader does without the event. Raises NotFound. Records health.event_dropped."""
    row = _locked(account, set_aside_id)
    fact = EventDropped(account_id=account.pk, consumer=row.consumer, event_id=row.event_id)
    row.delete()
    record(fact, actor=actor_of(by))


@transaction.atomic
def hurry_own_mail(account: Account, *, by: User) -> None:
    """Mail of ours that waits for its next try is due now. Records health.mail_hurried."""
    hurry_mail()
    record(MailHurried(account_id=account.pk), actor=actor_of(by))


@transaction.atomic
def show_alert_key(account: Account, *, by: User) -> str:
    """What the account's webhook is signed with, made when it is missing. Records health.alert_key_shown."""
    key = alert_key(account.pk)
    record(AlertKeyShown(account_id=account.pk), actor=actor_of(by))
    return key


def alert_key(account_id: int) -> str:
    """The same, for whoever signs."""
    row, _made = AlertKey.objects.get_or_create(account_id=account_id, defaults={"key": webhook_keys.new()})
    return str(row.key)


def _locked(account: Account, set_aside_id: int) -> SetAsideEvent:
    row = SetAsideEvent.objects.select_for_update().filter(pk=set_aside_id, account_id=account.pk).first()
    if row is None:
        raise NotFound
    return row


def _consumer(name: str) -> Consumer:
    for path in settings.CONSUMERS:
        kind = import_string(path)
        if kind.name == name:
            made: Consumer = kind()
            return made
    raise NotFound  # of another version of the program, or of a plug-in that is off: it can only be dropped
