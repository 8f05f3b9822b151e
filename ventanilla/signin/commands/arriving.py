"""Whom a provider's word lets in, and as whom (docs/adr/0021).

An identity is (provider, `sub`). The first time it is linked by a verified address of a listed domain, and only with a
member of that very account. Whoever is known elsewhere is invited and joins by their own yes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from ventanilla.accounts.actors import actor_of
from ventanilla.accounts.commands.agents import add_agent, check_agent_limit, update_agent
from ventanilla.accounts.commands.invitations import join_vouched
from ventanilla.accounts.commands.teams import add_team_members, remove_team_members
from ventanilla.accounts.commands.users import add_member, create_user
from ventanilla.accounts.errors import AlreadyMember, LastAdministrator
from ventanilla.accounts.events import UserSignedIn
from ventanilla.accounts.models import CustomRole, Membership, Role, Team, TeamMember, User
from ventanilla.events.log import record
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Refusal
from ventanilla.signin.events import IdentityLinked, SignInRefused
from ventanilla.signin.models import Identity, SignInProvider
from ventanilla.signin.single_sign_on import errors
from ventanilla.signin.single_sign_on.claims import believed_email, name_of, values_of


@dataclass(frozen=True)
class _Given:
    """What the provider's rules give: a role (or none), teams, and the teams that rules speak of at all."""

    role: dict[str, Any]
    teams: set[int]
    spoken_of: set[int]


def arrive(provider: SignInProvider, claims: Mapping[str, Any], *, here: User | None = None) -> Membership:
    """The membership that these (verified) claims open, made or joined where the provider may. Raises ProviderProblem.

    `here`: who is signed in already; raises SomebodyElseHere when that is not them, and nothing is changed.
    Records user.identity_linked and user.signed_in.
    """
    try:
        with transaction.atomic():
            # One after the other: two first arrivals of one person must not become two.
            locked = (
                SignInProvider.objects.select_for_update(of=("self",))
                .select_related("account")
                .get(pk=provider.pk)
            )
            if not locked.account.is_active:
                raise errors.AccountClosed
            membership = _membership(locked, claims)
            if here is not None and here.pk != membership.user_id:
                raise errors.SomebodyElseHere
            _apply_rules(locked, membership, claims)
            fact = UserSignedIn(
                account_id=locked.account_id, user_id=membership.user_id, how="single_sign_on"
            )
            record(fact, actor=actor_of(membership.user))
            return membership
    except errors.InvitationDue as due:
        _invite(provider, claims, due.email)
        raise errors.InvitationMailed


@transaction.atomic
def note_refused(provider: SignInProvider, problem: Refusal, claims: Mapping[str, Any] | None = None) -> None:
    """Somebody came back from there in vain. Records sign_in_provider.refused."""
    email = (claims or {}).get("email")
    record(
        SignInRefused(
            account_id=provider.account_id,
            provider_id=provider.pk,
            reason=problem.code,
            detail=str(getattr(problem, "reason", "")),
            email=email[:254] if isinstance(email, str) and email.isascii() and email.isprintable() else "",
        ),
        actor=actor_of(None),
    )


def _membership(provider: SignInProvider, claims: Mapping[str, Any]) -> Membership:
    identity = (
        Identity.objects.select_related("user").filter(provider=provider, subject=claims["sub"]).first()
    )
    if identity is not None:
        return _of_known(provider, identity, claims)
    email = _believed(provider, claims)
    membership = _member_called(provider, email) or _join(provider, email, claims)
    _link(provider, membership, str(claims["sub"]))
    return membership


def _of_known(provider: SignInProvider, identity: Identity, claims: Mapping[str, Any]) -> Membership:
    user = identity.user
    membership = _member(provider, user=user) if user is not None and user.is_active else None
    if membership is None:
        # Removed, unless they were asked to come again.
        email = _believed(provider, claims)
        if not _waits(provider, email):
            raise errors.Removed
        membership = _join(provider, email, claims)
        identity.user = membership.user
    identity.last_used_at = now()
    try:
        with transaction.atomic():
            identity.save(update_fields=["user", "last_used_at"])
    except IntegrityError:
        raise errors.LinkedAlready
    return membership


def _believed(provider: SignInProvider, claims: Mapping[str, Any]) -> str:
    return believed_email(claims, provider.domains, unverified=provider.unverified_domains)


def _member(provider: SignInProvider, **whose: Any) -> Membership | None:
    rows = Membership.objects.select_related("user", "account").filter(account_id=provider.account_id)
    return rows.filter(invited_email="", user__is_active=True, **whose).first()


