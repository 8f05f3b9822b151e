"""Providers of an account: set up, changed, removed, tried; and whether the account opens for nothing else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from ventanilla.accounts.actors import actor_of
from ventanilla.accounts.models import Account, CustomRole, Role, Team, User
from ventanilla.events.log import record
from ventanilla.kit import tokens
from ventanilla.kit.changes import Changes, assign, lock
from ventanilla.kit.domains import NotADomain, listed
from ventanilla.kit.errors import Invalid, NotFound
from ventanilla.signin.errors import ComeByItFirst, LastProvider
from ventanilla.signin.events import (
    IdentityUnlinked,
    OnlySingleSignOnChanged,
    SignInProviderAdded,
    SignInProviderChanged,
    SignInProviderRemoved,
)
from ventanilla.signin.models import Identity, SignInProvider
from ventanilla.signin.reach import Reach
from ventanilla.signin.single_sign_on import discovery
from ventanilla.signin.single_sign_on.errors import NotSecure

if TYPE_CHECKING:
    from ventanilla.kit.errors import Text

MOST_PROVIDERS = 10
MOST_RULES = 200
_MAX_NAME_CHARS, _MAX_CHARS, _MAX_CLAIM_CHARS, _MAX_SECRET_CHARS = 60, 255, 120, 2000
_FIELDS = (
    "name",
    "issuer",
    "client_id",
    "domains",
    "unverified_domains",
    "makes_members",
    "role",
    "custom_role_id",
    "claim",
    "rules",
)


@transaction.atomic
def add_provider(account: Account, *, by: User | None, **fields: Any) -> SignInProvider:
    """Set one up. `fields` as in the model, with `client_secret`. Raises Invalid. Records sign_in_provider.created."""
    Account.objects.select_for_update().only("pk").get(pk=account.pk)
    if SignInProvider.objects.filter(account=account).count() >= MOST_PROVIDERS:
        raise Invalid(fields={"name": [_("An account can have up to 10 providers.")]})
    provider = SignInProvider(account=account)
    assign(provider, _cleaned(provider, {**dict.fromkeys(("name", "issuer", "client_id"), ""), **fields}))
    provider.client_secret = _secret(fields.get("client_secret"))
    provider.slug = _slug(provider.name)
    provider.save()
    fact = SignInProviderAdded(
        account_id=account.pk, provider_id=provider.pk, title=provider.name, issuer=provider.issuer
    )
    record(fact, actor=actor_of(by))
    return provider


@transaction.atomic
def change_provider(provider: SignInProvider, *, by: User | None, **fields: Any) -> SignInProvider:
    """Change what is given; `client_secret` "" keeps the one there is. Raises Invalid. Records sign_in_provider.updated.

    Whose `sub` it is depends on the issuer, so that stays once someone has come by it.
    """
    lock(provider)
    values = _cleaned(provider, fields)
    if values.get("issuer", provider.issuer) != provider.issuer and provider.identities.exists():
        raise Invalid(
            fields={
                "issuer": [
                    _("People already sign in with this provider. Add the other one as a new provider.")
                ]
            }
        )
    changes = assign(provider, values)
    if secret := _secret(fields.get("client_secret")):
        if "issuer" in changes or secret != provider.client_secret:
            changes |= _quietly(provider, secret)
    elif "issuer" in changes:
        changes |= _quietly(provider, "")  # never handed to another host than the one it was entered for
    if changes:
        provider.save()
        fact = SignInProviderChanged(account_id=provider.account_id, provider_id=provider.pk, changes=changes)
        record(fact, actor=actor_of(by))
    return provider


def _quietly(provider: SignInProvider, secret: str) -> Changes:
    provider.client_secret = secret
    return {"client_secret": [None, None]}


@transaction.atomic
def remove_provider(provider: SignInProvider, *, by: User | None) -> None:
    """No one comes in by it any more. Raises LastProvider. Records sign_in_provider.deleted."""
    account = Account.objects.select_for_update().get(pk=provider.account_id)
    others = SignInProvider.objects.filter(account=account).exclude(pk=provider.pk)
    if account.only_single_sign_on and not others.exists():
        raise LastProvider
    fact = SignInProviderRemoved(account_id=account.pk, provider_id=provider.pk, title=provider.name)
    record(fact, actor=actor_of(by))
    provider.delete()


@transaction.atomic
def ask_for_single_sign_on(account: Account, *, only: bool, by: User | None, reach: Reach) -> None:
    """Whether passwords, passkeys and mailed links open the account. Records account.only_single_sign_on_changed.

    Raises ComeByItFirst unless `by` came in by one of its providers here: whoever closes a door shows that the other
    one opens.
    """
    lock(account)
    if only and (
        account.pk not in reach.accounts or not SignInProvider.objects.filter(account=account).exists()
    ):
        raise ComeByItFirst
    set_only(account, only=only, by=by)


def set_only(account: Account, *, only: bool, by: User | None) -> None:
    """The same for who has shown it, or stands at the server. Inside a transaction."""
    changes = assign(account, {"only_single_sign_on": only})
    if changes:
        account.save(update_fields=[*changes, "updated_at"])
        record(OnlySingleSignOnChanged(account_id=account.pk, changes=changes), actor=actor_of(by))


@transaction.atomic
def unlink(provider: SignInProvider, *, user_id: int, by: User | None) -> None:
    """The member may come by the provider as somebody else of it. Raises NotFound. Records user.identity_unlinked."""
    if Identity.objects.filter(provider=provider, user_id=user_id).delete()[0] == 0:
        raise NotFound
    fact = IdentityUnlinked(account_id=provider.account_id, user_id=user_id, provider_id=provider.pk)
    record(fact, actor=actor_of(by))


def try_provider(issuer: str) -> discovery.Metadata:
    """Ask the provider what it says of itself, and for its keys. Raises ProviderProblem: what is wrong, in words."""
    metadata = discovery.ask(issuer.strip())
    discovery.ask_keys(metadata)
    return metadata


def _slug(name: str) -> str:
    """Like acme-4f7q2m: to be read aloud, and not to be guessed from a company's name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")
    return f"{words or 'sso'}-{tokens.random_hex(8)}"


