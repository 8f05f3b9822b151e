"""Who is calling. Three ways in, asked in this order (behaviour.md A.2):

1. `api_access_token` (also spelt Api-Access-Token): used exclusively when present;
2. `access-token` + `client` + `uid`, the contract's session headers, not rotated;
3. the desk's session cookie, with a CSRF token on every unsafe method.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _
from ninja.utils import check_csrf

from ventanilla.accounts.commands.sessions import SESSION_LIFETIME
from ventanilla.accounts.models import (
    AccessToken,
    Account,
    AgentBot,
    ClientSession,
    Membership,
    PlatformApp,
    Role,
    User,
)
from ventanilla.accounts.policies import OPENING, WRITING, Capability, may
from ventanilla.accounts.selectors import is_kept_by_teams
from ventanilla.api import viewing
from ventanilla.api.errors import NoSession
from ventanilla.kit import limit_values, tokens
from ventanilla.kit.clock import still_good
from ventanilla.kit.compiled import Compiled
from ventanilla.kit.errors import Forbidden, NotFound, Refusal, Unauthorised
from ventanilla.signin.commands.sessions import Where, note_seen
from ventanilla.signin.errors import OnlySingleSignOn, ProofNeeded, SecondStepOwed
from ventanilla.signin.reach import OWN, PROGRAM, Reach, reach_of
from ventanilla.signin.selectors import owes_second_step

if TYPE_CHECKING:

    class Request(HttpRequest):
        """A request whose caller is known and belongs to the account of the path."""

        auth: Caller

    class UserRequest(HttpRequest):
        """A request whose user is known; no account is named in the path."""

        auth: User

    class PlatformRequest(HttpRequest):
        """A request of a platform app."""

        auth: PlatformApp
else:
    Request = UserRequest = PlatformRequest = HttpRequest


DESK_PREFIX = "/api/desk/"


@dataclass(frozen=True)
class Caller:
    """A user as a member of the account, or a bot of it. Exactly one of `user` and `bot` is set.

    `at_desk`: they came by the desk's own routes, where a closed door is a 403; the contract's routes say 401 (A.4), so
    that their clients sign out on it. What one may not see is 404 at both (decision Q-15). `viewer`: the administrator who
    looks as this member; they only read.
    """

    account: Account
    user: User | None = None
    membership: Membership | None = None
    bot: AgentBot | None = None
    at_desk: bool = False
    viewer: User | None = None

    @property
    def person(self) -> User:
        """The user. Raises Unauthorised for a bot."""
        if self.user is None:
            raise Unauthorised(_("Bots can't do this."))
        return self.user

    @property
    def member(self) -> Membership:
        """The user's membership. Raises Unauthorised for a bot."""
        if self.membership is None:
            raise Unauthorised(_("Bots can't do this."))
        return self.membership

    @property
    def actor(self) -> User | AgentBot:
        """Who acts, for a command's `by=`."""
        return self.user or self.bot  # type: ignore[return-value]  # one of the two is set

    @property
    def asker(self) -> User:
        """Who stands in the log for what is looked at or taken away: never a member as whom somebody looks.

        Raises Unauthorised for a bot.
        """
        return self.viewer or self.person

    @property
    def is_administrator(self) -> bool:
        return self.membership is not None and self.membership.role == Role.ADMINISTRATOR

    def may(self, capability: Capability) -> bool:
        """Whether the caller's role has the capability, and no team of theirs takes it away; bots have none of them."""
        if self.membership is None or not may(self.membership, capability):
            return False
        return capability not in OPENING or not is_kept_by_teams(self.membership)

    def require(self, capability: Capability) -> None:
        """Raises Unauthorised, at the desk Forbidden, when the caller's role lacks the capability."""
        if not self.may(capability):
            raise self._closed(_("Your role can't do this."))

    def require_administrator(self) -> None:
        """Raises Unauthorised, at the desk Forbidden, for everyone else."""
        if not self.is_administrator:
            raise self._closed(_("Only administrators can do this."))

    def require_writer(self) -> None:
        """Raises Unauthorised, at the desk Forbidden, for a role that may only read."""
        if self.membership is not None and not any(self.may(one) for one in WRITING):
            raise self._closed(_("Your role can see this but not change it."))

    def _closed(self, sentence: str) -> Refusal:
        return Forbidden(sentence) if self.at_desk else Unauthorised(sentence)


def brings_key(request: HttpRequest) -> bool:
    """Whether who calls is known by a key of theirs in the headers (ways 1 and 2), not by the desk's cookie."""
    meta = request.META
    session = (meta.get("HTTP_ACCESS_TOKEN"), meta.get("HTTP_CLIENT"), meta.get("HTTP_UID"))
    return bool(meta.get("HTTP_API_ACCESS_TOKEN")) or all(session)


