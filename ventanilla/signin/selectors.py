"""Questions about what someone proves themselves with."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.contrib.sessions.models import Session
from django.db.models import Count, F, QuerySet

from ventanilla.accounts.models import AccessToken, Account, Membership, User
from ventanilla.kit import tokens
from ventanilla.kit.clock import now
from ventanilla.kit.errors import NotFound
from ventanilla.signin.errors import OnlySingleSignOn
from ventanilla.signin.models import Authenticator, Identity, Passkey, RecoveryCode, SignIn, SignInProvider
from ventanilla.signin.reach import OWN, reach_of


def authenticator_of(user: User) -> Authenticator | None:
    """Their app, once they have given its first code."""
    return Authenticator.objects.filter(user=user, confirmed_at__isnull=False).first()


def ways_of(user: User) -> list[str]:
    """How they can take the second step: [] when a password is all that is asked of them."""
    ways = []
    if authenticator_of(user) is not None:
        ways.append("authenticator")
    if Passkey.objects.filter(user=user).exists():
        ways.append("passkey")
    if ways:
        ways.append("recovery_code")
    return ways


def with_second_step(user_ids: Iterable[int]) -> set[int]:
    """Those of them who have a second factor. Two queries."""
    wanted = list(user_ids)
    apps = Authenticator.objects.filter(user_id__in=wanted, confirmed_at__isnull=False)
    keys = Passkey.objects.filter(user_id__in=wanted)
    return {*apps.values_list("user_id", flat=True), *keys.values_list("user_id", flat=True)}


def vouchable(account_id: int, user_ids: Collection[int]) -> set[int]:
    """Those of them who have come by a provider of the account, which takes second steps itself."""
    rows = Identity.objects.filter(provider__account_id=account_id, user_id__in=user_ids)
    return set(rows.values_list("user_id", flat=True).distinct())


def owes_second_step(account: Account, user: User) -> bool:
    """Whether the account is closed to them until they have one. No query where none is asked for."""
    return account.second_step_in_force and user.pk not in with_second_step([user.pk])


def is_told_nothing(account: Account, user: User) -> bool:
    """Whether mails of what happens in the account stay away from them, as its pages do.

    Whoever came by a provider of the account is let in by its word, so they are told.
    """
    return owes_second_step(account, user) and not vouchable(account.pk, [user.pk])


def asked_for_second_step(user: User) -> list[Account]:
    """Accounts that ask it of them now or from a day on, while they have none."""
    asking = Account.objects.filter(memberships__user=user, second_step_from__isnull=False).order_by("pk")
    return list(asking) if user.pk not in with_second_step([user.pk]) else []


def owes_anywhere(user: User) -> bool:
    """Whether any account is closed to them for that."""
    return any(account.second_step_in_force for account in asked_for_second_step(user))


def recovery_codes_left(user: User) -> int:
    """How many still work."""
    return RecoveryCode.objects.filter(user=user, used_at__isnull=True).count()


def proof_ways_of(user: User) -> list[str]:
    """What they can show to prove anew that it is them; [] for who has only single sign-on."""
    return ways_of(user) or (["password"] if user.has_usable_password() else [])


def passkeys_of(user: User) -> list[Passkey]:
    """Theirs, in the order they were made."""
    return list(Passkey.objects.filter(user=user).order_by("pk"))


def state_of(user: User) -> str:
    """Changes with the password: sessions of another state are over."""
    return tokens.digest(user.get_session_auth_hash())[:32]


def is_open(user: User, key: str) -> bool:
    """Whether that still opens anything: the key of a SignIn, or `token:` and the digest of an access token."""
    kind, _colon, rest = key.partition(":")
    if kind == "token":
        return AccessToken.objects.filter(user=user, digest=rest).exists()
    return any(row.key == key for row in sessions_of(user))


def may_tell(user: User, key: str, account: Account) -> bool:
    """Whether what that key opens reaches the account: a device tells no more than the session it belongs to shows."""
    kind, _colon, rest = key.partition(":")
    reach = OWN
    if kind == "browser":
        row = Session.objects.filter(session_key=rest).first()
        reach = reach_of(row.get_decoded() if row is not None else {})
    if account.pk in reach.accounts:
        return True
    return (kind == "token" or reach.includes(account)) and not owes_second_step(account, user)


def check_own_way(user: User) -> None:
    """Raises OnlySingleSignOn when none of their accounts opens for what they prove themselves by."""
    closed = Membership.objects.filter(user=user).values_list("account__only_single_sign_on", flat=True)
    if closed and all(closed):
        raise OnlySingleSignOn


def sessions_of(user: User, *, vouched_in: Collection[int] | None = None) -> list[SignIn]:
    """Where they are signed in now, the one used last first. Two queries.

    `vouched_in`: only those that the providers of these accounts opened.
    """
    rows = list(
        visible_sessions(user, vouched_in=vouched_in)
        .filter(state=state_of(user))
        .order_by("-last_seen_at", "-pk")
    )
    browsers = [row.key.removeprefix("browser:") for row in rows if row.client_session_id is None]
    alive = set(
        Session.objects.filter(session_key__in=browsers, expire_date__gt=now()).values_list(
            "session_key", flat=True
        )
    )
    return [row for row in rows if row.client_session_id or row.key.removeprefix("browser:") in alive]


def visible_sessions(user: User, *, vouched_in: Collection[int] | None) -> QuerySet[SignIn]:
    """Their sessions as far as the one that asks may see and end them; `vouched_in` as in `sessions_of`."""
    rows = SignIn.objects.filter(user=user)
    return rows if vouched_in is None else rows.filter(account_id__in=vouched_in)


def providers_of(account: Account) -> QuerySet[SignInProvider]:
    """The account's, in the order they were set up; `people` says how many came by each."""
    rows = SignInProvider.objects.filter(account=account).annotate(people=Count("identities__user"))
    return rows.order_by("pk")


def get_provider(account: Account, provider_id: int) -> SignInProvider:
    """One of them. Raises NotFound."""
    found = providers_of(account).select_related("account").filter(pk=provider_id).first()
    if found is None:
        raise NotFound
    return found


def vouching_for(user: User, account_ids: Collection[int]) -> list[SignInProvider]:
    """The providers of these accounts by which they have come."""
    rows = SignInProvider.objects.filter(account_id__in=account_ids, identities__user=user)
    return list(rows.order_by("account_id", "pk"))


def identities_of(provider: SignInProvider) -> QuerySet[Identity]:
    """The members who came by it, whoever came last first. Those who left the account are not its business any more."""
    rows = Identity.objects.select_related("user").filter(
        provider=provider, user__memberships__account_id=F("provider__account_id")
    )
    return rows.order_by("-last_used_at", "-pk")[:1000]
