"""What happens to the first hour."""

from __future__ import annotations

from typing import ClassVar

from ventanilla.events.facts import About, Fact, collection


class FirstStepsEnded(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "first_steps.ended"
    administrative = About("accounts.Account", "account_id")
    told = collection("first_steps", "account_id")


class FirstStepsResumed(Fact, frozen=True, kw_only=True):
    """Taken away too soon: the page is back."""

    name: ClassVar[str] = "first_steps.resumed"
    administrative = About("accounts.Account", "account_id")
    told = collection("first_steps", "account_id")


class SampleConversationMade(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "first_steps.sample_made"
    administrative = About("accounts.Account", "account_id")
    told = collection("first_steps", "account_id")
    conversation_id: int


class SampleConversationRemoved(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "first_steps.sample_removed"
    administrative = About("accounts.Account", "account_id")
    told = collection("first_steps", "account_id")
    conversation_id: int