def reach_of_request(request: HttpRequest) -> Reach:
    """How far whoever asks reaches, by the way they came in."""
    if request.META.get("HTTP_API_ACCESS_TOKEN"):
        return PROGRAM
    return OWN if brings_key(request) else reach_of(request.session)


def _token_owner(request: HttpRequest) -> AccessToken | None:
    given = request.META.get("HTTP_API_ACCESS_TOKEN")
    if not given:
        return None
    token = (
        AccessToken.objects.select_related("user", "agent_bot", "platform_app")
        .defer("sealed")
        .filter(digest=tokens.digest(given))
        .first()
    )
    if token is None:
        raise Unauthorised(_("Invalid access token."))
    return token


# Columns that few endpoints look at; they are loaded when one does.
_SELDOM = (
    "account__settings", "account__custom_attributes", "account__limits", "account__domain", "account__support_email",
    "account__labels_changed_at", "account__inboxes_changed_at", "account__teams_changed_at", "account__created_at",
    "account__updated_at", "user__password", "user__last_login", "user__ui_settings", "user__message_signature",
    "user__pubsub_token", "user__created_at", "user__updated_at", "user__confirmed_at", "created_at", "updated_at",
    "active_at",
)  # fmt: skip
# The usual caller in one statement: a member of the account, by their token.
_MEMBER_BY_TOKEN = Compiled(
    lambda digest, account_id: (
        Membership.objects.select_related("account", "user", "custom_role")
        .defer(*_SELDOM)
        .filter(account_id=account_id, user__access_token__digest=digest)
    ),
    digest=str,
    account_id=int,
)

_MEMBER = Compiled(
    lambda user_id, account_id: (
        Membership.objects.select_related("account", "custom_role")
        .defer(*(column for column in _SELDOM if column.startswith("account__")))
        .filter(user_id=user_id, account_id=account_id)
    ),
    user_id=int,
    account_id=int,
)


def _member_by_token(request: HttpRequest, account_id: int) -> Membership | None:
    given = request.META.get("HTTP_API_ACCESS_TOKEN")
    if not given:
        return None
    member = _MEMBER_BY_TOKEN.first(digest=tokens.digest(given), account_id=account_id)
    return member if member is not None and member.user.is_active and member.account.is_active else None


def _session_user(request: HttpRequest) -> User | None:
    meta = request.META
    token, client, uid = meta.get("HTTP_ACCESS_TOKEN"), meta.get("HTTP_CLIENT"), meta.get("HTTP_UID")
    if not (token and client and uid):
        return None
    session = (
        ClientSession.objects.select_related("user")
        .filter(
            still_good("expires_at", life=SESSION_LIFETIME), client=client, user__email=uid.strip().lower()
        )
        .first()
    )
    if session is None or not tokens.same(tokens.digest(token), session.digest):
        raise NoSession(_("Your session has ended. Sign in again."))
    note_seen(session.user, _where(request, client=client))
    return session.user


def _where(request: HttpRequest, *, client: str = "") -> Where:
    browser = "" if client else request.session.session_key or ""
    address = str(request.META.get("REMOTE_ADDR", ""))
    return Where(address, str(request.META.get("HTTP_USER_AGENT", "")), browser=browser, client=client)


def _cookie_user(request: HttpRequest) -> User | None:
    from django.contrib.auth import get_user

    user = get_user(request)
    if not isinstance(user, User):
        return None
    if request.method not in {"GET", "HEAD", "OPTIONS"} and check_csrf(request) is not None:
        raise Forbidden(_("Reload the page and try again."))
    viewing.refuse_writing(request)
    reach = reach_of(request.session)
    if reach.is_limited and not reach.accounts:
        raise NoSession(_("Your session has ended. Sign in again."))
    note_seen(user, _where(request))
    return user


def current_user(request: HttpRequest) -> User | None:
    """The signed-in user of any of the three ways, or None. Raises Unauthorised or NoSession for bad credentials."""
    token = _token_owner(request)
    if token is not None:
        if token.user is None:
            raise Unauthorised(_("This token isn't a user's."))
        user: User | None = token.user
    else:
        user = _session_user(request) or _cookie_user(request)
    if user is not None and not user.is_active:
        raise NoSession(_("This user can't sign in."))
    return user


def require_second_step(account: Account, user: User, reach: Reach) -> None:
    """Raises SecondStepOwed where the account asks for one and they have none.

    Whom its own provider vouches for took it there, if at all. Programs go on: docs/howto/sign-in.md.
    """
    if not reach.programs and account.pk not in reach.accounts and owes_second_step(account, user):
        raise SecondStepOwed