def _secret(given: Any) -> str:
    secret = str(given or "").strip()
    if len(secret) > _MAX_SECRET_CHARS or "\x00" in secret:
        raise Invalid(fields={"client_secret": [_("This text is too long.")]})
    return secret


def _cleaned(provider: SignInProvider, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that are given, as they are kept. Raises Invalid with every reason by field."""
    account = provider.account
    values = {name: fields[name] for name in _FIELDS if name in fields}
    wrong: dict[str, list[Text]] = {}
    for name, longest in (("name", _MAX_NAME_CHARS), ("client_id", _MAX_CHARS), ("claim", _MAX_CLAIM_CHARS)):
        if name in values:
            values[name] = " ".join(str(values[name] or "").split())
            if not values[name] and name != "claim":
                wrong[name] = [_("This can't be blank.")]
            elif len(values[name]) > longest or "\x00" in values[name]:
                wrong[name] = [_("This text is too long.")]
    if "issuer" in values:
        values["issuer"] = str(values["issuer"] or "").strip()
        wrong |= _wrong_issuer(values["issuer"])
    if "domains" in values:
        values["domains"], reasons = _domains(values["domains"], "domains")
        wrong |= reasons
    if "unverified_domains" in values:
        values["unverified_domains"], reasons = _domains(values["unverified_domains"], "unverified_domains")
        wrong |= reasons or _beyond(
            values["unverified_domains"], values.get("domains", provider.domains or [])
        )
    elif "domains" in values and not wrong:
        # What it is not believed about any more, it is not believed about unverified either.
        kept = [one for one in provider.unverified_domains or [] if one in values["domains"]]
        values["unverified_domains"] = kept
    wrong |= _clean_role(account, values)
    if "rules" in values:
        values["rules"], reasons = _rules(account, values["rules"])
        wrong |= reasons
    if wrong:
        raise Invalid(fields=wrong)
    return values


def _wrong_issuer(issuer: str) -> dict[str, list[Text]]:
    try:
        discovery.check_secure(issuer)
    except NotSecure as problem:
        return {"issuer": [problem.message]}
    if len(issuer) > _MAX_CHARS or "?" in issuer or "#" in issuer:
        return {"issuer": [_("Enter the issuer's address, without “?” and “#”.")]}
    return {}


def _beyond(unverified: list[str], domains: list[str]) -> dict[str, list[Text]]:
    strange = next((one for one in unverified if one not in domains), None)
    if strange is None:
        return {}
    words = _("“%(domain)s” isn't among the email domains of this provider.") % {"domain": strange[:80]}
    return {"unverified_domains": [words]}


def _domains(given: Any, name: str) -> tuple[list[str], dict[str, list[Text]]]:
    try:
        domains = listed(given)
    except NotADomain as error:
        return [], {name: [_("“%(text)s” isn't a domain.") % {"text": error.text[:80]}]}
    if any(domain.startswith("*.") or ":" in domain for domain in domains):
        return [], {name: [_("List each domain whole, like acme.com.")]}
    return domains, {}


def _clean_role(account: Account, values: dict[str, Any]) -> dict[str, list[Text]]:
    if "role" in values and values["role"] not in Role.values:
        return {"role": [_("The role must be administrator, agent or analyst.")]}
    if "custom_role_id" in values:
        number = values["custom_role_id"] or None
        values["custom_role_id"] = number
        if number is not None:
            if not CustomRole.objects.filter(account=account, pk=number).exists():
                return {"custom_role_id": [_("This role doesn't exist.")]}
            values["role"] = Role.AGENT.value
    elif "role" in values:
        values["custom_role_id"] = None
    return {}


def _rules(account: Account, given: Any) -> tuple[list[dict[str, Any]], dict[str, list[Text]]]:
    rows = [row for row in given or [] if isinstance(row, Mapping)]
    if len(rows) > MOST_RULES:
        return [], {"rules": [_("There are too many rows.")]}
    roles = set(CustomRole.objects.filter(account=account).values_list("pk", flat=True))
    teams = set(Team.objects.filter(account=account, deleted_at__isnull=True).values_list("pk", flat=True))
    kept: list[dict[str, Any]] = []
    for row in rows:
        value = str(row.get("value") or "").strip()
        own, team = row.get("custom_role_id") or None, row.get("team_id") or None
        role = Role.AGENT.value if own else str(row.get("role") or "")
        if not value or len(value) > _MAX_CHARS or "\x00" in value:
            return [], {"rules": [_("Each row needs a value of up to 255 characters.")]}
        if role not in ("", *Role.values) or (own and own not in roles):
            return [], {"rules": [_("This role doesn't exist.")]}
        if team and team not in teams:
            return [], {"rules": [_("This team doesn't exist.")]}
        if not role and not team:
            return [], {"rules": [_("Choose a role or a team for “%(value)s”.") % {"value": value[:80]}]}
        kept.append({"value": value, "role": role, "custom_role_id": own, "team_id": team})
    return kept, {}
