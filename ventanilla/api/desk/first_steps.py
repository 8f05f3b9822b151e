"""The first hour, for administrators: what remains to be done, and the conversation to practise in."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.policies import Capability
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.inboxes.channels import kinds_where
from ventanilla.inboxes.selectors import get_inbox
from ventanilla.kit.errors import NotFound
from ventanilla.onboarding import commands
from ventanilla.onboarding.registry import steps
from ventanilla.onboarding.selectors import has_ended, sample_of

router = Router(tags=["Desk"])


class StepShape(Schema):
    """One step. `facts` are its own: see the file of that name in `onboarding/steps`."""

    name: str
    minutes: int
    is_done: bool
    facts: dict[str, Any]


class FirstStepsShape(Schema):
    """An hour that has ended has no steps. `sample`: display id of the conversation to practise in."""

    has_ended: bool
    steps: list[StepShape]
    sample: int | None


class SampleShape(Schema):
    """The conversation to practise in, by its display id."""

    sample: int


class LookBody(Body):
    """The website channel whose page is looked at."""

    inbox_id: int = 0


@router.get("", operation_id="show_first_steps", response=FirstStepsShape)
def show(request: Request, account_id: int) -> HttpResponse:
    """How far it is, looked at now."""
    request.auth.require(Capability.ADMINISTRATION)
    account = request.auth.account
    if has_ended(account):
        return json_reply({"has_ended": True, "steps": [], "sample": None})
    sample = sample_of(account)
    found = [(step, step.look(account)) for step in steps()]
    return json_reply(
        {
            "has_ended": False,
            "steps": [
                {
                    "name": step.name,
                    "minutes": step.minutes,
                    "is_done": seen.is_done,
                    "facts": dict(seen.facts),
                }
                for step, seen in found
            ],
            "sample": sample.display_id if sample else None,
        }
    )


@router.post("/end", operation_id="end_first_steps", response={200: None})
def end(request: Request, account_id: int) -> HttpResponse:
    """Take the page and the sample away."""
    request.auth.require(Capability.ADMINISTRATION)
    commands.end_first_steps(request.auth.account, by=request.auth.person)
    return empty_reply()


@router.post("/resume", operation_id="resume_first_steps", response={200: None})
def resume(request: Request, account_id: int) -> HttpResponse:
    """Bring the page back."""
    request.auth.require(Capability.ADMINISTRATION)
    commands.resume_first_steps(request.auth.account, by=request.auth.person)
    return empty_reply()


@router.post("/sample", operation_id="make_sample_conversation", response=SampleShape)
def make_sample(request: Request, account_id: int) -> HttpResponse:
    """The conversation to practise in; the one that is there, if it is."""
    request.auth.require(Capability.ADMINISTRATION)
    made = commands.make_sample(request.auth.account, by=request.auth.person)
    return json_reply({"sample": made.display_id})


@router.delete("/sample", operation_id="remove_sample_conversation", response={200: None})
def remove_sample(request: Request, account_id: int) -> HttpResponse:
    """Delete it, with its customer."""
    request.auth.require(Capability.ADMINISTRATION)
    commands.remove_sample(request.auth.account, by=request.auth.person)
    return empty_reply()


@router.post("/look", operation_id="look_at_page", response={200: None})
def look(request: Request, account_id: int, given: LookBody = Given()) -> HttpResponse:
    """Look for the chat's line on the company's page. 409 says why it was not seen."""
    request.auth.require(Capability.ADMINISTRATION)
    inbox = get_inbox(request.auth.account, inbox_id=given.inbox_id)
    if inbox.kind not in kinds_where(in_our_widget=True):
        raise NotFound
    commands.look_at_page(inbox)
    return empty_reply()
