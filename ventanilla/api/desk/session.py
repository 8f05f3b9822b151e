"""The desk comes in: boot, first run, cookie session, forgotten and first passwords."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user, login, logout
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.utils import translation
from ninja import Schema

from ventanilla import __version__
from ventanilla.accounts.commands import accounts, sessions, users
from ventanilla.accounts.errors import BadCredentials
from ventanilla.accounts.models import User
from ventanilla.accounts.passwords import shortest
from ventanilla.accounts.rendering import seen_user_json
from ventanilla.accounts.selectors import active_membership, is_installed
from ventanilla.api import viewing
from ventanilla.api.application.profile import UserShape
from ventanilla.api.auth import current_user, reach_of_request
from ventanilla.api.errors import NoSession
from ventanilla.api.given import Body, Given
from ventanilla.api.here import remember_browser
from ventanilla.api.late import Router
from ventanilla.api.own import asked_here, keeps_installation_here, own_json
from ventanilla.api.passkey_answers import PasskeyAnswerBody, answer_of
from ventanilla.api.proofs import remember_proof
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.api.sign_in_limits import address_of, ask_for_link, guess, remember_device
from ventanilla.events.log import settled_position
from ventanilla.kit import limit_values, links, own_mail_server, rate_limits
from ventanilla.kit.clock import iso
from ventanilla.kit.errors import BadRequest
from ventanilla.signin.commands import entry
from ventanilla.signin.commands.email_changes import undo_email_change
from ventanilla.signin.reach import prove_own
from ventanilla.signin.selectors import check_own_way

router = Router(tags=["Desk"])


class LimitsShape(Schema):
    """What the desk checks before it sends."""

    upload_bytes: int
    message_chars: int
    attachments: int
    password_chars: int


class AskedStepShape(Schema):
    """An account that asks this user for a second step they have not got: `since` when, `owed` once it is closed to them."""

    account_id: int
    account_name: str
    since: str
    owed: bool


class BootShape(Schema):
    """Everything the desk must know before it shows its first screen.

    `base_url`: the installation's own address, "" while no one has said it; told before the first run and to whoever
    looks after the installation, else null. `sends_mail`: whether there is a mail server at all. `position`: where the
    log stands, for the stream to continue from, so that what is loaded after this answer needs no second look; "" for
    who is not signed in. `viewer`: who looks as `user` and can change nothing; null when the user is who they are.
    """

    installed: bool
    signed_in: bool
    locale: str
    languages: list[str]
    user: UserShape | None
    csrf_token: str
    version: str
    sign_up: bool
    limits: LimitsShape
    base_url: str | None
    sends_mail: bool
    position: str
    second_steps: list[AskedStepShape]
    viewer: str | None


class FirstRunBody(Body):
    """The first account, its administrator, and where people will reach the installation."""

    account_name: str
    user_full_name: str
    email: str
    password: str
    locale: str | None = None
    base_url: str = ""


class SessionBody(Body):
    """Address and password, or address and the token of a single sign-on link."""

    email: str
    password: str = ""
    sso_auth_token: str = ""


class SecondStepShape(Schema):
    """The first step was right; `ways` to take the second: authenticator, passkey, recovery_code."""

    mfa_required: bool
    mfa_token: str
    ways: list[str]


_IN_OR_MORE: Any = {200: BootShape, 206: SecondStepShape}


class SecondStepBody(Body):
    """The token of the first step, and one of the codes."""

    mfa_token: str
    otp_code: str = ""
    backup_code: str = ""
    passkey: PasskeyAnswerBody | None = None


class DeskForgottenBody(Body):
    """Whose password was forgotten."""

    email: str


class PasswordBody(Body):
    """The token of a mailed link and the password to set."""

    token: str
    password: str


class DeskConfirmationBody(Body):
    """The token of a mailed link."""

    token: str


def _boot(request: HttpRequest, user: User | None) -> HttpResponse:
    """The boot document with the CSRF cookie that belongs to its token."""
    guard = CsrfViewMiddleware(lambda _request: HttpResponse())
    if "CSRF_COOKIE" not in request.META:
        guard.process_request(request)  # so that a token the browser has already is kept
    seen = viewing.member_seen(request, user) if user else None
    seen = seen if seen and reach_of_request(request).includes(seen.account) else None
    membership = seen or (active_membership(user) if user else None)
    locale = (
        membership.account.locale if membership else (translation.get_language() or settings.LANGUAGE_CODE)
    )
    installed = user is not None or is_installed()
    body: dict[str, Any] = {
        "installed": installed,
        "signed_in": user is not None,
        "locale": locale,
        "languages": [code for code, _name in settings.LANGUAGES],
        "user": seen_user_json(seen, viewer=user)
        if user and seen
        else own_json(request, user)
        if user
        else None,
        "viewer": user.name if user and seen else None,
        "csrf_token": get_token(request),
        "version": __version__,
        "sign_up": settings.SIGN_UP,
        "limits": {
            "upload_bytes": limit_values.of("MAX_UPLOAD_BYTES"),
            "message_chars": limit_values.of("MAX_MESSAGE_CHARS"),
            "attachments": limit_values.of("MAX_ATTACHMENTS"),
            "password_chars": shortest(),
        },
        "sends_mail": own_mail_server.is_set_up(),
        "second_steps": [
            {
                "account_id": one.pk,
                "account_name": one.name,
                "since": iso(one.second_step_from),
                "owed": one.second_step_in_force,
            }
            for one in (asked_here(request, user) if user else [])
        ],
        "position": str(settled_position()) if user else "",
        "base_url": links.base_url()
        if not installed or (user and keeps_installation_here(request, user))
        else None,
    }
    response = json_reply(body)
    response["Cache-Control"] = "no-store"
    guard.process_response(request, response)
    return response


def let_in(request: HttpRequest, user: User, *, how: str) -> HttpResponse:
    """The session of this browser is theirs; answers as boot does. Raises OnlySingleSignOn where that opens nothing."""
    check_own_way(user)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    prove_own(request.session)
    remember_proof(request)
    remember_browser(request, user, how=how)
    sessions.note_sign_in(user, how=how)
    return remember_device(request, _boot(request, user), email=user.email)


def _after_first_step(request: HttpRequest, user: User, *, how: str) -> HttpResponse:
    """Come in, or be asked for the second step by 206."""
    step = entry.second_step(user)
    if step is None:
        return let_in(request, user, how=how)
    return json_reply({"mfa_required": True, "mfa_token": step.token, "ways": step.ways}, status=206)


def require_json(request: HttpRequest) -> None:
    """Another site's form cannot send JSON, so no one can be signed in to a stranger's account behind their back."""
    if request.content_type != "application/json":
        raise BadRequest


@router.get("/boot", operation_id="boot", response=BootShape, auth=None)
def boot(request: HttpRequest) -> HttpResponse:
    """Whether the installation is set up, who is signed in, and the token for unsafe requests."""
    try:
        user = current_user(request)
    except NoSession:
        user = None
    return _boot(request, user)


@router.post("/first-run", operation_id="first_run", response=BootShape, auth=None)
def first_run(request: HttpRequest, given: FirstRunBody = Given()) -> HttpResponse:
    """Set the installation up and come in; refused with 403 once an account exists."""
    require_json(request)
    _account, user = accounts.first_run(
        account_name=given.account_name,
        user_full_name=given.user_full_name,
        email=given.email,
        password=given.password,
        locale=given.locale or translation.get_language(),
        base_url=given.base_url,
    )
    return let_in(request, user, how="first_run")


@router.post("/session", operation_id="open_desk_session", response=_IN_OR_MORE, auth=None)
def open_session(request: HttpRequest, given: SessionBody = Given()) -> HttpResponse:
    """Sign in: sets the session cookie and answers as boot does. 206: a second step follows."""
    require_json(request)
    try:
        with guess(request, given.email) as one:
            if given.sso_auth_token:
                user = sessions.authenticate_by_sso(email=given.email, token=given.sso_auth_token)
                return let_in(request, user, how="single_sign_on")
            user = sessions.authenticate(email=given.email, password=given.password)
            answer = _after_first_step(request, user, how="password")
            one.came_in = answer.status_code != 206
            return answer
    except BadCredentials as refusal:
        raise NoSession(refusal.message)


@router.post("/session/second-step", operation_id="take_second_step", response=BootShape, auth=None)
def take_second_step(request: HttpRequest, given: SecondStepBody = Given()) -> HttpResponse:
    """The second step of signing in: a code of the app, or a recovery code."""
    require_json(request)
    user = entry.in_second_step(given.mfa_token)
    with guess(request, user.email, action="second_step"):
        how = entry.take_second_step(
            user,
            code=given.otp_code,
            recovery_code=given.backup_code,
            passkey=answer_of(given.passkey, request),
        )
    return let_in(request, user, how=how)


@router.delete("/session", operation_id="close_desk_session", response={200: None}, auth=None)
def close_session(request: HttpRequest) -> HttpResponse:
    """Sign out of this browser. No one signed in: nothing to do."""
    user = get_user(request)
    if isinstance(user, User):
        current_user(request)  # raises Forbidden without the CSRF token
        logout(request)
        sessions.note_sign_out(user)
    return empty_reply()


@router.post("/password-reset", operation_id="desk_password_reset", response={200: None}, auth=None)
def forgotten(request: HttpRequest, given: DeskForgottenBody = Given()) -> HttpResponse:
    """Mail a link to choose a password. The answer is the same for an address no one has."""
    require_json(request)
    ask_for_link(request, given.email)
    sessions.request_password_reset(email=given.email)
    return empty_reply()


@router.post("/password", operation_id="desk_set_password", response=_IN_OR_MORE, auth=None)
def set_password(request: HttpRequest, given: PasswordBody = Given()) -> HttpResponse:
    """Choose a password with the link of an invitation or a reset, and come in."""
    require_json(request)
    rate_limits.check("password_per_ip", address_of(request))
    user = sessions.set_password_by_link(token=given.token, password=given.password)
    return _after_first_step(request, user, how="link")


@router.post("/email-undo", operation_id="desk_undo_email_change", response={200: None}, auth=None)
def undo_email(request: HttpRequest, given: DeskConfirmationBody = Given()) -> HttpResponse:
    """Take a change of address back with the link that the address before was sent; a new password is mailed for."""
    require_json(request)
    rate_limits.check("confirmation_per_ip", address_of(request))
    undo_email_change(token=given.token)
    return empty_reply()


@router.post("/confirmation", operation_id="desk_confirm_email", response=_IN_OR_MORE, auth=None)
def confirm(request: HttpRequest, given: DeskConfirmationBody = Given()) -> HttpResponse:
    """Prove an address with a mailed link, and come in."""
    require_json(request)
    rate_limits.check("confirmation_per_ip", address_of(request))
    user = users.confirm_email(token=given.token)
    return _after_first_step(request, user, how="link")
