"""What every kind of notification says of itself. A subclass in a file of `notifications/kinds/` is all there is to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext as _

from ventanilla.accounts.models import Membership
from ventanilla.conversations.models import AlertLevel, Conversation, Message
from ventanilla.events.facts import Fact

if TYPE_CHECKING:
    from ventanilla.notifications.scene import Scene

Words = Any  # a text, or one that is translated when it is shown (gettext_lazy)


@dataclass(frozen=True)
class Call:
    """Those among `user_ids` who are members, may see the conversation and did not do it themselves are to be told.

    Who wants it neither in the bell nor by any other way is not told at all. `only_in_desk`: neither by mail nor by push.
    `also_by`: another kind whose ways count as well, because they would have been told by it.
    """

    user_ids: frozenset[int] | set[int]
    message_id: int | None = None
    only_in_desk: bool = False
    also_by: type[NotificationKind] | None = None


@dataclass(frozen=True)
class Happening:
    """An event and what is around it. `actors`: the user who did it, if one did."""

    fact: Fact
    conversation: Conversation
    scene: Scene
    actors: frozenset[int]


@dataclass(frozen=True)
class Bell:
    """What the title in the bell and of a push is made of. `is_theirs`: who is told has the conversation."""

    display_id: int
    actor: str
    text: str
    is_theirs: bool


@dataclass(frozen=True)
class Told:
    """Everything one mail is about."""

    membership: Membership
    conversation: Conversation
    message: Message | None
    actor_name: str

    @property
    def is_note(self) -> bool:
        """Whether it tells of what customers do not see."""
        return self.message is not None and self.message.private

    @property
    def names(self) -> dict[str, str]:
        """For sentences."""
        inbox = self.conversation.inbox.name
        return {"contact": str(self.conversation.contact), "actor": self.actor_name, "inbox": inbox}


class NotificationKind:
    """One kind. `number` is the contract's bit, which rows keep; `name` the wire's word."""

    number: ClassVar[int]
    name: ClassVar[str] = ""
    label: ClassVar[Words] = ""  # when it comes, for whom chooses
    icon: ClassVar[str] = "bell"  # of the desk, by its name there
    # The name under which members' settings keep its tone, where that is not the kind's own.
    sound: ClassVar[str] = ""
    # The desk hears it in the conversation itself, also where no one is told of it.
    is_heard_there: ClassVar[bool] = False
    is_offered: ClassVar[bool] = True  # false: nothing tells of it yet, so no screen has a switch for it
    # New messages: whoever looks at the desk sees them come, and gets no mail of them (contract F.24).
    is_of_message: ClassVar[bool] = False
    # It is about the member and not only about the conversation: told also where they want to hear of nothing else.
    is_addressed: ClassVar[bool] = False
    # Told also to who muted the conversation.
    despite_mute: ClassVar[bool] = False
    needs_message: ClassVar[bool] = False  # its mail says nothing without the message
    mail_waits: ClassVar[timedelta] = timedelta()
    hears: ClassVar[tuple[type[Fact], ...]] = ()

    @classmethod
    def calls(cls, happening: Happening) -> Iterator[Call]:
        """Who is to be told of an event that it hears."""
        return iter(())

    @classmethod
    def title(cls, bell: Bell) -> str:
        """One sentence that says what happened, in the language active now."""
        raise NotImplementedError

    @classmethod
    def heading(cls, told: Told) -> str:
        """What its mail is about."""
        raise NotImplementedError

    @classmethod
    def paragraph(cls, told: Told) -> str:
        """One sentence of the mail: who did what."""
        return cls.of_note(told) or _("It needs attention soon.")

    @classmethod
    def of_note(cls, told: Told) -> str:
        """What the mail says of a private note; empty for anything else."""
        return _("This is a private note: the customer can't see it.") if told.is_note else ""

    @classmethod
    def is_news(cls, told: Told) -> bool:
        """Whether its mail still says something new when it is about to leave."""
        return True

    @classmethod
    def wanted_by(cls) -> set[str]:
        """The names of the kinds whose switch is enough for its mail."""
        return {cls.name}

    @classmethod
    def rings_unasked(cls, ways: tuple[str, ...]) -> bool:
        """Whether the bell shows it to who said nothing of the bell and chose these other ways."""
        return True

    @classmethod
    def is_spared(cls, level: str) -> bool:
        """Whether it is not told to who wants to be told so much of the conversation (conversations.AlertLevel)."""
        if cls.despite_mute or level == AlertLevel.ALL:
            return False
        return level == AlertLevel.NOTHING or not cls.is_addressed

    @classmethod
    def tone_name(cls) -> str:
        """Under which name members' settings keep the tone for it."""
        return cls.sound or cls.name

    @classmethod
    def shown(cls) -> Mapping[str, Any]:
        """As the desk is told of it."""
        return {"name": cls.name, "label": str(cls.label), "icon": cls.icon, "sound": cls.tone_name()}
