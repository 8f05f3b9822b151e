"""Where an import's work arrives: checked, done, failed, undone. Each only while its worker still has it."""

from __future__ import annotations

from django.db import transaction
from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from ventanilla.accounts.commands.system_mail import write_mail
from ventanilla.contacts.actors import actor_of
from ventanilla.contacts.commands.import_rows import Over
from ventanilla.contacts.events import ContactImportChanged
from ventanilla.contacts.importing.findings import Findings
from ventanilla.contacts.models import ContactImport
from ventanilla.events.log import record
from ventanilla.kit.clock import now
from ventanilla.kit.texts import storable

State = ContactImport.State


def note_check(job: ContactImport, *, claim: str, findings: Findings) -> None:
    """How far the check has come. Raises Over when the options changed under it."""
    rows = ContactImport.objects.filter(pk=job.pk, state=State.CHECKING, revision=job.revision, claim=claim)
    if not rows.update(**findings.numbers()):
        raise Over


@transaction.atomic
def checked(job: ContactImport, *, claim: str, findings: Findings) -> None:
    """The whole file is counted. Raises Over when the options changed under it. Records contact_import.changed."""
    note_check(job, claim=claim, findings=findings)
    ContactImport.objects.filter(pk=job.pk).update(
        state=State.CHECKED,
        total=findings.total,
        findings=storable(findings.columns()),
        preview=storable({**findings.numbers(), "refused_rows": findings.refused}),
    )
    _tell(job, State.CHECKED)


@transaction.atomic
def done(job: ContactImport, *, claim: str) -> None:
    """Every row has its outcome. Records contact_import.changed; who began it gets an email."""
    rows = ContactImport.objects.filter(pk=job.pk, state=State.IMPORTING, claim=claim, read=job.read)
    if not rows.update(state=State.DONE, finished_at=now(), total=job.read):
        raise Over
    _tell(job, State.DONE)
    _write_mail(job)


@transaction.atomic
def fail(job: ContactImport, *, claim: str, problem: str) -> None:
    """It cannot go on; what is in stays, and can be undone. Records contact_import.changed."""
    rows = ContactImport.objects.filter(pk=job.pk, claim=claim)
    if not rows.update(state=State.FAILED, finished_at=now(), problem=problem):
        raise Over
    _tell(job, State.FAILED)


@transaction.atomic
def undone(job: ContactImport) -> None:
    """All of it is taken back. Records contact_import.changed."""
    ContactImport.objects.filter(pk=job.pk).update(state=State.UNDONE)
    _tell(job, State.UNDONE)


def _tell(job: ContactImport, state: ContactImport.State) -> None:
    fact = ContactImportChanged(account_id=job.account_id, import_id=job.pk, state=state.value)
    record(fact, actor=actor_of(None))


def _write_mail(job: ContactImport) -> None:
    if job.created_by is None:
        return
    with translation.override(job.account.locale):
        names = {"file": job.file["filename"]}
        numbers = {
            name: number_format(getattr(job, name), use_l10n=True, force_grouping=True)
            for name in ("created", "updated", "unchanged", "refused")
        }
        write_mail(
            job.created_by.email,
            subject=_("Your contacts are in: %(file)s") % names,
            heading=_("The import of %(file)s is done") % names,
            paragraphs=[
                _(
                    "New: %(created)s. Updated: %(updated)s. Already the same: %(unchanged)s. Left out: %(refused)s."
                )
                % numbers
            ],
            locale=job.account.locale,
            button_label=_("See the result"),
            button_path=f"/app/accounts/{job.account_id}/contacts/import/{job.pk}",
        )
