"""The form before the chat follows the custom attributes it asks for (F.16)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from ventanilla.accounts.commands.caches import Cached, invalidate_cache
from ventanilla.attributes.models import AttributeDefinition, AttributeModel, DisplayType
from ventanilla.events.log import record
from ventanilla.inboxes.channels import kinds_where
from ventanilla.inboxes.events import InboxUpdated
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.changes import lock

Field = dict[str, Any]
_NUMBERS = frozenset({DisplayType.NUMBER, DisplayType.CURRENCY, DisplayType.PERCENT})


def update_pre_chat_fields(definition: AttributeDefinition) -> None:
    """Bring the fields made of this attribute up to date in every form. Records inbox.updated where one changed."""
    kind = DisplayType(definition.display_type)
    fresh: Field = {
        "label": definition.display_name,
        "type": "number" if kind in _NUMBERS else kind.label,
        "values": definition.values,
        "regex_pattern": definition.regex_pattern or None,
        "regex_cue": definition.regex_cue or None,
    }
    model = AttributeModel(definition.attribute_model).label
    _rewrite(definition.account_id, model, definition.key, lambda field: {**field, **fresh})


def remove_pre_chat_fields(account_id: int, *, key: str, attribute_model: str) -> None:
    """Take the fields of a deleted attribute out of every form. Records inbox.updated where one changed."""
    _rewrite(account_id, attribute_model, key, lambda _field: None)


def _with_forms(account_id: int) -> QuerySet[Inbox]:
    return Inbox.objects.filter(
        account_id=account_id, deleted_at__isnull=True, kind__in=kinds_where(in_our_widget=True)
    )


def _rewrite(account_id: int, model: str, key: str, change: Callable[[Field], Field | None]) -> None:
    for inbox in _with_forms(account_id):
        _rewrite_form(inbox, model, key, change)


@transaction.atomic
def _rewrite_form(inbox: Inbox, model: str, key: str, change: Callable[[Field], Field | None]) -> None:
    lock(inbox)
    form = inbox.channel_settings.get("pre_chat_form_options") or {}
    before = form.get("pre_chat_fields") or []
    changed = [
        change(field) if field.get("field_type") == model and field.get("name") == key else field
        for field in before
    ]
    after = [field for field in changed if field is not None]
    if after == before:
        return
    inbox.channel_settings = {
        **inbox.channel_settings,
        "pre_chat_form_options": {**form, "pre_chat_fields": after},
    }
    inbox.version += 1
    inbox.save(update_fields=["channel_settings", "version", "updated_at"])
    changes = {"channel.pre_chat_form_options": [None, None]}
    record(InboxUpdated(account_id=inbox.account_id, inbox_id=inbox.pk, changes=changes))
    invalidate_cache(inbox.account, of=Cached.INBOXES)
