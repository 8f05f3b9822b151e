"""Macros: made, changed, deleted, brought back. Their files are kept with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ventanilla.accounts.actors import actor_of
from ventanilla.accounts.commands.users import clean_name
from ventanilla.accounts.models import Membership
from ventanilla.automation import policies, registry
from ventanilla.automation.action import Acting, Action, Parameter
from ventanilla.automation.events import MacroCreated, MacroDeleted, MacroUpdated
from ventanilla.automation.models import Macro, MacroFile
from ventanilla.automation.selectors import makers_here
from ventanilla.conversations.commands.attachments import forget_files, keep_files, uploaded
from ventanilla.conversations.models import Attachment
from ventanilla.conversations.models.kept import KEPT_COLUMNS
from ventanilla.events.log import record
from ventanilla.kit import storage
from ventanilla.kit.changes import assign, lock
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Forbidden, Invalid

MOST_ACTIONS = 50
_UPLOAD = "upload"


def create_macro(*, name: str, visibility: str, actions: Any, by: Membership) -> Macro:
    """Make one. Raises Invalid, UnknownAction, AttachmentRefused. Records macro.created."""
    macro = Macro(account_id=by.account_id, created_by=by.user)
    return _write(macro, {"name": name, "visibility": visibility, "actions": actions}, by=by)


def update_macro(macro: Macro, given: dict[str, Any], *, by: Membership) -> Macro:
    """Change what is given of name, visibility, actions. Raises the same, and Forbidden. Records macro.updated."""
    if not policies.may_update(macro, by):
        raise Forbidden(_("Only the person who made it or an administrator can change it."))
    return _write(macro, given, by=by)


def _write(macro: Macro, given: dict[str, Any], *, by: Membership) -> Macro:
    values = _clean(given, by=by)
    kept: list[Attachment] = []
    if "actions" in values:
        kept = _new_files(macro, values["actions"])
    try:
        with transaction.atomic():
            gone = _save(macro, values, kept, by=by)
    except BaseException:
        forget_files(kept)
        raise
    forget_files(gone)
    return macro


def _save(
    macro: Macro, values: dict[str, Any], kept: Sequence[Attachment], *, by: Membership
) -> list[MacroFile]:
    is_new = macro.pk is None
    if not is_new:
        lock(macro)
    changes = assign(macro, values)
    macro.updated_by = by.user
    macro.save()
    MacroFile.objects.bulk_create(
        MacroFile(macro=macro, **{name: getattr(one, name) for name in KEPT_COLUMNS}) for one in kept
    )
    fact = (
        MacroCreated(account_id=macro.account_id, macro_id=macro.pk)
        if is_new
        else MacroUpdated(account_id=macro.account_id, macro_id=macro.pk, changes=changes)
    )
    if is_new or changes:
        record(fact, actor=actor_of(by.user))
    if "actions" not in values:
        return []
    named = {storage.from_signed_id(one).key for action in macro.actions for one in files_of(action)}
    gone = list(macro.files.exclude(file__in=named))
    MacroFile.objects.filter(pk__in=[one.pk for one in gone]).delete()
    return gone


def _clean(given: dict[str, Any], *, by: Membership) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if given.get("name") is not None:
        values["name"] = clean_name(str(given["name"]))
    if given.get("visibility") is not None:
        if given["visibility"] not in Macro.Visibility.values:
            raise Invalid(fields={"visibility": [_("Choose who can use it.")]})
        shared = given["visibility"] == Macro.Visibility.GLOBAL and policies.may_share(by)
        values["visibility"] = Macro.Visibility.GLOBAL if shared else Macro.Visibility.PERSONAL
    if given.get("actions") is not None:
        values["actions"] = _clean_actions(given["actions"], by=by)
    return values


def _clean_actions(wire: Any, *, by: Membership) -> list[dict[str, Any]]:
    """The actions, each of which can be read. A person's rights are asked when it is run: another may run it."""
    steps = registry.steps_from(wire)
    if not steps or len(steps) > MOST_ACTIONS:
        raise Invalid(fields={"actions": [_("Add between one and fifty actions.")]})
    acting = Acting(account=by.account, by=None)
    for number, step in enumerate(steps, start=1):
        try:
            registry.action_called(step.name)(step.given, acting=acting)
        except Invalid as refusal:
            sentence = _("Action %(number)d: %(reason)s") % {"number": number, "reason": refusal.message}
            raise Invalid(fields={"actions": [sentence]}) from None
    return [
        {
            "action_name": str(item["action_name"]),
            "action_params": registry.action_called(step.name).to_list(step.given),
        }
        for item, step in zip(wire, steps, strict=True)
    ]


def _upload_parameter(action: type[Action]) -> Parameter | None:
    return next((one for one in action.parameters if one.shape == _UPLOAD), None)


def files_of(action: dict[str, Any]) -> list[str]:
    """The signed ids of the files that an action sends."""
    kind = registry.action_called(action["action_name"])
    parameter = _upload_parameter(kind)
    if parameter is None:
        return []
    found = kind.from_list(action["action_params"]).get(parameter.name)
    return [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, str)]


def _new_files(macro: Macro, actions: list[dict[str, Any]]) -> list[Attachment]:
    """Files that the macro does not have yet, kept; the actions name them by where they are kept from now on."""
    here = set(macro.files.values_list("file", flat=True)) if macro.pk else set()
    kept: list[Attachment] = []
    for action in actions:
        params = action["action_params"]
        for signed in files_of(action):
            if storage.from_signed_id(signed).key in here:
                continue
            (file,) = keep_files([uploaded(signed)])
            at = params.index(signed)
            params[at] = storage.signed_id(blob_of(file))
            kept.append(file)
    return kept


def blob_of(file: Attachment | MacroFile) -> storage.Blob:
    """The stored file, described."""
    return storage.Blob(
        key=file.file.name or "", filename=file.filename, content_type=file.mime_type, byte_size=file.size
    )


@transaction.atomic
def delete_macro(macro: Macro, *, by: Membership) -> None:
    """Hide it everywhere; for a day it can be brought back. Raises Forbidden. Records macro.deleted."""
    lock(macro)
    makers = [macro.created_by_id] if macro.created_by_id else []
    here = bool(makers_here(macro.account_id, makers))
    if not policies.may_delete(macro, by, maker_is_here=here):
        raise Forbidden(_("Only the person who made it can delete it."))
    macro.deleted_at = now()
    macro.save(update_fields=["deleted_at"])
    record(MacroDeleted(account_id=macro.account_id, macro_id=macro.pk), actor=actor_of(by.user))


@transaction.atomic
def restore_macro(macro: Macro, *, by: Membership) -> None:
    """Bring a deleted one back. Records macro.created."""
    lock(macro)
    if macro.deleted_at is None:
        return
    macro.deleted_at = None
    macro.save(update_fields=["deleted_at"])
    record(MacroCreated(account_id=macro.account_id, macro_id=macro.pk), actor=actor_of(by.user))


def purge_macro(macro: Macro) -> None:
    """Delete it for good, with its files."""
    files = list(macro.files.all())
    macro.delete()
    forget_files(files)
