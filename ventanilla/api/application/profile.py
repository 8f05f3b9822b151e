"""The signed-in user's own profile (B.9)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema
from ninja.files import UploadedFile

from ventanilla.accounts.commands import agents as agent_commands
from ventanilla.accounts.commands import users as commands
from ventanilla.accounts.commands.accounts import set_active_account
from ventanilla.accounts.errors import WrongPassword
from ventanilla.accounts.models import Membership
from ventanilla.api.application.agents import AvailabilityWord, RoleWord
from ventanilla.api.auth import (
    UserRequest,
    brings_key,
    reach_of_request,
    require_second_step,
    vouched_auth,
)
from ventanilla.api.given import Body, Given
from ventanilla.api.here import remember_browser
from ventanilla.api.late import Router
from ventanilla.api.own import check_belongs_here, check_reach, own_json
from ventanilla.api.proofs import freshly_proved, owes_nothing
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.api.sign_in_limits import guess
from ventanilla.kit import rate_limits
from ventanilla.kit.errors import Invalid, NotFound
from ventanilla.signin.commands.email_changes import ask_to_change_email
from ventanilla.signin.errors import ProofNeeded

router = Router(tags=["Profile"])


class UserAccountShape(Schema):
    """One of the user's accounts."""

    id: int
    name: str
    status: str
    active_at: str | None
    role: RoleWord
    permissions: list[str]
    capabilities: list[str]
    availability: AvailabilityWord
    availability_status: AvailabilityWord
    auto_offline: bool
    custom_role_id: int | None
    custom_role: dict[str, Any] | None
    locale: str
    custom_attributes: dict[str, Any]


class UserShape(Schema):
    """The signed-in user."""

    access_token: str
    account_id: int | None
    available_name: str
    avatar_url: str
    confirmed: bool
    display_name: str | None
    message_signature: str | None
    email: str
    unconfirmed_email: str | None
    id: int
    inviter_id: int | None
    name: str
    phone_number: str | None
    timezone: str | None
    provider: str
    pubsub_token: str
    custom_attributes: dict[str, Any]
    role: RoleWord | None
    ui_settings: dict[str, Any]
    uid: str
    type: str | None
    accounts: list[UserAccountShape]


class ProfileBody(Body):
    """What to change. A new password needs the current one."""

    wrapper = "profile"
    name: str | None = None
    display_name: str | None = None
    email: str | None = None
    avatar: UploadedFile | None = None
    message_signature: str | None = None
    phone_number: str | None = None
    timezone: str | None = None
    ui_settings: dict[str, Any] | None = None
    current_password: str | None = None
    password: str | None = None
    password_confirmation: str | None = None


class AvailabilityBody(Body):
    """What the user says of themselves in one account."""

    wrapper = "profile"
    account_id: int
    availability: AvailabilityWord


class AutoOfflineBody(Body):
    """Whether they are shown offline while no screen of theirs is open."""

    wrapper = "profile"
    account_id: int
    auto_offline: bool


class ActiveAccountBody(Body):
    """The account they look at now."""

    wrapper = "profile"
    account_id: int


def _membership(request: UserRequest, account_id: int) -> Membership:
    user = request.auth
    membership = (
        Membership.objects.select_related("account", "user").filter(user=user, account_id=account_id).first()
    )
    if membership is None:
        raise NotFound
    if "HTTP_API_ACCESS_TOKEN" not in request.META:
        require_second_step(membership.account, user, reach_of_request(request))
    return membership


@router.get("", operation_id="show_profile", response=UserShape, auth=vouched_auth)
def show(request: UserRequest) -> HttpResponse:
    """The signed-in user."""
    return json_reply(own_json(request, request.auth))