def _member_called(provider: SignInProvider, email: str) -> Membership | None:
    return _member(provider, user__email=email)


def _waits(provider: SignInProvider, email: str) -> bool:
    return Membership.objects.filter(account_id=provider.account_id, invited_email=email).exists()


def _join(provider: SignInProvider, email: str, claims: Mapping[str, Any]) -> Membership:
    """A new member: the invited one, or one made at once. Raises NotInvited, or InvitationDue for who is known elsewhere."""
    account = provider.account
    waiting = (
        Membership.objects.select_related("account", "user")
        .filter(account=account, invited_email=email)
        .first()
    )
    if waiting is None and not provider.makes_members:
        raise errors.NotInvited
    if User.objects.filter(email=email).exists():
        raise errors.InvitationDue(email)
    if waiting is not None:
        return join_vouched(waiting, name=name_of(claims, email))
    check_agent_limit(account)
    # The address is what the provider says: to whoever reads its mail, this user is one that was only claimed.
    user = create_user(email, name=name_of(claims, email), confirmed=True, by=None)
    role = _role_of(provider)
    membership = add_member(account, user=user, role=role["role"], by=None)
    if role["custom_role_id"]:
        update_agent(membership, by=None, custom_role_id=role["custom_role_id"])
    return membership


def _role_of(provider: SignInProvider) -> dict[str, Any]:
    return {"role": provider.role, "custom_role_id": provider.custom_role_id or 0}


def _invite(provider: SignInProvider, claims: Mapping[str, Any], email: str) -> None:
    try:
        role = _role_of(provider)
        add_agent(
            provider.account,
            email=email,
            by=None,
            name=name_of(claims, email),
            role=role["role"],
            custom_role_id=role["custom_role_id"] or None,
        )
    except AlreadyMember:
        pass  # the invitation lies in their mail already


def _link(provider: SignInProvider, membership: Membership, subject: str) -> None:
    try:
        with transaction.atomic():
            Identity.objects.create(provider=provider, subject=subject, user=membership.user)
    except IntegrityError:  # that member is another `sub` already: an address that was given to somebody new
        raise errors.LinkedAlready
    fact = IdentityLinked(account_id=provider.account_id, user_id=membership.user_id, provider_id=provider.pk)
    record(fact, actor=actor_of(membership.user))


def _apply_rules(provider: SignInProvider, membership: Membership, claims: Mapping[str, Any]) -> None:
    """The provider says each time what they are: roles and teams that rules speak of follow it."""
    given = _given(provider, claims)
    if given is None:
        return
    if given.role and not _has(membership, given.role):
        try:
            with transaction.atomic():
                update_agent(membership, by=None, **given.role)
        except LastAdministrator:
            membership.refresh_from_db()  # someone must stay who can change these very rules
    mine = set(
        TeamMember.objects.filter(user=membership.user, team__in=given.spoken_of).values_list(
            "team_id", flat=True
        )
    )
    teams = {team.pk: team for team in Team.objects.filter(pk__in=given.spoken_of, deleted_at__isnull=True)}
    for pk, team in sorted(teams.items()):
        if pk in given.teams and pk not in mine:
            add_team_members(team, user_ids=[membership.user_id], by=None)
        elif pk in mine and pk not in given.teams:
            remove_team_members(team, user_ids=[membership.user_id], by=None)


def _given(provider: SignInProvider, claims: Mapping[str, Any]) -> _Given | None:
    """None where nothing is said: no rules, or a token without the claim."""
    values = values_of(claims, provider.claim) if provider.claim and provider.rules else None
    if values is None:
        return None
    fitting = [rule for rule in provider.rules if rule["value"] in values]
    own_roles = set(CustomRole.objects.filter(account_id=provider.account_id).values_list("pk", flat=True))
    role: dict[str, Any] = {}
    for rule in fitting:  # the first that gives a role gives it
        if rule.get("custom_role_id") in own_roles:
            role = {"role": Role.AGENT.value, "custom_role_id": rule["custom_role_id"]}
            break
        if rule.get("role"):
            role = {"role": rule["role"], "custom_role_id": 0}
            break
    own_teams = set(Team.objects.filter(account_id=provider.account_id).values_list("pk", flat=True))
    spoken_of = {rule["team_id"] for rule in provider.rules if rule.get("team_id")} & own_teams
    teams = {rule["team_id"] for rule in fitting if rule.get("team_id")} & own_teams
    return _Given(role, teams, spoken_of)


def _has(membership: Membership, role: Mapping[str, Any]) -> bool:
    return (membership.role, membership.custom_role_id or 0) == (role["role"], role["custom_role_id"])
