"""Contact and its identity in each inbox."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.expressions import Case, Value, When
from django.db.models.functions import Lower

from ventanilla.accounts.models import Account, User
from ventanilla.inboxes.models import Inbox
from ventanilla.kit import tokens
from ventanilla.kit.clock import now
from ventanilla.kit.orders import BlanksLast, Folded
from ventanilla.kit.sealed_keys import SealedKeyField
from ventanilla.labels.models import Label

_HAS_A_KEY = models.Q(email__gt="") | models.Q(phone_number__gt="") | models.Q(identifier__gt="")


class Contact(models.Model):
    """A customer. Email is lower case, phone E.164; each of email, phone and identifier is unique in the account."""

    class Type(models.TextChoices):
        VISITOR = "visitor"
        LEAD = "lead"
        CUSTOMER = "customer"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="contacts", db_index=False)
    name = models.CharField(max_length=255, blank=True, default="")
    last_name = models.CharField(
        max_length=255,
        blank=True,
        default="",
        db_default="",
        help_text="The surname, which is also the end of `name`.",
    )
    email = models.CharField(max_length=254, null=True, blank=True)
    phone_number = models.CharField(max_length=20, null=True, blank=True)
    identifier = models.CharField(
        max_length=255, null=True, blank=True, help_text="The customer's id in the company's own system."
    )
    contact_type = models.CharField(max_length=10, choices=Type.choices, default=Type.VISITOR)
    avatar = models.FileField(upload_to="avatars/%Y/%m", blank=True, max_length=255)
    blocked = models.BooleanField(default=False)
    is_withheld = models.BooleanField(
        default=False,
        help_text="Joined by an e-mail or phone that nobody signed: its visitors read only what they said themselves.",
    )
    preferred_language = models.CharField(max_length=12, blank=True, default="", db_default="")
    origin = models.CharField(
        max_length=10,
        blank=True,
        default="",
        db_default="",
        help_text="How the record came about: agent, program, import or channel.",
    )
    additional_attributes = models.JSONField(default=dict, blank=True)
    custom_attributes = models.JSONField(default=dict, blank=True)
    # Copies of additional_attributes.{city, country_code, company_name} that lists sort and filter by.
    location = models.CharField(max_length=255, blank=True, default="")
    country_code = models.CharField(max_length=8, blank=True, default="")
    company = models.CharField(max_length=255, blank=True, default="")
    search_text = models.TextField(
        blank=True,
        default="",
        help_text="Name, e-mail, phone, identifier and company without accents and capitals.",
    )
    label_titles = models.JSONField(default=list, blank=True, help_text="Copy of the labels' titles, sorted.")
    labels: models.ManyToManyField[Label, ContactLabel] = models.ManyToManyField(
        Label, through="ContactLabel", related_name="contacts"
    )
    last_activity_at = models.DateTimeField(null=True, blank=True)
    is_known = models.GeneratedField(
        expression=Case(When(_HAS_A_KEY, then=Value(True)), default=Value(False)),
        output_field=models.BooleanField(),
        db_persist=True,
        help_text="By more than a cookie. Only these stand in lists.",
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("account", Lower("email"), name="contact_email_once"),
            models.UniqueConstraint(fields=["account", "phone_number"], name="contact_phone_once"),
            models.UniqueConstraint(fields=["account", "identifier"], name="contact_identifier_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                "account",
                BlanksLast("last_activity_at"),
                models.F("id").desc(),
                condition=models.Q(is_known=True),
                name="contact_by_activity",
            ),
            models.Index(
                "account", Folded("name"), "id", condition=models.Q(is_known=True), name="contact_by_name"
            ),
            models.Index(
                fields=["account", "created_at", "id"],
                condition=models.Q(is_known=True),
                name="contact_by_creation",
            ),
            models.Index(
                fields=["account", "company"],
                condition=models.Q(is_known=True),
                name="contact_by_company",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.phone_number or f"#{self.pk}"


class ContactLabel(models.Model):
    """A label on a contact."""

    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="contact_labels", db_index=False
    )
    label = models.ForeignKey(Label, on_delete=models.CASCADE, related_name="contact_labels")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contact", "label"], name="contact_label_once")
        ]


class ContactInbox(models.Model):
    """How an inbox knows a contact: `source_id` is the cookie's uuid, the address, the phone, … of that channel."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="contact_inboxes")
    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="contact_inboxes")
    source_id = models.CharField(max_length=255)
    hmac_verified = models.BooleanField(default=False)
    said = models.JSONField(
        default=dict,
        blank=True,
        help_text="What this session said of itself, in the stored form; see visitors.",
    )
    has_joined = models.BooleanField(
        default=False,
        help_text="Came to this contact by a merge, not by beginning with it or an agent's hand.",
    )
    pubsub_token = SealedKeyField(max_length=64, unique=True, default=tokens.random_token)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["inbox", "source_id"], name="contact_inbox_once")
        ]


class ContactClaim(models.Model):
    """What an unverified visitor says of themselves and the record does not: it waits for an agent (decision Q-16).

    `field` is name, email, phone_number, identifier, or a path such as custom_attributes.plan. The contact is that of
    the session, also after a merge.
    """

    class State(models.TextChoices):
        OPEN = "open"
        DECLINED = "declined"

    contact_inbox = models.ForeignKey(ContactInbox, on_delete=models.CASCADE, related_name="claims")
    field = models.CharField(max_length=300)
    value = models.JSONField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    said_at = models.DateTimeField(default=now)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")


class ContactNote(models.Model):
    """What an agent wrote down about a contact; customers never see it."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="notes")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    content = models.TextField()
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)


class AvatarDownload(models.Model):
    """A picture that someone gave the address of: a job fetches it, and forgets it when that keeps failing."""

    contact = models.OneToOneField(Contact, on_delete=models.CASCADE, related_name="avatar_download")
    url = models.CharField(max_length=2048)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=now, db_index=True)