@router.patch("", operation_id="update_profile", response=UserShape, auth=vouched_auth)
def change(request: UserRequest, given: ProfileBody = Given()) -> HttpResponse:
    """Change what is given. A new password signs other devices out; a new address takes a proof and a link."""
    user = request.auth
    new_email = given.email if given.email and given.email.strip().lower() != user.email else None
    _check_is_theirs(request, given, new_email=new_email)
    if new_email is not None:
        freshly_proved(request)  # before anything is changed
    if given.password:
        _change_password(request, given)
    values = given.given
    fields = ("name", "display_name", "message_signature", "phone_number", "timezone", "ui_settings")
    # Null empties a text, but no one is left without a name.
    changed = {name: values[name] for name in fields if name in values and (name != "name" or values[name])}
    commands.update_profile(user, avatar=given.avatar, **changed)
    if new_email is not None:
        ask_to_change_email(user, email=new_email)
    return json_reply(own_json(request, user))


# What only their own desk looks at.
_OF_THE_DESK = frozenset({"ui_settings", "timezone"})


def _check_is_theirs(request: UserRequest, given: ProfileBody, *, new_email: str | None) -> None:
    """Raises ProofNeeded where a provider's word is not enough to change this of a person."""
    if (given.password or new_email) and reach_of_request(request).is_limited:
        raise ProofNeeded
    if given.model_fields_set - _OF_THE_DESK:
        check_belongs_here(request, request.auth)


def _change_password(request: UserRequest, given: ProfileBody) -> None:
    if not given.current_password:
        raise WrongPassword
    if given.password_confirmation is not None and given.password_confirmation != given.password:
        raise Invalid(fields={"password_confirmation": [_("The passwords don't match.")]})
    with guess(request, request.auth.email):  # a stolen cookie is no place to try passwords at
        if not request.auth.check_password(given.current_password):
            raise WrongPassword
    commands.choose_password(request.auth, password=given.password or "")
    if request.session.session_key:
        request.user = request.auth  # what Django compares the session with
        update_session_auth_hash(request, request.auth)  # the screen they did it on stays open
        remember_browser(request, request.auth, how="password")


@router.delete("/avatar", operation_id="delete_profile_avatar", response={200: None}, auth=vouched_auth)
def delete_avatar(request: UserRequest) -> HttpResponse:
    """Take the picture away."""
    check_belongs_here(request, request.auth)
    commands.remove_avatar(request.auth)
    return empty_reply()


@router.post("/availability", operation_id="set_availability", response=UserShape, auth=vouched_auth)
def availability(request: UserRequest, given: AvailabilityBody = Given()) -> HttpResponse:
    """Online, busy or offline in one account."""
    check_reach(request, given.account_id)
    agent_commands.set_availability(_membership(request, given.account_id), availability=given.availability)
    return json_reply(own_json(request, request.auth))


@router.post("/auto_offline", operation_id="set_auto_offline", response=UserShape, auth=vouched_auth)
def auto_offline(request: UserRequest, given: AutoOfflineBody = Given()) -> HttpResponse:
    """Whether being away shows as offline in one account."""
    check_reach(request, given.account_id)
    agent_commands.set_auto_offline(_membership(request, given.account_id), auto_offline=given.auto_offline)
    return json_reply(own_json(request, request.auth))


@router.patch(
    "/set_active_account", operation_id="set_active_account", response={200: None}, auth=vouched_auth
)
def choose_account(request: UserRequest, given: ActiveAccountBody = Given()) -> HttpResponse:
    """Remember which account they look at."""
    check_reach(request, given.account_id)
    set_active_account(request.auth, account_id=given.account_id)
    return empty_reply()


@router.post("/resend_confirmation", operation_id="resend_confirmation", response={200: None})
def resend_confirmation(request: UserRequest) -> HttpResponse:
    """Mail the confirmation link again."""
    rate_limits.check("confirmation_per_ip", str(request.META.get("REMOTE_ADDR", "")))
    commands.resend_confirmation(request.auth)
    return empty_reply()


@router.post("/reset_access_token", operation_id="reset_access_token", response=UserShape)
def reset_token(request: UserRequest) -> HttpResponse:
    """A fresh API token; the old one stops working at once. At the desk it takes a fresh proof."""
    user = request.auth if brings_key(request) else freshly_proved(request)
    owes_nothing(user)
    token = commands.reset_access_token(user)
    return json_reply({**own_json(request, user), "access_token": token})