class UserAuth:
    """For routes without an account in the path. `request.auth` is the User.

    What belongs to the person is closed to a session that only the provider of an account vouches for (ProofNeeded);
    `vouched`: this route looks itself at how far the session reaches.
    """

    openapi_security_schema: Any = {"type": "apiKey", "in": "header", "name": "api_access_token"}

    def __init__(self, *, vouched: bool = False) -> None:
        self.vouched = vouched

    def __call__(self, request: HttpRequest) -> User:
        user = current_user(request)
        if user is None:
            raise NoSession(_("Sign in to continue."))
        if not self.vouched and reach_of_request(request).is_limited:
            raise ProofNeeded
        return user


class AccountAuth:
    """For routes below /accounts/{account_id}. `request.auth` is the Caller. `bots`: agent bots may call it too (A.3)."""

    openapi_security_schema: Any = {"type": "apiKey", "in": "header", "name": "api_access_token"}

    def __init__(self, *, bots: bool = False) -> None:
        self.bots = bots

    def __call__(self, request: HttpRequest) -> Caller:
        caller = self._caller(request)
        if request.path_info.startswith(DESK_PREFIX):
            caller = replace(caller, at_desk=True)
        limit_values.acts(caller.account.pk, "user" if caller.user else "bot", caller.actor.pk)
        # Server-side texts speak the account's language (A.5). The desk, which comes by cookie, says which language
        # its user reads. The middleware puts the former one back.
        if "HTTP_API_ACCESS_TOKEN" in request.META or "HTTP_ACCESS_TOKEN" in request.META:
            translation.activate(caller.account.locale.replace("_", "-"))
        return caller

    def _caller(self, request: HttpRequest) -> Caller:
        account_id = self._account_id(request)
        member = _member_by_token(request, account_id)
        if member is not None:
            return Caller(account=member.account, user=member.user, membership=member)
        # Everyone else, and everyone who is refused: with the reason.
        token = _token_owner(request)
        if token is not None and token.agent_bot is not None:
            return self._bot(token.agent_bot, account_id)
        if token is not None:
            user = token.user
            if user is None:
                raise Unauthorised(_("This token isn't a user's."))
        else:
            user = _session_user(request)
            if user is None:
                user = _cookie_user(request)
                seen = viewing.member_seen(request, user, account_id=account_id) if user is not None else None
                if user is not None and seen is not None and reach_of_request(request).includes(seen.account):
                    require_second_step(seen.account, user, reach_of_request(request))
                    return Caller(account=seen.account, user=seen.user, membership=seen, viewer=user)
        if user is None:
            raise NoSession(_("Sign in to continue."))
        reach = reach_of_request(request)
        caller = self._member(user, account_id, reach)
        require_second_step(caller.account, user, reach)
        return caller

    @staticmethod
    def _account_id(request: HttpRequest) -> int:
        match = request.resolver_match
        try:
            return int(match.kwargs["account_id"]) if match else 0
        except (KeyError, ValueError):
            raise NotFound from None

    @staticmethod
    def _member(user: User, account_id: int, reach: Reach) -> Caller:
        membership = _MEMBER.first(user_id=user.pk, account_id=account_id)
        if membership is None or (reach.is_limited and not reach.includes(membership.account)):
            if not Account.objects.filter(pk=account_id).exists():
                raise NotFound
            raise Unauthorised(_("You aren't a member of this account."))
        if not user.is_active or not membership.account.is_active:
            raise Unauthorised(_("This account is suspended."))
        if not reach.includes(membership.account):
            raise OnlySingleSignOn
        membership.user = user
        return Caller(account=membership.account, user=user, membership=membership)

    def _bot(self, bot: AgentBot, account_id: int) -> Caller:
        account = Account.objects.filter(pk=account_id).first()
        if account is None:
            raise NotFound
        if not self.bots or not account.is_active or not bot.inboxes.filter(account=account).exists():
            raise Unauthorised(_("Bots can't do this."))
        return Caller(account=account, bot=bot)


class PlatformAuth:
    """For /platform. `request.auth` is the PlatformApp."""

    openapi_security_schema: Any = {"type": "apiKey", "in": "header", "name": "api_access_token"}

    def __call__(self, request: HttpRequest) -> PlatformApp:
        token = _token_owner(request)
        if token is None or token.platform_app is None:
            raise Unauthorised(_("Invalid access token."))
        return token.platform_app


account_auth = AccountAuth()
account_or_bot_auth = AccountAuth(bots=True)
user_auth = UserAuth()
vouched_auth = UserAuth(vouched=True)
platform_auth = PlatformAuth()
