"""What someone proves themselves with."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ventanilla.accounts.models import Account, ClientSession, CustomRole, Role, User
from ventanilla.kit.clock import now
from ventanilla.kit.seal import EncryptedTextField


class Authenticator(models.Model):
    """An app that shows a new six-digit code every half minute (TOTP, RFC 6238): one per user."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="authenticator")
    secret = EncryptedTextField(help_text="Base32, as the app reads it.")
    confirmed_at = models.DateTimeField(
        null=True, blank=True, help_text="When they first gave a code; until then it is asked of no one."
    )
    last_step = models.BigIntegerField(
        default=0, help_text="The half minute of the newest code taken: none is taken twice (RFC 6238 §5.2)."
    )
    created_at = models.DateTimeField(default=now)


class RecoveryCode(models.Model):
    """A way in without the second factor, once. 80 random bits, so a digest needs no salt (docs/adr/0014)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once")
        ]


class SignIn(models.Model):
    """A session someone is signed in with: a browser's cookie or a phone's headers."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    key = models.CharField(
        max_length=80,
        unique=True,
        help_text="browser: and the digest of the cookie, or client: and the phone's number. Opens nothing.",
    )
    client_session = models.OneToOneField(
        ClientSession, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    how = models.CharField(
        max_length=20, blank=True, default="", help_text='As in user.signed_in; "" is unknown.'
    )
    account = models.ForeignKey(
        Account,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="Whose provider vouched for them: the session reaches nothing else. Null: they proved it themselves.",
    )
    agent = models.CharField(max_length=255, blank=True, default="", help_text="User-Agent.")
    address = models.CharField(max_length=64, blank=True, default="")
    state = models.CharField(
        max_length=32, help_text="Of the password: with another one the session is over."
    )
    created_at = models.DateTimeField(default=now)
    last_seen_at = models.DateTimeField(default=now)


class KnownDevice(models.Model):
    """A kind of device in a network from which someone came in: another one is told them by mail."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="known_devices")
    digest = models.CharField(max_length=64)
    seen_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "digest"], name="known_device_once")]


class Passkey(models.Model):
    """A key pair on someone's device (WebAuthn): here is the public half."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="passkeys")
    credential_id = models.CharField(
        max_length=1400, unique=True, help_text="Base64url, as browsers write it."
    )
    credential = models.TextField(help_text="Attested credential data (WebAuthn §6.5.1), base64url.")
    handle = models.CharField(
        max_length=64, help_text="What the device knows the user by; the same in all of theirs."
    )
    sign_count = models.BigIntegerField(default=0)
    name = models.CharField(max_length=60, blank=True, default="")
    created_at = models.DateTimeField(default=now)
    last_used_at = models.DateTimeField(null=True, blank=True)


class SignInProvider(models.Model):
    """Where people of an account prove who they are (OpenID Connect), set up by its administrators."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sign_in_providers")
    name = models.CharField(max_length=60, help_text="On the button.")
    slug = models.CharField(max_length=80, unique=True, help_text="/sso/SLUG leads there; never changes.")
    issuer = models.CharField(max_length=255, help_text="As discovery writes it.")
    client_id = models.CharField(max_length=255)
    client_secret = EncryptedTextField(blank=True, default="")
    domains = models.JSONField(default=list, help_text="Whose e-mail addresses it is believed, lower case.")
    unverified_domains = models.JSONField(
        default=list,
        help_text="Those of `domains` about which it is believed though it says nothing of verifying (Entra ID).",
    )
    makes_members = models.BooleanField(
        default=False, help_text="Whoever comes with such an address joins the account."
    )
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.AGENT)
    custom_role = models.ForeignKey(
        CustomRole,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Only beside the role agent.",
    )
    claim = models.CharField(
        max_length=120, blank=True, default="", help_text='What `rules` look at, like "groups".'
    )
    rules = models.JSONField(
        default=list, help_text="[{value, role, custom_role_id, team_id}], see claims.py."
    )
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["account"], name="sign_in_providers_of")]

    def __str__(self) -> str:
        return self.name


class Identity(models.Model):
    """Someone at a provider. Stays when they leave: whoever was removed does not come in again by themselves."""

    provider = models.ForeignKey(SignInProvider, on_delete=models.CASCADE, related_name="identities")
    subject = models.CharField(
        max_length=255, help_text="`sub`: the provider's own name of them, never given twice."
    )
    user = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="identities"
    )
    created_at = models.DateTimeField(default=now)
    last_used_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "subject"], name="identity_once"),
            models.UniqueConstraint(
                fields=["provider", "user"],
                condition=models.Q(user__isnull=False),
                name="identity_of_a_user_once",
            ),
        ]


class CompanyLinkRequest(models.Model):
    """Somebody typed an address to be mailed the way to their company's provider; the worker looks who that is."""

    email = models.EmailField(max_length=254)
    created_at = models.DateTimeField(default=now)


class Spent(models.Model):
    """Something that may be answered once was."""

    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(db_index=True)


class EmailChange(models.Model):
    """Someone asked for another address to sign in with: the one before can take it back for a week."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="email_changes")
    digest = models.CharField(
        max_length=64, unique=True, help_text="Of the link that was mailed to `before`."
    )
    before = models.CharField(max_length=254)
    after = models.CharField(max_length=254)
    asked_at = models.DateTimeField(default=now)
