"""What was taken away is noted before it goes."""

from __future__ import annotations

from django.db import transaction

from ventanilla.accounts.actors import actor_of
from ventanilla.accounts.models import Account, User
from ventanilla.contacts.events import ContactsExported, ImportLinesTaken
from ventanilla.contacts.models import ContactImport
from ventanilla.events.log import record


@transaction.atomic
def note_export(account: Account, *, by_mail: bool, label: str, filtered: bool, by: User) -> None:
    """Someone takes contacts away. Records contacts.exported."""
    fact = ContactsExported(account_id=account.pk, by_mail=by_mail, label=label[:100], filtered=filtered)
    record(fact, actor=actor_of(by))


@transaction.atomic
def note_lines_taken(job: ContactImport, *, by: User) -> None:
    """Someone takes the refused lines of a file away. Records contact_import.lines_taken."""
    record(ImportLinesTaken(account_id=job.account_id, import_id=job.pk), actor=actor_of(by))
