"""Single sign-on as the account's administrators set it up."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.policies import Capability
from ventanilla.api.auth import Request, reach_of_request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.proofs import freshly_proved
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.kit import links, rate_limits
from ventanilla.kit.clock import iso
from ventanilla.signin.commands import providers as commands
from ventanilla.signin.models import Identity, SignInProvider
from ventanilla.signin.selectors import get_provider, identities_of, providers_of
from ventanilla.signin.single_sign_on.errors import ProviderProblem
from ventanilla.signin.single_sign_on.way import BACK, PATH

router = Router(tags=["Desk"])

RoleName = Literal["administrator", "agent", "analyst"]


class RuleShape(Schema):
    """Whoever's claim has the value gets the role ("" none of these), or the account's own, and joins the team."""

    value: str
    role: str = ""
    custom_role_id: int | None = None
    team_id: int | None = None


class ProviderShape(Schema):
    """A provider. `link` leads straight to it; the secret is never shown. `people`: how many came by it.

    `unverified_domains`: those of `domains` about which it is believed though it says nothing of having verified them.
    """

    id: int
    name: str
    slug: str
    link: str
    issuer: str
    client_id: str
    has_secret: bool
    domains: list[str]
    unverified_domains: list[str]
    makes_members: bool
    role: str
    custom_role_id: int | None
    claim: str
    rules: list[RuleShape]
    people: int


class SingleSignOnShape(Schema):
    """`only`: the account opens by nothing else. `can_ask_for_it`: the caller came by one of its providers here.

    `redirect_uri`: what the provider has to be told; "" while the installation does not know its address.
    """

    only: bool
    can_ask_for_it: bool
    redirect_uri: str
    providers: list[ProviderShape]


class ProviderBody(Body):
    """What is given is changed. `client_secret` "" keeps the one there is; `custom_role_id` goes before `role`."""

    name: str | None = None
    issuer: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    domains: list[str] | str | None = None
    unverified_domains: list[str] | str | None = None
    makes_members: bool | None = None
    role: RoleName | None = None
    custom_role_id: int | None = None
    claim: str | None = None
    rules: list[RuleShape] | None = None


class OnlyBody(Body):
    """Whether passwords, passkeys and mailed links stop."""

    only: bool = False


class CheckBody(Body):
    """The issuer to ask."""

    issuer: str = ""


class CheckedShape(Schema):
    """What the provider said. `problem`: what is wrong, in words; "" when all is well. `code` is stable."""

    problem: str
    code: str
    issuer: str
    authorization_endpoint: str


class PersonShape(Schema):
    """A member who came by the provider."""

    user_id: int
    name: str
    email: str
    last_used_at: str


def _provider(one: SignInProvider) -> dict[str, Any]:
    return {
        "id": one.pk,
        "name": one.name,
        "slug": one.slug,
        "link": links.lasting_url(f"{PATH}{one.slug}"),
        "issuer": one.issuer,
        "client_id": one.client_id,
        "has_secret": bool(one.client_secret),
        "domains": one.domains,
        "unverified_domains": one.unverified_domains,
        "makes_members": one.makes_members,
        "role": one.role,
        "custom_role_id": one.custom_role_id,
        "claim": one.claim,
        "rules": one.rules,
        "people": getattr(one, "people", 0),
    }


def _all(request: Request) -> dict[str, Any]:
    account = request.auth.account
    account.refresh_from_db(fields=["only_single_sign_on"])
    return {
        "only": account.only_single_sign_on,
        "can_ask_for_it": account.pk in reach_of_request(request).accounts,
        "redirect_uri": links.public_url(BACK) if links.base_url() else "",
        "providers": [_provider(one) for one in providers_of(account)],
    }


def _fields(given: ProviderBody) -> dict[str, Any]:
    """Null says nothing, except of a role of the account's own, where it is none."""
    fields = {
        name: value for name, value in given.given.items() if value is not None or name == "custom_role_id"
    }
    if given.rules is not None:
        fields["rules"] = [rule.dict() for rule in given.rules]
    if fields.get("custom_role_id", 1) is None and "role" not in fields:
        fields.pop("custom_role_id")
    return fields


