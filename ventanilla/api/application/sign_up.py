"""Opening an account from outside (A.2), where the installation lets people do that."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from ventanilla.accounts.commands import accounts, sessions
from ventanilla.accounts.rendering import user_with_keys_json
from ventanilla.api.application.auth_routes import SignedInShape, with_session
from ventanilla.api.given import Body, Given
from ventanilla.api.here import remember_phone
from ventanilla.api.late import Router
from ventanilla.api.sign_in_limits import address_of
from ventanilla.kit import rate_limits
from ventanilla.kit.clock import iso
from ventanilla.kit.errors import Forbidden, Invalid, NotFound

router = Router(tags=["Sign-in"])


class SignUpBody(Body):
    """A new account and its administrator. One of the two names is enough."""

    account_name: str = ""
    user_full_name: str = ""
    email: str = ""
    password: str = ""
    locale: str | None = None


def _sign_up(request: HttpRequest, given: SignUpBody) -> HttpResponse:
    if not settings.SIGN_UP:
        raise NotFound
    rate_limits.check("sign_up_per_ip", address_of(request))
    try:
        _account, user = accounts.sign_up(
            account_name=given.account_name,
            user_full_name=given.user_full_name,
            email=given.email,
            password=given.password,
            locale=given.locale,
        )
    except Invalid as refusal:
        if "email" in refusal.fields:  # the contract's own status for addresses that may not sign up
            raise Forbidden(refusal.message)
        raise
    data = user_with_keys_json(user)
    data["created_at"] = iso(user.created_at)
    opened = sessions.open_session(user, how="sign_up")
    remember_phone(request, opened, how="sign_up")
    return with_session(opened, {"data": data})


@router.post("/api/v1/accounts", operation_id="sign_up", response=SignedInShape, auth=None)
def sign_up(request: HttpRequest, given: SignUpBody = Given()) -> HttpResponse:
    """Open an account; 404 unless the installation lets people do that."""
    return _sign_up(request, given)


@router.post("/api/v2/accounts", operation_id="sign_up_by_email", response=SignedInShape, auth=None)
def sign_up_by_email(request: HttpRequest, given: SignUpBody = Given()) -> HttpResponse:
    """The same with only email, password and locale; names are asked for later."""
    name = given.email.split("@")[0] or "account"
    given.account_name = given.account_name or name
    given.user_full_name = given.user_full_name or name
    return _sign_up(request, given)
