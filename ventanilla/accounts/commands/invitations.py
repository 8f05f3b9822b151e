"""Invitations: a membership that waits for the yes of the person who reads the mail (docs/adr/0015).

Known and unknown addresses are invited by the very same steps: a stand-in takes the place, an email leaves. Who the
address belongs to is looked up only when someone comes with the link.
"""

from __future__ import annotations

from django.db import transaction

from ventanilla.accounts.actors import actor_of
from ventanilla.accounts.commands.one_time import (
    Purpose,
    find_one_time_token,
    invitation_path,
    issue_one_time_token,
    use_up,
    write_invitation,
)
from ventanilla.accounts.commands.users import (
    change_password,
    clean_availability,
    clean_name,
    clean_role,
    issue_access_token,
    prove_email,
    reset_access_token,
)
from ventanilla.accounts.errors import (
    AlreadyMember,
    BelongsElsewhere,
    EmailTaken,
    InvitedAsSomebodyElse,
    LinkExpired,
    MailWorks,
    SignInFirst,
)
from ventanilla.accounts.events import AgentAdded, AgentJoined, AgentLinkShown
from ventanilla.accounts.models import (
    AccessToken,
    Account,
    CustomRole,
    Membership,
    OneTimeToken,
    SystemMail,
    TeamMember,
    User,
)
from ventanilla.events.log import record
from ventanilla.kit import links, own_mail_server, tokens
from ventanilla.kit.changes import lock
from ventanilla.kit.clock import now
from ventanilla.kit.errors import NotFound

# A top-level domain that never exists (RFC 2606 §2): no mail goes there, and no one signs in with it.
_NOWHERE = "invitation.invalid"


@transaction.atomic
def invite(
    account: Account,
    *,
    email: str,
    by: User | None,
    name: str,
    role: str,
    availability: str,
    auto_offline: bool,
    custom_role: CustomRole | None = None,
) -> Membership:
    """Keep a place for whoever reads that mail, and mail them a link. `email` is clean already.

    Raises AlreadyMember or Invalid. Records agent.added.
    """
    members = Membership.objects.filter(account=account)
    if members.filter(user__email=email).exists() or members.filter(invited_email=email).exists():
        raise AlreadyMember
    stand_in = User(email=f"{tokens.random_hex(32)}@{_NOWHERE}", name=clean_name(name or email.split("@")[0]))
    stand_in.set_unusable_password()
    stand_in.save()
    membership = Membership.objects.create(
        account=account,
        user=stand_in,
        role=clean_role(role),
        custom_role=custom_role,
        availability=clean_availability(availability),
        auto_offline=auto_offline,
        inviter=by,
        invited_email=email,
    )
    record(AgentAdded(account_id=account.pk, user_id=stand_in.pk, role=membership.role), actor=actor_of(by))
    write_invitation(membership, by=by)
    return membership


@transaction.atomic
def invite_again(membership: Membership, *, by: User | None) -> None:
    """Mail the invitation once more, also to who had declined; earlier links stop working. Raises AlreadyMember."""
    lock(membership)
    if not membership.is_pending:
        raise AlreadyMember
    if membership.declined_at is not None:
        membership.declined_at = None
        membership.save(update_fields=["declined_at", "updated_at"])
    SystemMail.objects.filter(
        user=membership.user, purpose=Purpose.INVITATION, state=SystemMail.State.WAITING
    ).delete()
    write_invitation(membership, by=by)


@transaction.atomic
@transaction.atomic
def invitation_link(membership: Membership, *, by: User | None) -> str:
    """The invitation as a link to hand over where no mail leaves: it works once, and proves no one's address.

    Raises AlreadyMember, or AddressUnknown. Records agent.link_shown.
    """
    if not membership.is_pending:
        raise AlreadyMember
    token = issue_one_time_token(membership.user, purpose=Purpose.INVITATION, copied_in=membership.account)
    _note_link(membership, purpose=Purpose.INVITATION, by=by)
    return links.public_url(invitation_path(token))


@transaction.atomic
def member_link(membership: Membership, *, by: User | None) -> str:
    """A link to hand over to a member where no mail leaves: to choose a password, or to confirm a new address.

    Only while they belong to no other account: it opens everything that is theirs. Raises MailWorks,
    BelongsElsewhere or AddressUnknown. Records agent.link_shown.
    """
    if own_mail_server.is_set_up():
        raise MailWorks
    user = User.objects.select_for_update().get(pk=membership.user_id)
    if user.is_superuser or Membership.objects.filter(user=user).exclude(pk=membership.pk).exists():
        raise BelongsElsewhere
    purpose = Purpose.CONFIRMATION if user.unconfirmed_email else Purpose.PASSWORD
    token = issue_one_time_token(user, purpose=purpose, copied_in=membership.account)
    _note_link(membership, purpose=purpose, by=by)
    page = "confirm" if purpose == Purpose.CONFIRMATION else "set-password"
    return links.public_url(f"/app/{page}?token={token}")


def _note_link(membership: Membership, *, purpose: Purpose, by: User | None) -> None:
    fact = AgentLinkShown(account_id=membership.account_id, user_id=membership.user_id, purpose=purpose.value)
    record(fact, actor=actor_of(by))


def find_invitation(token: str) -> tuple[Membership, OneTimeToken]:
    """The invitation that a link is for. Raises LinkExpired."""
    row = find_one_time_token(token, purposes=frozenset({Purpose.INVITATION}))
    membership = pending_membership_of(row.user)
    if membership is None:
        raise LinkExpired
    return membership, row


