"""What the sign-in page asks of single sign-on: the buttons of this browser, the way by mail, and why it went wrong."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Schema

from ventanilla.api.desk.known_providers import known_providers
from ventanilla.api.desk.session import require_json
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.api.sign_in_limits import ask_for_link
from ventanilla.signin.commands.company_mail import request_links
from ventanilla.signin.single_sign_on import errors, way

router = Router(tags=["Desk"])


class KnownProviderShape(Schema):
    """A button: its words, and where it leads."""

    name: str
    path: str


class SayingShape(Schema):
    """Why somebody came back in vain, in words."""

    message: str


class CompanyBody(Body):
    """The address at work."""

    email: str = ""


@router.get("/known", operation_id="list_known_providers", response=list[KnownProviderShape], auth=None)
def known(request: HttpRequest) -> HttpResponse:
    """The providers by which somebody came in from this browser, the one used last first."""
    rows = known_providers(request)
    return json_reply([{"name": row.name, "path": f"{way.PATH}{row.slug}"} for row in rows])


@router.post("/mail", operation_id="mail_provider_links", response={200: None}, auth=None)
def mail(request: HttpRequest, given: CompanyBody = Given()) -> HttpResponse:
    """Mail the links of the companies that this address belongs to. The answer is the same for an address no one has."""
    require_json(request)
    ask_for_link(request, given.email)
    request_links(email=given.email)
    return empty_reply()


@router.get("/problems/{code}", operation_id="explain_sign_in_problem", response=SayingShape, auth=None)
def explain(request: HttpRequest, code: str) -> HttpResponse:
    """The sentence of a refusal that the sign-in page was sent back with."""
    return json_reply({"message": errors.sentence_of(code)})
