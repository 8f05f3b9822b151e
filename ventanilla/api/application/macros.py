"""Macros (contract B.6, F.18)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema

from ventanilla.accounts.policies import Capability
from ventanilla.api.application.agents import AgentShape
from ventanilla.api.application.conversation_access import visibility_of
from ventanilla.api.auth import Request
from ventanilla.api.errors import refusal_body
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.automation.commands import macros as commands
from ventanilla.automation.commands.runs import run_macro
from ventanilla.automation.errors import named
from ventanilla.automation.models import Macro
from ventanilla.automation.rendering import macro_json, macros_json
from ventanilla.automation.selectors import get_macro, macros_of
from ventanilla.conversations.models import Conversation
from ventanilla.kit.errors import Forbidden, Invalid, NotFound, Unauthorised

router = Router(tags=["Macros"])

MOST_CONVERSATIONS = 1_000  # in one run


class MacroFileShape(Schema):
    """A file that one of the actions sends."""

    id: int
    macro_id: int
    file_type: str
    account_id: int
    file_url: str
    blob_id: str
    filename: str


class MacroShape(Schema):
    """A macro. `can_update` and `can_delete` are the caller's; who made and changed it is there while they are here."""

    id: int
    name: str
    visibility: Literal["personal", "global"]
    account_id: int
    actions: list[dict[str, Any]]
    can_update: bool
    can_delete: bool
    created_by: AgentShape | None = None
    updated_by: AgentShape | None = None
    files: list[MacroFileShape] | None = None


class MacroAnswer(Schema):
    """A macro in its envelope."""

    payload: MacroShape


class MacrosAnswer(Schema):
    """The macros in their envelope."""

    payload: list[MacroShape]


class MacroIn(Body):
    """A macro. `actions`: [{"action_name": …, "action_params": [...]}, …]; an agent's is always personal."""

    wrapper: ClassVar[str | None] = "macro"
    name: str | None = None
    visibility: str | None = None
    actions: Any = None


class ExecuteIn(Body):
    """Numbers of the conversations."""

    conversation_ids: list[int] = []


def written(act: Callable[[], Macro], request: Request) -> HttpResponse:
    """The macro, or what is wrong with it in the envelope that macros have (contract A.4)."""
    try:
        macro = act()
    except Invalid as refusal:
        body = refusal_body(refusal)
        return json_reply({**body, "error": refusal.fields or body["error"]}, status=refusal.status)
    except Forbidden as refusal:
        raise _closed(request, refusal) from None
    return json_reply({"payload": macro_json(macro, member=request.auth.member)})


def _closed(request: Request, refusal: Forbidden) -> Forbidden | Unauthorised:
    return refusal if request.auth.at_desk else Unauthorised(refusal.message)


@router.get("", operation_id="list_macros", response=MacrosAnswer)
def index(request: Request, account_id: int) -> HttpResponse:
    """Everyone's and the caller's own, by name."""
    member = request.auth.member
    return json_reply({"payload": macros_json(list(macros_of(member)), member=member)})


@router.post("", operation_id="create_macro", response=MacroAnswer)
def create(request: Request, account_id: int, given: MacroIn = Given()) -> HttpResponse:
    """Make one."""
    request.auth.require(Capability.CONVERSATIONS_WRITE)
    member = request.auth.member
    return written(
        lambda: commands.create_macro(
            name=given.name or "",
            visibility=given.visibility or Macro.Visibility.PERSONAL,
            actions=given.actions if given.actions is not None else [],
            by=member,
        ),
        request,
    )


@router.get("/{int:macro_id}", operation_id="show_macro", response=MacroAnswer)
def show(request: Request, account_id: int, macro_id: int) -> HttpResponse:
    """One of them."""
    member = request.auth.member
    return json_reply({"payload": macro_json(get_macro(member, macro_id=macro_id), member=member)})


@router.patch("/{int:macro_id}", operation_id="update_macro", response=MacroAnswer)
def change(request: Request, account_id: int, macro_id: int, given: MacroIn = Given()) -> HttpResponse:
    """Change what is given."""
    request.auth.require(Capability.CONVERSATIONS_WRITE)
    member = request.auth.member
    macro = get_macro(member, macro_id=macro_id)
    return written(lambda: commands.update_macro(macro, given.given, by=member), request)


@router.delete("/{int:macro_id}", operation_id="delete_macro", response={200: None})
def destroy(request: Request, account_id: int, macro_id: int) -> HttpResponse:
    """Delete it; for a day the desk can bring it back."""
    request.auth.require(Capability.CONVERSATIONS_WRITE)
    member = request.auth.member
    try:
        commands.delete_macro(get_macro(member, macro_id=macro_id), by=member)
    except Forbidden as refusal:
        raise _closed(request, refusal) from None
    return empty_reply()


@router.post("/{int:macro_id}/execute", operation_id="execute_macro", response={200: None})
def execute(request: Request, account_id: int, macro_id: int, given: ExecuteIn = Given()) -> HttpResponse:
    """Run it over these conversations, as the caller; answered before it is done."""
    macro = runnable(request, macro_id)
    run_macro(macro, conversations_given(request, given.conversation_ids), by=request.auth.person)
    return empty_reply()


def runnable(request: Request, macro_id: int) -> Macro:
    """The macro, for someone who may run any."""
    request.auth.require(Capability.CONVERSATIONS_WRITE)
    return get_macro(request.auth.member, macro_id=macro_id)


def conversations_given(request: Request, ids: list[int]) -> list[Conversation]:
    """The conversations of those numbers that the caller may see, in that order. Raises Invalid, NotFound."""
    wanted = list(dict.fromkeys(ids))
    if not wanted or len(wanted) > MOST_CONVERSATIONS:
        raise Invalid(fields={"conversation_ids": [_("Choose between 1 and 1,000 conversations.")]})
    rows = Conversation.objects.filter(visibility_of(request).q(), display_id__in=wanted)
    found = {row.display_id: row for row in rows}
    if missing := [number for number in wanted if number not in found]:
        sentence = _("We couldn't find these conversations: %(numbers)s.") % {"numbers": named(missing)}
        raise NotFound(fields={"conversation_ids": [sentence]})
    return [found[number] for number in wanted]
