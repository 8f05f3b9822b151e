"""Labels (B.6)."""

from __future__ import annotations

from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.policies import Capability
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.labels import commands
from ventanilla.labels.rendering import label_json
from ventanilla.labels.selectors import get_label, labels_of

router = Router(tags=["Labels"])


class LabelShape(Schema):
    """A label."""

    id: int
    title: str
    description: str
    color: str
    show_on_sidebar: bool


class LabelsAnswer(Schema):
    """All labels."""

    payload: list[LabelShape]


class TitlesAnswer(Schema):
    """Titles of labels."""

    payload: list[str]


class NewLabelBody(Body):
    """A new label."""

    wrapper = "label"
    title: str
    description: str | None = None
    color: str | None = None
    show_on_sidebar: bool | None = None


class LabelBody(NewLabelBody):
    """What to change of a label."""

    title: str | None = None  # type: ignore[assignment]  # not needed to change other things


@router.get("", operation_id="list_labels", response=LabelsAnswer)
def index(request: Request, account_id: int) -> HttpResponse:
    """All labels, by title."""
    return json_reply({"payload": [label_json(label) for label in labels_of(request.auth.account)]})


@router.post("", operation_id="create_label", response=LabelShape)
def create(request: Request, account_id: int, given: NewLabelBody = Given()) -> HttpResponse:
    """Make a label; its title is kept in lower case."""
    request.auth.require(Capability.LABELS_WRITE)
    return json_reply(
        label_json(commands.create_label(request.auth.account, by=request.auth.person, **given.given))
    )


@router.get("/{int:label_id}", operation_id="show_label", response=LabelShape)
def show(request: Request, account_id: int, label_id: int) -> HttpResponse:
    """One label; the list is for everyone, the page for administrators."""
    request.auth.require(Capability.LABELS_WRITE)
    return json_reply(label_json(get_label(request.auth.account, label_id=label_id)))


@router.patch("/{int:label_id}", operation_id="update_label", response=LabelShape)
def change(request: Request, account_id: int, label_id: int, given: LabelBody = Given()) -> HttpResponse:
    """Change what is given; a new title is put on conversations and contacts afterwards."""
    request.auth.require(Capability.LABELS_WRITE)
    label = get_label(request.auth.account, label_id=label_id)
    return json_reply(label_json(commands.update_label(label, by=request.auth.person, **given.given)))


@router.delete("/{int:label_id}", operation_id="delete_label", response={200: None})
def destroy(request: Request, account_id: int, label_id: int) -> HttpResponse:
    """Delete the label and take it off everything."""
    request.auth.require(Capability.LABELS_WRITE)
    commands.delete_label(get_label(request.auth.account, label_id=label_id), by=request.auth.person)
    return empty_reply()
