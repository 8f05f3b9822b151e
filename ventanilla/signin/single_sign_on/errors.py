"""What a provider does wrong, each with a code and a sentence. None of them lets anyone in."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.errors import AgentLimitReached
from ventanilla.kit.errors import Conflict, Refusal, Throttled
from ventanilla.kit.links import AddressUnknown

_SET_UP_WRONG = _("This sign-in isn't set up correctly. Ask an administrator of your account.")


class ProviderProblem(Refusal):
    """Something is wrong at the provider, or with how it was set up."""

    code: ClassVar[str] = "provider_problem"


class NotSecure(ProviderProblem):
    """What is read over plain http can be written by anyone on the way."""

    code = "provider_not_secure"
    default_message = _("The address has to start with https://.")


class AddressClosed(ProviderProblem):
    """It leads into a private network."""

    code = "provider_address_closed"
    default_message = _("This address leads into a private network, which Ventanilla doesn't enter.")


class Silent(ProviderProblem):
    """No answer, too slow, or too large."""

    code = "provider_silent"
    default_message = _("The provider doesn't respond, takes too long, or sends far too much.")


class NoDiscovery(ProviderProblem):
    """There is no document of OpenID Connect Discovery."""

    code = "provider_no_discovery"
    default_message = _(
        "There's no OpenID Connect provider at this address. Copy the issuer from its settings."
    )


class OtherIssuer(ProviderProblem):
    """The document belongs to somebody else (OpenID Connect Discovery §4.3)."""

    code = "provider_other_issuer"

    def __init__(self, issuer: str) -> None:
        reason = _("The provider at this address calls itself “%(issuer)s”. Enter exactly that issuer.")
        super().__init__(str(reason) % {"issuer": issuer[:200]})


class Incomplete(ProviderProblem):
    """The document names no address for a step of the way."""

    code = "provider_incomplete"

    def __init__(self, field: str) -> None:
        super().__init__(str(_("The provider doesn't say where its “%(field)s” is.")) % {"field": field})


class NoKeys(ProviderProblem):
    """Nothing it publishes can verify a signature."""

    code = "provider_no_keys"
    default_message = _("The provider publishes no key that its signatures can be verified with.")


class NoSuchWay(ProviderProblem):
    """It does not offer the authorization code flow."""

    code = "provider_no_code_flow"
    default_message = _("The provider doesn't offer the “authorization code” flow.")


class CodeRefused(ProviderProblem):
    """The token endpoint gave no tokens."""

    code = "provider_refused_code"

    def __init__(self, said: str = "") -> None:
        reason = _("The provider didn't accept Ventanilla's client ID or secret (“%(said)s”).")
        super().__init__(str(reason) % {"said": said[:120] or "?"})


class BadToken(ProviderProblem):
    """The ID token is not one for us, here and now. `reason` is for the log; people are told no more than this."""

    code = "provider_bad_token"
    default_message = _("The provider's answer isn't valid. No one was signed in.")

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


class Cancelled(ProviderProblem):
    """The person, or the provider, said no."""

    code = "cancelled"
    default_message = _("The provider didn't let you in.")


class NotAskedAnew(ProviderProblem):
    """It was to ask them anew, and answered from a session it has with the browser: a thief at that browser could, too."""

    code = "provider_did_not_ask"
    default_message = _("The provider didn't ask you to sign in again, so nothing was confirmed. Try again.")


class WayLost(Conflict):
    """The answer does not belong to a way that this browser began, or was given before."""

    code = "way_lost"
    default_message = _("This sign-in took too long, or was started in another browser. Start again.")


class SomebodyElseHere(Conflict):
    """Another person is signed in: who follows a stranger's link must not find themselves as somebody else."""

    code = "somebody_else_here"
    default_message = _("Someone else is signed in here. Sign out first.")


class NotBelieved(ProviderProblem):
    """The provider did not verify the address."""

    code = "email_not_verified"
    default_message = _("The provider doesn't confirm that this email is yours (“email_verified”).")


class ForeignDomain(ProviderProblem):
    """The address is of a domain that the account's administrators did not list."""

    code = "foreign_domain"
    default_message = _("Emails of this domain can't sign in here. Ask an administrator.")


class NotInvited(ProviderProblem):
    """No member, and the account makes none by itself."""

    code = "not_invited"
    default_message = _("You don't belong to this account. Ask an administrator to invite you.")


class Removed(ProviderProblem):
    """They were a member once."""

    code = "removed_member"
    default_message = _("You no longer belong to this account. Ask an administrator to invite you.")


class InvitationMailed(ProviderProblem):
    """Somebody with that address uses Ventanilla: they join by their own yes (docs/adr/0015)."""

    code = "invitation_mailed"
    default_message = _("We've sent you an invitation by email. Accept it, then sign in here again.")


class InvitationDue(Exception):
    """Somebody with that address uses Ventanilla elsewhere: they have to be invited."""

    def __init__(self, email: str) -> None:
        super().__init__()
        self.email = email


class LinkedAlready(ProviderProblem):
    """The member is somebody else at the provider: an address may have been given to a new colleague."""

    code = "linked_already"
    default_message = _(
        "This email belongs to someone who signs in as another user of the provider. Ask an administrator."
    )


class UnknownProvider(ProviderProblem):
    """The link was mistyped, or the provider was removed."""

    code = "unknown_provider"
    default_message = _("This sign-in link doesn't exist any more. Ask your administrator for the new one.")


class AccountClosed(ProviderProblem):
    """An operator suspended it."""

    code = "account_closed"
    default_message = _("This account is suspended.")


def sentence_of(code: str) -> str:
    """What the sign-in page says of a refusal with that code; of one that only an administrator can mend, just that."""
    kinds: tuple[type[Refusal], ...] = (
        *ProviderProblem.__subclasses__(),
        WayLost,
        SomebodyElseHere,
        AddressUnknown,
        AgentLimitReached,
        Throttled,
    )
    found = {kind.code: kind.default_message for kind in kinds if kind not in _FOR_ADMINISTRATORS}
    return str(found.get(code, _SET_UP_WRONG))


_FOR_ADMINISTRATORS = frozenset(
    {NotSecure, AddressClosed, NoDiscovery, OtherIssuer, Incomplete, NoKeys, NoSuchWay, CodeRefused}
)
