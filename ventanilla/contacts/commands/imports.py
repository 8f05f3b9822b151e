"""Imports: begun, set up, started, stopped, undone. What the rows do is in import_rows.py."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from ventanilla.accounts.actors import actor_of
from ventanilla.accounts.models import Account, User
from ventanilla.attributes.commands import create_definition
from ventanilla.attributes.models import AttributeModel
from ventanilla.attributes.selectors import definitions_of
from ventanilla.contacts.errors import ImportIsBusy, NotAnImport, UndoIsOver
from ventanilla.contacts.events import ContactImportChanged
from ventanilla.contacts.importing import guessing
from ventanilla.contacts.importing.options import CUSTOM, FIELDS, KEY_FIELDS, NEW, SKIP, Options
from ventanilla.contacts.models import ContactImport
from ventanilla.events import wakeup
from ventanilla.events.log import record
from ventanilla.kit import limit_values, phones, storage
from ventanilla.kit.changes import lock
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Invalid, TooLarge
from ventanilla.labels.commands import ensure_labels
from ventanilla.labels.titles import stored_titles

BELL = "contacts.imports"
UNDO_FOR = timedelta(hours=24)
KEPT_FOR = timedelta(days=30)
_READING = ("encoding", "delimiter", "has_header")
_NOT_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")

State = ContactImport.State


def begin_import(
    account: Account, *, content: storage.Readable, filename: str, by: User, at_once: bool = False
) -> ContactImport:
    """Keep the file, guess how it is read, and have it checked; with `at_once` it is imported by the contract's rules.

    Raises NotAnImport. Records contact_import.changed.
    """
    blob = _keep(content, filename)
    try:
        options = _guess(account, blob, {})
    except NotAnImport:
        storage.delete(blob.key)
        raise
    if at_once:
        options = guessing.with_free_attributes(options)
        _check_keys(options)
    with transaction.atomic():
        job = ContactImport.objects.create(
            account=account,
            created_by=by,
            file=msgspec.to_builtins(blob),
            options=msgspec.to_builtins(options),
            state=State.IMPORTING if at_once else State.CHECKING,
            started_at=now() if at_once else None,
        )
        _tell(job, by)
    return job


def _keep(content: storage.Readable, filename: str) -> storage.Blob:
    content.seek(0)
    head = content.read(8)
    if head.startswith(_NOT_TEXT):
        raise NotAnImport(_("This isn't a CSV file. Save the sheet as CSV and choose that."))
    if not head.strip(b"\xef\xbb\xbf\xff\xfe\x00 \r\n\t"):
        content.seek(0)
        if not content.read(1 << 16).strip(b"\xef\xbb\xbf\xff\xfe\x00 \r\n\t"):
            raise NotAnImport(_("The file is empty."))
    most = limit_values.of("MAX_IMPORT_BYTES")
    try:
        return storage.store(content, filename=filename or "contacts.csv", max_bytes=most)
    except TooLarge as refusal:
        limit_values.met_size("MAX_IMPORT_BYTES")
        raise NotAnImport(
            _("The file is too large: the limit is %(limit)s MB.") % {"limit": most // (1 << 20)}
        ) from refusal


def _guess(account: Account, blob: storage.Blob, given: Mapping[str, Any]) -> Options:
    attributes = definitions_of(account, model=AttributeModel.CONTACT)
    with storage.open_blob(blob) as content:
        options = guessing.options_of(
            content,
            attributes=[(row.key, row.display_name) for row in attributes],
            region=guessing.region_of(account.timezone),
            given=dict(given),
        )
    if not options.columns:
        raise NotAnImport(_("The file is empty."))
    return options


def blob_of(job: ContactImport) -> storage.Blob:
    """The file as it was uploaded."""
    return msgspec.convert(job.file, storage.Blob)


def options_of(job: ContactImport) -> Options:
    """How it is read."""
    return msgspec.convert(job.options, Options)


def makes_attributes(job: ContactImport) -> bool:
    """Whether a column becomes an attribute that the account has not got."""
    return any(target.startswith(NEW) for target in options_of(job).targets)


def change_import(job: ContactImport, *, changes: Mapping[str, Any], by: User) -> ContactImport:
    """Read the file otherwise or send its columns elsewhere: the check begins anew.

    Raises ImportIsBusy, or Invalid naming the option. Records contact_import.changed.
    """
    options = options_of(job)
    reading = {key: changes[key] for key in _READING if key in changes}
    _check_reading(reading)
    if reading:
        kept = {key: getattr(options, key) for key in _READING} | reading
        guessed = _guess(job.account, blob_of(job), kept)
        options = msgspec.structs.replace(
            options,
            columns=guessed.columns,
            targets=guessed.targets,
            decimal_comma=guessed.decimal_comma,
            **kept,
        )
    rest = {key: value for key, value in changes.items() if key not in _READING}
    options = msgspec.structs.replace(options, **_clean(job.account, options, rest))
    with transaction.atomic():
        lock(job)
        if job.state not in (State.CHECKING, State.CHECKED):
            raise ImportIsBusy
        job.options, job.state = msgspec.to_builtins(options), State.CHECKING
        job.revision += 1
        _reset(job)
        job.save()
        _tell(job, by)
    return job


def _check_reading(reading: Mapping[str, Any]) -> None:
    known = {"encoding": guessing.ENCODINGS, "delimiter": guessing.DELIMITERS, "has_header": (True, False)}
    wrong = [key for key, value in reading.items() if value not in known[key]]
    if wrong:
        raise Invalid(fields={key: [_("This isn't one of the known values.")] for key in wrong})


def _clean(account: Account, options: Options, given: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(given)
    if "targets" in values:
        values["targets"] = _clean_targets(account, options, values["targets"])
    if "region" in values and values["region"] and values["region"] not in phones.REGIONS:
        raise Invalid(fields={"region": [_("This isn't one of the known values.")]})
    if "on_existing" in values and values["on_existing"] not in ("update", "fill", "keep"):
        raise Invalid(fields={"on_existing": [_("This isn't one of the known values.")]})
    if "labels" in values:
        values["labels"] = sorted(stored_titles(values["labels"]))[:20]
    return values


def _clean_targets(account: Account, options: Options, targets: list[str]) -> list[str]:
    if len(targets) != len(options.columns):
        raise Invalid(fields={"targets": [_("Say for each column where it goes.")]})
    keys = set(definitions_of(account, model=AttributeModel.CONTACT).values_list("key", flat=True))
    known = {SKIP, *FIELDS, *(f"{CUSTOM}{key}" for key in keys)}
    used = [target for target in targets if target != SKIP]
    if any(target not in known and not re.fullmatch(rf"{NEW}.{{1,120}}", target) for target in targets):
        raise Invalid(fields={"targets": [_("This isn't one of the known values.")]})
    if len(used) != len(set(used)):
        raise Invalid(fields={"targets": [_("Two columns can't go to the same place.")]})
    return targets


def _check_keys(options: Options) -> None:
    if not KEY_FIELDS.intersection(options.targets):
        raise Invalid(
            fields={"targets": [_("Choose which column has the email or the phone number.")]},
        )


@transaction.atomic
def start_import(job: ContactImport, *, by: User) -> ContactImport:
    """Write what the check has counted; one that was stopped goes on where it stood.

    Raises ImportIsBusy or Invalid. Records contact_import.changed.
    """
    lock(job)
    if job.state == State.CHECKED:
        options = options_of(job)
        _check_keys(options)
        ensure_labels(job.account, titles=options.labels, by=by)
        job.options = msgspec.to_builtins(_with_new_attributes(job.account, options, by=by))
        _reset(job)
        job.started_at = now()
    elif job.state != State.STOPPED:
        raise ImportIsBusy
    job.state, job.finished_at = State.IMPORTING, None
    job.save()
    _tell(job, by)
    return job


def _with_new_attributes(account: Account, options: Options, *, by: User) -> Options:
    taken = set(definitions_of(account, model=AttributeModel.CONTACT).values_list("key", flat=True))
    targets = []
    for target in options.targets:
        if target.startswith(NEW):
            name = target.removeprefix(NEW).strip()
            key = _free_key(name, taken)
            create_definition(
                account, key=key, display_name=name, attribute_model=AttributeModel.CONTACT, by=by
            )
            target = f"{CUSTOM}{key}"
        targets.append(target)
    return msgspec.structs.replace(options, targets=targets)


def _free_key(name: str, taken: set[str]) -> str:
    word = re.sub(r"[^\w.-]+", "_", name.lower()).strip("_")[:100] or "attribute"
    key, number = word, 2
    while key in taken:
        key, number = f"{word}_{number}", number + 1
    taken.add(key)
    return key


@transaction.atomic
def stop_import(job: ContactImport, *, by: User) -> ContactImport:
    """Leave it where it is: what is in stays in. Raises ImportIsBusy. Records contact_import.changed."""
    lock(job)
    if job.state != State.IMPORTING:
        raise ImportIsBusy
    job.state, job.finished_at = State.STOPPED, now()
    job.save(update_fields=["state", "finished_at"])
    _tell(job, by)
    return job


@transaction.atomic
def undo_import(job: ContactImport, *, by: User) -> ContactImport:
    """Take back what it did, up to a day later; what was edited since stays. Raises ImportIsBusy or UndoIsOver.

    Records contact_import.changed, and contacts.import_undone as it goes on.
    """
    lock(job)
    if job.state not in (State.DONE, State.STOPPED, State.FAILED) or not (job.created or job.updated):
        raise ImportIsBusy
    if not can_be_undone(job):
        raise UndoIsOver
    job.state = State.UNDOING
    job.save(update_fields=["state"])
    _tell(job, by)
    return job


def can_be_undone(job: ContactImport) -> bool:
    """Whether the day has not passed yet."""
    return job.finished_at is not None and now() < job.finished_at + UNDO_FOR


@transaction.atomic
def discard_import(job: ContactImport, *, by: User) -> None:
    """Forget a file that was not imported. Raises ImportIsBusy. Records contact_import.changed."""
    lock(job)
    if job.state not in (State.CHECKING, State.CHECKED):
        raise ImportIsBusy
    _tell(job, by)
    forget_import(job)


def forget_import(job: ContactImport) -> None:
    """Delete the file and all that is kept of it."""
    key = blob_of(job).key
    job.delete()
    transaction.on_commit(lambda: storage.delete(key))


def _reset(job: ContactImport) -> None:
    job.read = job.created = job.updated = job.unchanged = job.refused = 0


def _tell(job: ContactImport, by: User | None) -> None:
    wakeup.ring(BELL)
    fact = ContactImportChanged(account_id=job.account_id, import_id=job.pk, state=job.state)
    record(fact, actor=actor_of(by))


@transaction.atomic
def note_end_seen(job: ContactImport, *, by: User) -> None:
    """Whoever began it has seen how it ended: it is no news any more. Records contact_import.changed."""
    mine = ContactImport.objects.filter(pk=job.pk, created_by=by, finished_at__isnull=False, seen_at=None)
    if mine.update(seen_at=now()):
        fact = ContactImportChanged(account_id=job.account_id, import_id=job.pk, state=job.state)
        record(fact, actor=actor_of(by))
