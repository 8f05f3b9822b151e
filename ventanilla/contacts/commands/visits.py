"""What visitors do on a page besides writing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from ventanilla.contacts.events import WidgetTriggered
from ventanilla.contacts.models import ContactInbox
from ventanilla.events.log import Actor, record
from ventanilla.kit.limits import check_attributes

_TRIGGERED = "webwidget.triggered"


@transaction.atomic
def record_widget_event(visitor: ContactInbox, *, name: str, event_info: Mapping[str, Any]) -> bool:
    """The visitor opened the widget: told to webhooks and bots. Whether the name was one we keep.

    Raises Invalid for information that is too large. Records webwidget.triggered.
    """
    if name != _TRIGGERED:
        return False
    check_attributes(event_info, field="event_info")
    fact = WidgetTriggered(
        account_id=visitor.inbox.account_id,
        contact_id=visitor.contact_id,
        contact_inbox_id=visitor.pk,
        inbox_id=visitor.inbox_id,
        event_info=dict(event_info),
    )
    record(fact, actor=Actor("contact", visitor.contact_id))
    return True
