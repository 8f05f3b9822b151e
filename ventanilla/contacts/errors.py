"""Refusals of this room."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from ventanilla.kit.errors import Conflict, Invalid, Refusal

if TYPE_CHECKING:
    from ventanilla.kit.errors import Text

_TAKEN = {
    "email": _("Another contact already has this email."),
    "phone_number": _("Another contact already has this phone number."),
    "identifier": _("Another contact already has this identifier."),
    "value": _("Another contact already has this address."),
}


class ContactKeyTaken(Invalid):
    """Other contacts of the account have these: email, phone or identifier. `contact_ids` says who, by field."""

    code = "contact_exists"

    def __init__(self, contact_ids: Mapping[str, int]) -> None:
        super().__init__(fields={field: [_TAKEN[field]] for field in contact_ids})
        self.contact_ids = dict(contact_ids)


class ContactIsOnline(Refusal):
    """Someone who is here now cannot be deleted under their own feet (F.11)."""

    code = "contact_online"
    default_message = _("This contact is online now. Try again when they've left.")


class NotReachable(Invalid):
    """The contact has no address that this inbox could write to."""

    code = "not_reachable"

    def __init__(self, field: str) -> None:
        sentence = (
            _("The contact needs an email for this channel. Add it to their record.")
            if field == "email"
            else _("The contact needs a phone number for this channel. Add it to their record.")
        )
        super().__init__(fields={field: [sentence]})


class SourceTaken(Invalid):
    """Another contact is known by this source_id in the inbox."""

    code = "source_taken"

    def __init__(self) -> None:
        super().__init__(
            fields={"source_id": [_("Another contact already has this source_id in the channel.")]}
        )


class NotAnImport(Invalid):
    """The file is no table of text, is empty, or is too large. The sentence says which."""

    code = "not_an_import"

    def __init__(self, sentence: Text) -> None:
        super().__init__(fields={"import_file": [sentence]})


class ImportIsBusy(Conflict):
    """What is asked for does not go with where the import stands."""

    code = "import_busy"
    default_message = _("This can't be done at this point of the import.")


class MergeIsGone(Conflict):
    """It was undone already, or what it put together is no longer there."""

    code = "merge_gone"
    default_message = _("This merge can't be undone any more.")


class UndoIsOver(Conflict):
    """An import can be undone for a day."""

    code = "undo_over"
    default_message = _("It's too late to undo this import.")
