"""What happens to labels. Copies of a title are kept upstairs: those rooms read the old one from here."""

from __future__ import annotations

from typing import Any, ClassVar

from ventanilla.events.facts import About, Fact, collection


class LabelCreated(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "label.created"
    administrative = About("labels.Label")
    told = collection("label", "label_id")
    label_id: int
    title: str


class LabelUpdated(Fact, frozen=True, kw_only=True):
    """`changes["title"]` is [old, new] after a renaming."""

    name: ClassVar[str] = "label.updated"
    administrative = About("labels.Label")
    told = collection("label", "label_id")
    label_id: int
    changes: dict[str, list[Any]]


class LabelDeleted(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "label.deleted"
    administrative = About("labels.Label")
    told = collection("label", "label_id")
    label_id: int
    title: str