def pending_membership_of(stand_in: User) -> Membership | None:
    """The place that a stand-in keeps; None for a real user."""
    return (
        Membership.objects.select_related("account", "user", "inviter")
        .filter(user=stand_in)
        .exclude(invited_email="")
        .first()
    )


def needs_sign_in(membership: Membership, row: OneTimeToken) -> bool:
    """Whether the invited person has a user whose password they know: then a new one would be someone's way in."""
    existing = User.objects.filter(email=membership.invited_email).first()
    return existing is not None and not (
        row.is_mailed and existing.email_proven_at is None and existing.is_active
    )


@transaction.atomic
def accept_with_password(membership: Membership, row: OneTimeToken, *, password: str) -> User:
    """Come in with a link and a new password: as a new user, or as the one with that address who never proved it.

    That one may have been made by someone who only claimed the address, so everything handed out for it stops
    working. Raises SignInFirst, or LinkExpired. Records agent.joined.
    """
    if needs_sign_in(membership, row):
        raise SignInFirst
    use_up(row)
    user = User.objects.filter(email=membership.invited_email).first()
    if user is None:
        user = membership.user
        user.email = membership.invited_email
        user.version += 1
        user.save(update_fields=["email", "version", "updated_at"])
    if user.confirmed_at is None:
        user.confirmed_at = now()
        user.save(update_fields=["confirmed_at", "updated_at"])
    if row.is_mailed:
        prove_email(user)
    change_password(user, password=password)
    if AccessToken.objects.filter(user=user).exists():
        reset_access_token(user)
    else:
        issue_access_token(user=user)
    _join(membership, user)
    return user


@transaction.atomic
def join_vouched(membership: Membership, *, name: str) -> Membership:
    """The account's own provider says that the invited person is here, and no one has that address yet: the stand-in
    becomes them, without a password. Nothing proves the address to other accounts. Raises EmailTaken. Records agent.joined.
    """
    if User.objects.filter(email=membership.invited_email).exists():
        raise EmailTaken
    user = membership.user
    user.email, user.name = membership.invited_email, clean_name(name)
    user.confirmed_at = now()
    user.version += 1
    user.save(update_fields=["email", "name", "confirmed_at", "version", "updated_at"])
    OneTimeToken.objects.filter(user=user).delete()
    issue_access_token(user=user)
    return _join(membership, user)


@transaction.atomic
def accept_by_link(token: str, *, user: User) -> Membership:
    """The signed-in user takes the place that a link is for. Raises LinkExpired, InvitedAsSomebodyElse or SignInFirst.

    Records agent.joined.
    """
    membership, row = find_invitation(token)
    if user.email != membership.invited_email:
        raise InvitedAsSomebodyElse
    if not needs_sign_in(membership, row):  # whoever reads the mail chooses a password first
        raise SignInFirst
    use_up(row)
    return _join(membership, user)


def invitations_for(user: User) -> list[Membership]:
    """Places that wait for the user's yes; none while no one knows that the address is theirs."""
    if user.email_proven_at is None:
        return []
    rows = Membership.objects.select_related("account", "inviter").filter(
        invited_email=user.email, declined_at__isnull=True, account__status=Account.Status.ACTIVE
    )
    return list(rows.order_by("pk"))


def _invitation_for(user: User, membership_id: int) -> Membership:
    found = next((row for row in invitations_for(user) if row.pk == membership_id), None)
    if found is None:
        raise NotFound
    return found


@transaction.atomic
def accept_on_desk(user: User, *, membership_id: int) -> Membership:
    """The user says yes to an invitation of theirs. Raises NotFound. Records agent.joined."""
    return _join(_invitation_for(user, membership_id), user)


@transaction.atomic
def decline_on_desk(user: User, *, membership_id: int) -> None:
    """The user says no. Raises NotFound."""
    _decline(_invitation_for(user, membership_id))


@transaction.atomic
def decline_by_link(token: str) -> None:
    """Who has the link says no. Raises LinkExpired."""
    membership, _row = find_invitation(token)
    _decline(membership)


def _decline(membership: Membership) -> None:
    """The place stays in sight of the administrator, who can ask again or take it away. Links stop working."""
    membership.declined_at = now()
    membership.save(update_fields=["declined_at", "updated_at"])
    OneTimeToken.objects.filter(user=membership.user_id).delete()
    SystemMail.objects.filter(user=membership.user_id, state=SystemMail.State.WAITING).delete()


def _join(membership: Membership, user: User) -> Membership:
    lock(membership)
    if not membership.is_pending:
        raise LinkExpired  # of two answers at once the other was first
    stand_in_id, account_id = membership.user_id, membership.account_id
    SystemMail.objects.filter(user=stand_in_id, state=SystemMail.State.WAITING).delete()
    if stand_in_id != user.pk:
        if Membership.objects.filter(account_id=account_id, user=user).exists():
            raise AlreadyMember
        _let_go(stand_in_id)
        TeamMember.objects.filter(user=stand_in_id).update(user=user)
    membership.user = user
    membership.invited_email, membership.declined_at = "", None
    membership.save(update_fields=["user", "invited_email", "declined_at", "updated_at"])
    if user.left_at is not None:
        user.left_at = None
        user.save(update_fields=["left_at"])
    record(AgentJoined(account_id=account_id, user_id=user.pk, invited_as=stand_in_id), actor=actor_of(user))
    return membership


def _let_go(stand_in_id: int) -> None:
    """No one stands there any more: a job deletes the row once rooms above have let go of it."""
    User.objects.filter(pk=stand_in_id).update(left_at=now())
    OneTimeToken.objects.filter(user=stand_in_id).delete()
