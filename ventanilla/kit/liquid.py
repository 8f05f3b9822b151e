"""Variables in messages, `{{contact.name}}`, as contract F.19 has them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from liquid import Environment

# Closed and unclosed fences and inline code: an agent explaining a template must be able to show one.
_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.S)


@cache
def _environment() -> Environment:
    """No includes (there is no loader) and nothing that runs long or grows large."""
    from liquid import Environment  # three megabytes that only a text with variables needs

    class Bounded(Environment):
        loop_iteration_limit = 1_000
        local_namespace_limit = 10_000
        output_stream_limit = 500_000
        context_depth_limit = 10

    return Bounded()


def render(text: str, variables: Mapping[str, Any]) -> str:
    """Expand the variables; an unknown one becomes nothing. Text in back-ticks is left alone.

    A template that cannot be read leaves the whole text as it was written.
    """
    if "{{" not in text and "{%" not in text:
        return text
    from liquid.exceptions import LiquidError

    guarded = _CODE.sub(lambda match: "{% raw %}" + match.group() + "{% endraw %}", text)
    try:
        return _environment().from_string(guarded).render(**variables)
    except (LiquidError, ValueError, TypeError, RecursionError, ArithmeticError):
        return text
