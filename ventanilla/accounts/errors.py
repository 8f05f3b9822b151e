"""Refusals of this room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ventanilla.kit.errors import Conflict, Forbidden, Invalid, LimitReached, NotFound, Unauthorised


class BadCredentials(Unauthorised):
    """Address or password is wrong, or the address is not confirmed: the answer does not say which."""

    code = "bad_credentials"
    default_message = _("The email or password is wrong.")


class LinkExpired(Invalid):
    """The one-time link was used, is too old or was never ours."""

    code = "link_expired"
    default_message = _("This link has been used or has expired. Ask for a new one.")


class AlreadyInstalled(Forbidden):
    """The first run is over: an account exists."""

    code = "already_installed"
    default_message = _("This server is already set up. Sign in.")


class SignInFirst(Conflict):
    """The invited person has a user already: only who knows its password may accept for it."""

    code = "sign_in_first"
    default_message = _("You already use Ventanilla with this email. Sign in and accept the invitation.")


class InvitedAsSomebodyElse(Conflict):
    """The invitation is for another address than that of the signed-in user."""

    code = "invited_as_somebody_else"
    default_message = _("This invitation is for another email. Sign out and open the link again.")


class MailWorks(Conflict):
    """A link to copy is for installations that send no mail."""

    code = "mail_works"
    default_message = _("Email works here: they can get their own link with “Forgot your password?”.")


class BelongsElsewhere(Conflict):
    """The link would open another account, too."""

    code = "belongs_elsewhere"
    default_message = _(
        "They also belong to another account. Whoever runs Ventanilla can help: “ventanilla password”."
    )


class EmailTaken(Invalid):
    """A user with that address exists."""

    code = "email_taken"

    def __init__(self) -> None:
        super().__init__(fields={"email": [_("Someone already has this email.")]})


class AlreadyMember(Invalid):
    """They belong to the account already."""

    code = "already_member"

    def __init__(self) -> None:
        super().__init__(fields={"email": [_("This person is already in the account.")]})


class AgentLimitReached(LimitReached):
    """The account may have no more agents."""

    code = "agent_limit"
    default_message = _("This account has reached its limit of agents.")


class LastAdministrator(Conflict):
    """Someone must stay who can change settings."""

    code = "last_administrator"
    status = 422
    default_message = _("The account needs at least one administrator.")


class RoleInUse(Conflict):
    """The role has people: say where they go."""

    code = "role_in_use"
    default_message = _("People have this role. Choose which role they get.")


class NobodyToViewAs(Invalid):
    """An administrator sees everything, and who has not come yet sees nothing: there is no one to look as."""

    code = "nobody_to_view_as"

    def __init__(self) -> None:
        super().__init__(fields={"user_id": [_("Choose an agent or analyst of this account.")]})


class OnlyLooking(Forbidden):
    """This browser looks as somebody else."""

    code = "only_looking"
    default_message = _("You're viewing as someone else: nothing can be changed.")


class WrongPassword(Invalid):
    """The current password that was given is not right."""

    code = "wrong_password"

    def __init__(self) -> None:
        reason = _("The current password is wrong.")
        super().__init__(reason, fields={"current_password": [reason]})


class NotAColleague(NotFound):
    """A user id outside the account: it cannot be seen, so it is not found (decision Q-15 over contract B.5)."""

    code = "not_a_colleague"

    def __init__(self) -> None:
        super().__init__(fields={"user_ids": [_("One of these people isn't in the account.")]})