@router.get("/single_sign_on", operation_id="show_single_sign_on", response=SingleSignOnShape)
def show(request: Request, account_id: int) -> HttpResponse:
    """Its providers, and whether the account opens by them alone."""
    request.auth.require(Capability.ADMINISTRATION)
    return json_reply(_all(request))


@router.post("/single_sign_on/providers", operation_id="add_sign_in_provider", response=SingleSignOnShape)
def add(request: Request, account_id: int, given: ProviderBody = Given()) -> HttpResponse:
    """Set one up."""
    request.auth.require(Capability.ADMINISTRATION)
    commands.add_provider(request.auth.account, by=freshly_proved(request), **_fields(given))
    return json_reply(_all(request))


@router.patch(
    "/single_sign_on/providers/{int:provider_id}",
    operation_id="change_sign_in_provider",
    response=SingleSignOnShape,
)
def change(
    request: Request, account_id: int, provider_id: int, given: ProviderBody = Given()
) -> HttpResponse:
    """Change what is given."""
    request.auth.require(Capability.ADMINISTRATION)
    provider = get_provider(request.auth.account, provider_id)
    commands.change_provider(provider, by=freshly_proved(request), **_fields(given))
    return json_reply(_all(request))


@router.delete(
    "/single_sign_on/providers/{int:provider_id}",
    operation_id="remove_sign_in_provider",
    response=SingleSignOnShape,
)
def remove(request: Request, account_id: int, provider_id: int) -> HttpResponse:
    """No one comes in by it any more."""
    request.auth.require(Capability.ADMINISTRATION)
    provider = get_provider(request.auth.account, provider_id)
    commands.remove_provider(provider, by=freshly_proved(request))
    return json_reply(_all(request))


@router.post("/single_sign_on/check", operation_id="check_sign_in_provider", response=CheckedShape)
def check(request: Request, account_id: int, given: CheckBody = Given()) -> HttpResponse:
    """Ask the provider what it says of itself. Takes seconds; nothing is kept."""
    request.auth.require(Capability.ADMINISTRATION)
    rate_limits.check("provider_checks_per_account", account_id)
    try:
        found = commands.try_provider(given.issuer)
    except ProviderProblem as problem:
        said = {"problem": problem.message, "code": problem.code, "issuer": "", "authorization_endpoint": ""}
        return json_reply(said)
    return json_reply(
        {"problem": "", "code": "", "issuer": found.issuer, "authorization_endpoint": found.authorization}
    )


@router.patch("/single_sign_on", operation_id="set_only_single_sign_on", response=SingleSignOnShape)
def set_only(request: Request, account_id: int, given: OnlyBody = Given()) -> HttpResponse:
    """Let the account open by its providers alone, or by passwords as well."""
    request.auth.require(Capability.ADMINISTRATION)
    commands.ask_for_single_sign_on(
        request.auth.account,
        only=given.only,
        by=freshly_proved(request),
        reach=reach_of_request(request),
    )
    return json_reply(_all(request))


@router.get(
    "/single_sign_on/providers/{int:provider_id}/people",
    operation_id="list_people_of_provider",
    response=list[PersonShape],
)
def people(request: Request, account_id: int, provider_id: int) -> HttpResponse:
    """Members who came by it, the last one first."""
    request.auth.require(Capability.ADMINISTRATION)
    rows = identities_of(get_provider(request.auth.account, provider_id))
    return json_reply([_person(row) for row in rows])


def _person(row: Identity) -> dict[str, Any]:
    user = row.user
    assert user is not None  # identities_of leaves out whose user is gone
    return {
        "user_id": user.pk,
        "name": user.available_name,
        "email": user.email,
        "last_used_at": iso(row.last_used_at),
    }


@router.delete(
    "/single_sign_on/providers/{int:provider_id}/people/{int:user_id}",
    operation_id="unlink_person_of_provider",
    response={200: None},
)
def unlink(request: Request, account_id: int, provider_id: int, user_id: int) -> HttpResponse:
    """The next one with that member's address may be another user of the provider."""
    request.auth.require(Capability.ADMINISTRATION)
    provider = get_provider(request.auth.account, provider_id)
    commands.unlink(provider, user_id=user_id, by=freshly_proved(request))
    return empty_reply()
