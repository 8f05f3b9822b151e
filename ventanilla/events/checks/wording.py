"""What readers of the log keep up to date, in the product's words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ventanilla.kit.health import Words

_KEPT = {
    "search": _("Search"),
    "delivery": _("Outgoing messages"),
    "notifications": _("Notifications"),
    "routing": _("Assignment"),
    "automation": _("Automation"),
    "audit": _("Audit log"),
    "contacts": _("Contacts"),
    "conversations": _("Conversations"),
    "inboxes": _("Channels"),
    "surveys": _("Satisfaction"),
    "timeline": _("Timeline"),
    "boards": _("Folders"),
    "accounts": _("People"),
}


def part_of(consumer: str) -> Words:
    """The part of the product that this reader serves; its own name when no one gave the part a word."""
    room = consumer.partition(".")[0]
    return Words(_KEPT[room]) if room in _KEPT else Words("%(name)s", name=consumer)
