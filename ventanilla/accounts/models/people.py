"""People: users, what they are in an account, and when they were seen."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models

from ventanilla.accounts.models.accounts import Account
from ventanilla.accounts.models.roles import CustomRole
from ventanilla.kit import tokens
from ventanilla.kit.clock import now
from ventanilla.kit.sealed_keys import SealedKeyField


class UserManager(BaseUserManager["User"]):
    """Creation as Django's own commands expect it; the product itself uses accounts.commands."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(
            email, password, is_staff=True, is_superuser=True, confirmed_at=now(), **fields
        )

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. They may belong to several accounts, with a role in each."""

    email = models.EmailField(max_length=254, unique=True, help_text="Lower case.")
    unconfirmed_email = models.EmailField(
        max_length=254,
        blank=True,
        default="",
        help_text="Takes the place of `email` once its owner confirms it.",
    )
    name = models.CharField(max_length=255)
    display_name = models.CharField(max_length=255, blank=True, default="")
    phone_number = models.CharField(max_length=32, blank=True, default="")
    avatar = models.FileField(upload_to="avatars/%Y/%m", blank=True, max_length=255)
    message_signature = models.TextField(blank=True, default="")
    timezone = models.CharField(
        max_length=64, blank=True, default="", help_text="IANA name; blank until a browser has said it."
    )
    provider = models.CharField(max_length=20, default="email")
    # The secret a browser or phone subscribes to its own stream with; sealed because it is as good as a session.
    pubsub_token = SealedKeyField(max_length=64, unique=True, default=tokens.random_token)
    ui_settings = models.JSONField(default=dict, blank=True)
    custom_attributes = models.JSONField(default=dict, blank=True)
    confirmed_at = models.DateTimeField(
        null=True, blank=True, help_text="When the address was proven; null cannot sign in."
    )
    email_proven_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When a mailed link or the operator showed that the address is theirs; invitations wait for that.",
    )
    left_at = models.DateTimeField(
        null=True, blank=True, help_text="When they left their last account; a job deletes the row later."
    )
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1, help_text="Grows with each change that others can see.")
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)

    objects = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.email

    @property
    def available_name(self) -> str:
        """The name customers see."""
        return self.display_name or self.name


class Role(models.TextChoices):
    """What a member may do; the matrix is in policies.py. An analyst reads reports and exports, and writes nothing."""

    ADMINISTRATOR = "administrator"
    AGENT = "agent"
    ANALYST = "analyst"


class Availability(models.TextChoices):
    """What a member says of themselves; the effective status also asks whether they are present (policies.py)."""

    ONLINE = "online"
    BUSY = "busy"
    OFFLINE = "offline"


class Membership(models.Model):
    """A user in an account.

    Until someone accepts an invitation, the user of its membership is a stand-in that no one can be: the account may
    give it a role, teams and inboxes, and learns nothing of who reads the mail (docs/adr/0015).
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    inviter = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.AGENT)
    custom_role = models.ForeignKey(
        CustomRole,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="memberships",
        help_text="Only beside the role agent.",
    )
    availability = models.CharField(max_length=8, choices=Availability.choices, default=Availability.ONLINE)
    auto_offline = models.BooleanField(
        default=True, help_text="Shown offline while no screen of theirs is open."
    )
    custom_attributes = models.JSONField(default=dict, blank=True)
    invited_email = models.EmailField(
        max_length=254,
        blank=True,
        default="",
        help_text='Who is invited, lower case; "" once they have accepted.',
    )
    declined_at = models.DateTimeField(null=True, blank=True, help_text="When the invited person said no.")
    active_at = models.DateTimeField(null=True, blank=True, help_text="When they last chose this account.")
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "user"], name="membership_once"),
            models.UniqueConstraint(
                fields=["account", "invited_email"],
                condition=~models.Q(invited_email=""),
                name="membership_invitation_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["invited_email"],
                condition=~models.Q(invited_email=""),
                name="invitations_of_an_address",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.account_id} as {self.role}"

    @property
    def is_pending(self) -> bool:
        """Whether the invitation has not been accepted: its user is a stand-in."""
        return bool(self.invited_email)

    @property
    def email(self) -> str:
        """The person's address, or the one that was invited."""
        return self.invited_email or self.user.email

    @property
    def is_administrator(self) -> bool:
        return self.role == Role.ADMINISTRATOR


class Presence(models.Model):
    """When a user or contact was last seen connected. Written in batches by realtime, at most once a second."""

    class Kind(models.TextChoices):
        USER = "user"
        CONTACT = "contact"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    ref_id = models.BigIntegerField(help_text="Id of the user or contact.")
    last_seen_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "kind", "ref_id"], name="presence_once")
        ]
