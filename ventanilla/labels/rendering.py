"""A label as the contract shows it (A.7)."""

from __future__ import annotations

from typing import Any

from ventanilla.labels.models import Label


def label_json(label: Label) -> dict[str, Any]:
    return {
        "id": label.pk,
        "title": label.title,
        "description": label.description,
        "color": label.color,
        "show_on_sidebar": label.show_on_sidebar,
    }
