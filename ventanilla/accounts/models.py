"""Account, user and everything that says who may come in."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower

from ventanilla.kit import tokens
from ventanilla.kit.clock import now
from ventanilla.kit.seal import EncryptedJSONField, EncryptedTextField


class Account(models.Model):
    """One company. Everything but users and installation-wide things belongs to exactly one account."""

    class Status(models.TextChoices):
        ACTIVE = "active"
        SUSPENDED = "suspended"

    name = models.CharField(max_length=255)
    locale = models.CharField(max_length=10, default="es")
    domain = models.CharField(max_length=100, blank=True, default="")
    support_email = models.CharField(max_length=100, blank=True, default="")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    timezone = models.CharField(max_length=64, default="UTC")
    base_url = models.CharField(
        max_length=255,
        blank=True,
        default="",
        help_text="Where an administrator last came in; mailed links lead there.",
    )
    auto_resolve_duration = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Days, 1 to 999; null is off."
    )
    features = models.JSONField(
        default=dict, blank=True, help_text="Feature flags that differ from the default."
    )
    limits = models.JSONField(
        default=dict, blank=True, help_text="{agents, inboxes}: most of each; absent is unlimited."
    )
    settings = models.JSONField(default=dict, blank=True)
    custom_attributes = models.JSONField(default=dict, blank=True)
    # Sequences that are part of the account row, so that taking the next number is one UPDATE in the command's transaction.
    last_display_id = models.BigIntegerField(default=0, help_text="Newest conversation number given out.")
    # When labels, inboxes and teams last changed (clients cache them by these); null is never.
    labels_changed_at = models.DateTimeField(null=True, blank=True)
    inboxes_changed_at = models.DateTimeField(null=True, blank=True)
    teams_changed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        """False when an operator suspended the account: nobody of it may do anything."""
        return self.status == self.Status.ACTIVE


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
    provider = models.CharField(max_length=20, default="email")
    # The secret a browser or phone subscribes to its own stream with; sealed because it is as good as a session.
    pubsub_token = models.CharField(max_length=64, unique=True, default=tokens.random_token)
    ui_settings = models.JSONField(default=dict, blank=True)
    custom_attributes = models.JSONField(default=dict, blank=True)
    confirmed_at = models.DateTimeField(
        null=True, blank=True, help_text="When the address was proven; null cannot sign in."
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
    """A user in an account."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    inviter = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.AGENT)
    availability = models.CharField(max_length=8, choices=Availability.choices, default=Availability.ONLINE)
    auto_offline = models.BooleanField(
        default=True, help_text="Shown offline while no screen of theirs is open."
    )
    custom_attributes = models.JSONField(default=dict, blank=True)
    active_at = models.DateTimeField(null=True, blank=True, help_text="When they last chose this account.")
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "user"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.account_id} as {self.role}"

    @property
    def is_administrator(self) -> bool:
        return self.role == Role.ADMINISTRATOR


class Team(models.Model):
    """A named group of agents that conversations can be given to."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="teams")
    name = models.CharField(max_length=255, help_text="Lower case, unique in the account.")
    description = models.TextField(blank=True, default="")
    allow_auto_assign = models.BooleanField(default=True)
    sees_only_own = models.BooleanField(
        default=False,
        help_text="Members who are only in such teams see their teams' conversations and their own, and no others.",
    )
    members: models.ManyToManyField[User, TeamMember] = models.ManyToManyField(
        User, through="TeamMember", related_name="teams"
    )
    deleted_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Hidden everywhere; conversations let go of it, then a job deletes it.",
    )
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                "account", Lower("name"), condition=models.Q(deleted_at__isnull=True), name="team_name_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class TeamMember(models.Model):
    """A user in a team."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="team_members")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="team_memberships")
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["team", "user"], name="team_member_once")]


class PlatformApp(models.Model):
    """An operator's program that makes accounts and users through the platform API."""

    name = models.CharField(max_length=255)
    created_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.name


class PlatformPermit(models.Model):
    """An account or user that a platform app made or was granted; it may touch no other."""

    app = models.ForeignKey(PlatformApp, on_delete=models.CASCADE, related_name="permits")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["app", "account"],
                condition=models.Q(account__isnull=False),
                name="permit_account_once",
            ),
            models.UniqueConstraint(
                fields=["app", "user"], condition=models.Q(user__isnull=False), name="permit_user_once"
            ),
            models.CheckConstraint(
                condition=models.Q(account__isnull=False) ^ models.Q(user__isnull=False),
                name="permit_for_one_thing",
            ),
        ]


class AgentBot(models.Model):
    """A program that answers customers. `account` null: offered to every account of the installation."""

    account = models.ForeignKey(
        Account, on_delete=models.CASCADE, null=True, blank=True, related_name="agent_bots"
    )
    name = models.CharField(max_length=255)
    description = models.TextField(blank=True, default="")
    outgoing_url = models.CharField(max_length=2048, blank=True, default="")
    bot_type = models.CharField(max_length=16, default="webhook")
    bot_config = models.JSONField(default=dict, blank=True)
    avatar = models.FileField(upload_to="avatars/%Y/%m", blank=True, max_length=255)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name


class AccessToken(models.Model):
    """The token of the `api_access_token` header. Found by its digest; sealed so that its owner can read it again."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="access_token"
    )
    agent_bot = models.OneToOneField(
        AgentBot, on_delete=models.CASCADE, null=True, blank=True, related_name="access_token"
    )
    platform_app = models.OneToOneField(
        PlatformApp, on_delete=models.CASCADE, null=True, blank=True, related_name="access_token"
    )
    digest = models.CharField(max_length=64, unique=True)
    sealed = EncryptedTextField()
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(
                    models.Q(user__isnull=False, agent_bot__isnull=True, platform_app__isnull=True)
                    | models.Q(user__isnull=True, agent_bot__isnull=False, platform_app__isnull=True)
                    | models.Q(user__isnull=True, agent_bot__isnull=True, platform_app__isnull=False)
                ),
                name="access_token_of_one_owner",
            )
        ]


class ClientSession(models.Model):
    """A sign-in of the contract's `access-token` + `client` + `uid` headers: one per device, 25 at most."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="client_sessions")
    client = models.CharField(max_length=64)
    digest = models.CharField(
        max_length=64, help_text="Digest of the access-token; the token itself is never kept."
    )
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "client"], name="client_session_once")
        ]


class OneTimeToken(models.Model):
    """A link that was mailed: invitation, password reset, address confirmation, single sign-on. Works once."""

    class Purpose(models.TextChoices):
        INVITATION = "invitation"
        PASSWORD = "password"  # noqa: S105 — the purpose's name
        CONFIRMATION = "confirmation"
        SSO = "sso"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="one_time_tokens")
    purpose = models.CharField(max_length=16, choices=Purpose.choices)
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(default=now)


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


class Letter(models.Model):
    """A mail of ours that waits to leave: written in the command's transaction, sent by a job, tried again when it fails."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"

    to = models.CharField(max_length=254)
    # Sealed: the text may carry a link that signs someone in. Emptied once it was sent.
    content = EncryptedJSONField(default=dict, blank=True)
    locale = models.CharField(max_length=10, default="es")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=now)
    last_error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(default=now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "due_at"], name="letter_due")]
