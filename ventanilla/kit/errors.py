"""Refusals: the expected ways of saying no.

A command raises one of these; the API layer turns it into the envelope of the contract. An expected
refusal is never a 500, so each class names its HTTP status and a stable code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from typing import TypeAlias

    from django.utils.functional import _StrPromise

    Text: TypeAlias = str | _StrPromise


class Refusal(Exception):
    """A request that was understood and is refused.

    `message` is a sentence for people (lazily translated when it comes from the class), `fields` maps the
    name of each faulty input to its sentences.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 422
    default_message: ClassVar[Text] = _("This can't be done.")
    facts: Mapping[str, int] = MappingProxyType({})  # what a program needs to go on, beside the sentence

    def __init__(
        self, message: Text | None = None, *, fields: Mapping[str, Sequence[Text]] | None = None
    ) -> None:
        self._message: Text | None = message
        self._fields = dict(fields or {})
        super().__init__()

    @property
    def message(self) -> str:
        """The sentence to show, in the language active now."""
        if self._message is not None:
            return str(self._message)
        if self._fields:
            return ", ".join(str(sentence) for sentences in self._fields.values() for sentence in sentences)
        return str(self.default_message)

    @property
    def fields(self) -> dict[str, list[str]]:
        """Faulty inputs and their sentences; empty when the refusal is about the whole request."""
        return {name: [str(sentence) for sentence in sentences] for name, sentences in self._fields.items()}

    def __str__(self) -> str:
        return self.message


class BadRequest(Refusal):
    """The request cannot be read at all (broken JSON, a wrong header)."""

    code = "bad_request"
    status = 400
    default_message = _("We couldn't read the request.")


class Unauthorised(Refusal):
    """No one is signed in, or the caller may not do this: the contract answers 401 for both."""

    code = "unauthorised"
    status = 401
    default_message = _("You are not authorised to do this.")


class LimitReached(Refusal):
    """The account has used up what it may have (agents, inboxes)."""

    code = "limit_reached"
    status = 402
    default_message = _("The limit of this account has been reached.")


class Forbidden(Refusal):
    """The caller is known and this is closed to them (sign-up, first run, CSRF)."""

    code = "forbidden"
    status = 403
    default_message = _("This isn't allowed.")


class NotFound(Refusal):
    """It does not exist, or it belongs to someone else: the two must look alike."""

    code = "not_found"
    status = 404
    default_message = _("We couldn't find this.")


class Conflict(Refusal):
    """Someone changed it first, or it exists already."""

    code = "conflict"
    status = 409
    default_message = _("Someone else changed this. Reload and try again.")


class TooLarge(Refusal):
    """The body or a file is larger than allowed."""

    code = "too_large"
    status = 413
    default_message = _("This is over the maximum size.")


class Invalid(Refusal):
    """A value does not pass its rule. `fields` says which, with one sentence or more for each."""

    code = "invalid"
    status = 422
    default_message = _("Some of the data isn't valid.")


class Throttled(Refusal):
    """Too many requests; `retry_after_seconds` says when the window opens again."""

    code = "throttled"
    status = 429
    default_message = _("Too many requests. Wait a moment and try again.")

    def __init__(self, message: Text | None = None, *, retry_after_seconds: int = 0) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class MethodNotAllowed(Refusal):
    """The address exists and does not take this method."""

    code = "method_not_allowed"
    status = 405
    default_message = _("This address doesn't accept this kind of request.")


class TimedOut(Refusal):
    """The request did not arrive whole in time."""

    code = "timed_out"
    status = 408
    default_message = _("The request arrived incomplete. Try again.")


class Unavailable(Refusal):
    """Something outside that we need does not answer. `retry_after_seconds` says when to retry."""

    code = "unavailable"
    status = 503
    default_message = _("This service isn't available right now. Try again later.")
    retry_after_seconds = 10


class Interrupted(Unavailable):
    """What we stand on does not serve us now (kit.faults). Nothing was changed, and the same request may come again."""

    code = "interrupted"
    default_message = _("This can't be done right now. Nothing was changed; try again in a moment.")

    def __init__(self, *, retry_after_seconds: int = 2) -> None:
        super().__init__()
        self.retry_after_seconds = retry_after_seconds


class Broken(Refusal):
    """A fault of ours: it is in the log."""

    code = "broken"
    status = 500
    default_message = _("Something went wrong on our side. Try again in a moment.")
