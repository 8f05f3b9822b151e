"""Coming in and leaving by the contract's session headers and mailed links (A.2)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from ninja import Schema

from ventanilla.accounts.commands import sessions, users
from ventanilla.accounts.commands.sessions import OpenedSession
from ventanilla.accounts.errors import BadCredentials, LinkExpired
from ventanilla.accounts.models import User
from ventanilla.accounts.selectors import knows_email
from ventanilla.api.application.profile import UserShape
from ventanilla.api.auth import current_user
from ventanilla.api.errors import NoSession
from ventanilla.api.given import Body, Given
from ventanilla.api.here import remember_phone
from ventanilla.api.late import Router
from ventanilla.api.own import just_signed_in_json, own_json
from ventanilla.api.replies import json_reply
from ventanilla.api.sign_in_limits import address_of, ask_for_link, guess
from ventanilla.kit import rate_limits
from ventanilla.kit.clock import epoch, iso
from ventanilla.kit.errors import BadRequest, Invalid, NotFound
from ventanilla.signin.commands import entry
from ventanilla.signin.errors import StepOver, WrongCode
from ventanilla.signin.selectors import check_own_way

router = Router(tags=["Sign-in"])


class SignedInShape(Schema):
    """Answer of a sign-in; the session itself is in the response headers."""

    data: UserShape


class MessageAnswer(Schema):
    """A sentence for people."""

    message: str


class SignInBody(Body):
    """Address and password; address and the token of a single sign-on link; or `mfa_token` and a code (H)."""

    email: str = ""
    password: str = ""
    sso_auth_token: str = ""
    mfa_token: str = ""
    otp_code: str = ""
    backup_code: str = ""


class MoreNeeded(Schema):
    """The password is right and a second step follows: the same address again, with this token and a code."""

    mfa_required: bool
    mfa_token: str


_IN_OR_MORE: Any = {200: SignedInShape, 206: MoreNeeded}


class ForgottenBody(Body):
    """Whose password was forgotten."""

    email: str = ""


class NewPasswordBody(Body):
    """The mailed token and the password to set."""

    reset_password_token: str = ""
    password: str = ""
    password_confirmation: str | None = None


class ConfirmationBody(Body):
    """The mailed token."""

    confirmation_token: str = ""


class ValidatedUser(UserShape):
    """The user with the day they came."""

    created_at: str


class ValidPayload(Schema):
    """Whose session it is."""

    success: bool
    data: ValidatedUser


class ValidAnswer(Schema):
    """The session is good."""

    payload: ValidPayload


class SuccessAnswer(Schema):
    """It worked."""

    success: bool


def with_session(opened: OpenedSession, body: Any) -> HttpResponse:
    """`body` with the session in the headers the contract names."""
    response = json_reply(body)
    response["access-token"] = opened.access_token
    response["token-type"] = "Bearer"
    response["client"] = opened.client
    response["expiry"] = str(epoch(opened.expires_at))
    response["uid"] = opened.user.email
    return response


def _signed_in(request: HttpRequest, user: User, *, how: str) -> HttpResponse:
    check_own_way(user)
    opened = sessions.open_session(user, how=how)
    remember_phone(request, opened, how=how)
    return with_session(opened, {"data": just_signed_in_json(user)})


def _after_first_step(request: HttpRequest, user: User, *, how: str) -> HttpResponse:
    """Come in, or be asked for the second step by 206 (H)."""
    step = entry.second_step(user)
    if step is None:
        return _signed_in(request, user, how=how)
    return json_reply({"mfa_required": True, "mfa_token": step.token}, status=206)


def _second_step(request: HttpRequest, given: SignInBody) -> HttpResponse:
    try:
        user = entry.in_second_step(given.mfa_token)
        with guess(request, user.email, action="second_step"):
            how = entry.take_second_step(user, code=given.otp_code, recovery_code=given.backup_code)
            return _signed_in(request, user, how=how)
    except StepOver as refusal:
        raise NoSession(refusal.message)
    except WrongCode as refusal:
        raise BadRequest(refusal.message)  # the contract's own status; a 401 would sign its client out


def _expired() -> HttpResponse:
    message = _("This link has been used or has expired. Ask for a new one.")
    return json_reply({"message": message, "error": message, "redirect_url": "/app/login"}, status=422)


@router.post("/sign_in", operation_id="sign_in", response=_IN_OR_MORE, auth=None)
def sign_in(request: HttpRequest, given: SignInBody = Given()) -> HttpResponse:
    """Open a session. It is in the response headers access-token, token-type, client, expiry and uid."""
    if given.mfa_token:
        return _second_step(request, given)
    try:
        with guess(request, given.email) as one:
            if given.sso_auth_token:
                user = sessions.authenticate_by_sso(email=given.email, token=given.sso_auth_token)
                return _signed_in(request, user, how="single_sign_on")
            user = sessions.authenticate(email=given.email, password=given.password)
            answer = _after_first_step(request, user, how="password")
            one.came_in = answer.status_code != 206
            return answer
    except BadCredentials as refusal:
        raise NoSession(refusal.message)


@router.get("/sign_in", operation_id="sign_in_page", auth=None, include_in_schema=False)
def sign_in_page(request: HttpRequest) -> HttpResponse:
    """Who follows a link here is sent to the page for people."""
    return HttpResponseRedirect("/app/login?error=access-denied")


@router.get("/validate_token", operation_id="validate_token", response=ValidAnswer, auth=None)
def validate_token(request: HttpRequest) -> HttpResponse:
    """Whether the session still stands, and whose it is."""
    user = current_user(request)
    if user is None:
        raise NoSession(_("Sign in to continue."))
    data = {**own_json(request, user), "created_at": iso(user.created_at)}
    return json_reply({"payload": {"success": True, "data": data}})


@router.delete("/sign_out", operation_id="sign_out", response=SuccessAnswer, auth=None)
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session of the headers."""
    meta = request.META
    try:
        sessions.close_session(
            email=meta.get("HTTP_UID", ""),
            client=meta.get("HTTP_CLIENT", ""),
            token=meta.get("HTTP_ACCESS_TOKEN", ""),
        )
    except NotFound as refusal:
        return json_reply({"success": False, "errors": [refusal.message]}, status=404)
    return json_reply({"success": True})


