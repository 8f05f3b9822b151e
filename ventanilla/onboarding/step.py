"""What every step says of itself. A subclass in a file of `onboarding/steps/` is all there is to it; the desk draws each by
its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ventanilla.accounts.models import Account


@dataclass(frozen=True)
class Seen:
    """What a look found. `facts`: for the sentence beneath the step, as JSON takes them."""

    is_done: bool
    facts: Mapping[str, Any] = field(default_factory=dict)


class Step:
    """One step. It is done when what it asks for is seen to be so, never because someone says it is."""

    place: ClassVar[int]  # in the order of the page
    name: ClassVar[str] = ""
    minutes: ClassVar[int]  # it usually takes

    @classmethod
    def look(cls, account: Account) -> Seen:
        """How it stands now."""
        raise NotImplementedError
