"""Refusals of this room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ventanilla.kit.errors import Conflict, Forbidden, Invalid, Unauthorised


class WrongCode(Invalid):
    """Neither the app's code nor a recovery code; or one that was taken already."""

    code = "wrong_code"

    def __init__(self) -> None:
        reason = _("This code isn't right, or it was already used. Wait for the next one.")
        super().__init__(reason, fields={"otp_code": [reason]})


class StepOver(Unauthorised):
    """Too much time passed since the password, or it was changed meanwhile."""

    code = "step_over"
    default_message = _("That took too long. Start signing in again.")


class FactorThere(Conflict):
    """The user has an authenticator app already."""

    code = "factor_there"
    status = 422
    default_message = _("You already use an authenticator app. Remove it before you set up another one.")


class NoFactor(Conflict):
    """There is nothing to take away or to make recovery codes for."""

    code = "no_factor"
    status = 422
    default_message = _("Two-step sign-in is off.")


class ProofNeeded(Forbidden):
    """The act is dangerous and it is some time since they proved who they are."""

    code = "proof_needed"
    default_message = _("Show that it's you first.")


class SecondStepOwed(Forbidden):
    """The account asks a second step of every member, and they have none: nothing of it is theirs until they do."""

    code = "second_step_owed"
    default_message = _("This account needs you to set up two-step sign-in first.")


class SecondStepAsked(Conflict):
    """It is their last factor, and an account of theirs asks for one."""

    code = "second_step_asked"
    status = 422

    def __init__(self, account: str) -> None:
        super().__init__(
            _("%(account)s needs you to have a second step. Set up another one before you remove this one.")
            % {"account": account}
        )


class SecondStepFirst(Conflict):
    """Whoever asks it of others must have one: else nobody could take it back."""

    code = "second_step_first"
    status = 422
    default_message = _("Set up your own second step first; you would lock yourself out.")


class OnlySingleSignOn(Forbidden):
    """The account opens for its own provider alone."""

    code = "single_sign_on_only"
    default_message = _(
        "Your company asks you to sign in with its own provider. Choose “Sign in with my company”."
    )


class ComeByItFirst(Conflict):
    """They want to close every other door, and have not shown that this one opens."""

    code = "come_by_it_first"
    status = 422
    default_message = _(
        "Sign in with the provider once in this browser, to show that it works before passwords stop."
    )


class LastProvider(Conflict):
    """Without it no one could come in."""

    code = "last_provider"
    status = 422
    default_message = _(
        "This account can only be opened by single sign-on. Allow passwords again before you remove its last provider."
    )


class BadPasskey(Invalid):
    """The browser's answer does not prove that they hold a passkey of this site."""

    code = "bad_passkey"
    default_message = _("This passkey didn't work here. Try again, or sign in another way.")


class PasskeyThere(Conflict):
    """It is somebody's already."""

    code = "passkey_there"
    status = 422
    default_message = _("This passkey is already in use.")


class Replayed(Invalid):
    """It was answered before."""

    code = "replayed"
    default_message = _("This answer was already used. Try again.")