@router.post("/password", operation_id="request_password_reset", response=MessageAnswer, auth=None)
def request_password(request: HttpRequest, given: ForgottenBody = Given()) -> HttpResponse:
    """Mail a link to choose a new password."""
    ask_for_link(request, given.email)
    sessions.request_password_reset(email=given.email)
    if not settings.HIDE_UNKNOWN_EMAILS and not knows_email(given.email):
        message = _("We don't know this address.")
        return json_reply({"message": message, "error": message}, status=404)
    return json_reply({"message": _("If that address has an account, a link is on its way.")})


@router.patch("/password", operation_id="reset_password", response=_IN_OR_MORE, auth=None)
def reset_password(request: HttpRequest, given: NewPasswordBody = Given()) -> HttpResponse:
    """Choose a password with a mailed link, and come in."""
    rate_limits.check("password_per_ip", address_of(request))
    if given.password_confirmation is not None and given.password_confirmation != given.password:
        raise Invalid(fields={"password_confirmation": [_("The passwords don't match.")]})
    try:
        user = sessions.set_password_by_link(token=given.reset_password_token, password=given.password)
    except LinkExpired:
        return _expired()
    return _after_first_step(request, user, how="link")


@router.post("/confirmation", operation_id="confirm_email", response=_IN_OR_MORE, auth=None)
def confirm(request: HttpRequest, given: ConfirmationBody = Given()) -> HttpResponse:
    """Prove an address with a mailed link, and come in."""
    rate_limits.check("confirmation_per_ip", address_of(request))
    try:
        user = users.confirm_email(token=given.confirmation_token)
    except LinkExpired:
        return _expired()
    return _after_first_step(request, user, how="link")
