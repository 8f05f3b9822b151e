"""Users of the operator's customers: made, changed, and signed in by a link."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.commands.one_time import sso_url
from ventanilla.accounts.commands.platform import create_user_for, delete_user_for, update_user_for
from ventanilla.accounts.commands.users import reset_access_token
from ventanilla.accounts.models import AccessToken
from ventanilla.accounts.rendering import user_with_keys_json
from ventanilla.api.auth import PlatformRequest
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.platform.access import permitted_user
from ventanilla.api.replies import empty_reply, json_reply

router = Router(tags=["platform"])


class PlatformUserIn(Body):
    """A person. Without a password they come in by the login link only."""

    email: str | None = None
    name: str | None = None
    display_name: str | None = None
    password: str | None = None
    custom_attributes: dict[str, Any] | None = None


class PlatformNewUserIn(PlatformUserIn):
    """The same for a new one, who needs an address."""

    email: str
    name: str = ""


class PlatformUserOut(Schema):
    """The user of A.7, of which this names the core."""

    id: int
    email: str
    name: str
    access_token: str
    accounts: list[dict[str, Any]]


class PlatformLoginOut(Schema):
    """A link that signs the user in once, within five minutes."""

    url: str


class PlatformTokenOut(Schema):
    """The user's API token."""

    access_token: str
    expiry: str | None = None
    user: dict[str, Any]


def _fields(given: PlatformUserIn) -> dict[str, Any]:
    return {name: value for name, value in given.given.items() if value is not None}


@router.post("/users", response=PlatformUserOut, summary="Make or find a user")
def create(request: PlatformRequest, given: PlatformNewUserIn = Given()) -> HttpResponse:
    """A confirmed user; the one who has that address already, if there is one."""
    user = create_user_for(request.auth, **{"name": "", **_fields(given)})
    return json_reply(user_with_keys_json(user))


@router.get("/users/{int:user_id}", response=PlatformUserOut, summary="Show a user")
def show(request: PlatformRequest, user_id: int) -> HttpResponse:
    """One user with their accounts and token."""
    return json_reply(user_with_keys_json(permitted_user(request.auth, user_id)))


@router.patch("/users/{int:user_id}", response=PlatformUserOut, summary="Change a user")
def change(request: PlatformRequest, user_id: int, given: PlatformUserIn = Given()) -> HttpResponse:
    """Change what is given; the operator vouches for a new address."""
    return json_reply(
        user_with_keys_json(update_user_for(permitted_user(request.auth, user_id), **_fields(given)))
    )


@router.delete("/users/{int:user_id}", summary="Delete a user")
def destroy(request: PlatformRequest, user_id: int) -> HttpResponse:
    """Take them out of every account at once; the row goes in the background."""
    delete_user_for(request.auth, user=permitted_user(request.auth, user_id))
    return empty_reply()


@router.get("/users/{int:user_id}/login", response=PlatformLoginOut, summary="Single sign-on link")
def login(request: PlatformRequest, user_id: int) -> HttpResponse:
    """A link that works once."""
    return json_reply({"url": sso_url(permitted_user(request.auth, user_id))})


@router.post("/users/{int:user_id}/token", response=PlatformTokenOut, summary="The user's API token")
def token(request: PlatformRequest, user_id: int) -> HttpResponse:
    """The token they have, or a first one."""
    user = permitted_user(request.auth, user_id)
    row = AccessToken.objects.filter(user=user).first()
    access_token = row.sealed if row else reset_access_token(user)
    return json_reply({"access_token": access_token, "expiry": None, "user": user_with_keys_json(user)})
