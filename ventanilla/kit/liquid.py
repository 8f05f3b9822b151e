"""Variables in messages, `{{contact.name}}`, as contract F.19 has them.

What an agent writes may hold a customer's words (a bot that echoes, a quoted text), so reading and drawing cost no more
than a bounded amount of work, whatever is in it. Beyond the bounds the text stays as it was written.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sized
from contextvars import ContextVar
from functools import cache, wraps
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from liquid import Environment

# Closed and unclosed fences and inline code: an agent explaining a template must be able to show one.
_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.S)
_MARK = re.compile(r"\{\{|\{%|\}\}|%\}")
_CLOSED_BY = {"{{": "}}", "{%": "%}"}

MAX_TAGS = 200
_MAX_TAG_CHARS = 1_000  # the library's own reader is quadratic in them
# The library looks from each tag to the end of the text; a message of 20,000 characters may have all 200 tags.
_MAX_TAGS_TIMES_CHARS = 4_000_000
_MAX_VALUE = 20_000  # characters, items or digits that a filter may make
_MAX_FILTER_WORK = (
    1_000_000  # of all values of one filter multiplied: `replace` puts one between each two of another
)
_MAX_WORK = 4_000_000  # of one text, in characters that filters look at

_work: ContextVar[int] = ContextVar("liquid_work")


class _TooMuch(ValueError):
    """The text asks for more work than any honest one."""


@cache
def _environment() -> Environment:
    """No includes (there is no loader) and nothing that runs long or grows large."""
    from liquid import Environment  # three megabytes that only a text with variables needs

    class Bounded(Environment):
        block_nesting_limit = 10
        loop_iteration_limit = 200
        local_namespace_limit = 10_000
        output_stream_limit = 500_000
        context_depth_limit = 10

    made = Bounded()
    made.filters = {name: _bounded(function) for name, function in made.filters.items()}
    return made


def _bounded(function: Callable[..., Any]) -> Callable[..., Any]:
    """The filter, which refuses to work on, or to make, what is too large."""

    @wraps(function)
    def call(*values: Any, **named: Any) -> Any:
        sizes = [_size(value) for value in (*values, *named.values())]
        if math.prod(max(1, size) for size in sizes) > _MAX_FILTER_WORK:
            raise _TooMuch
        _spend(sum(sizes))
        made = function(*values, **named)
        size = _size(made)
        if size > _MAX_VALUE:
            raise _TooMuch
        _spend(size)
        return made

    return call


def _size(value: Any) -> int:
    """Characters of a text, of a list its items' together, digits of a number."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, list | tuple):
        return len(value) + sum(len(item) for item in value if isinstance(item, str))
    if isinstance(value, int):
        return value.bit_length() // 3
    return (
        len(value) if isinstance(value, Sized) else 0
    )  # (1..99999999) is a range, whose items are made when asked


def _spend(work: int) -> None:
    left = _work.get() - work
    if left < 0:
        raise _TooMuch
    _work.set(left)


def render(text: str, variables: Mapping[str, Any]) -> str:
    """Expand the variables; an unknown one becomes nothing. Text in back-ticks is left alone.

    A template that cannot be read, or would cost too much, leaves the whole text as it was written.
    """
    if "{{" not in text and "{%" not in text:
        return text
    if not _is_bearable(_CODE.sub("", text)):
        return text
    from liquid.exceptions import LiquidError

    guarded = _CODE.sub(lambda match: "{% raw %}" + match.group() + "{% endraw %}", text)
    if guarded.count("{%") * len(guarded) > 2 * _MAX_TAGS_TIMES_CHARS:  # so much code beside the variables
        return text
    token = _work.set(_MAX_WORK)
    try:
        return _environment().from_string(guarded).render(**variables)
    except (LiquidError, ValueError, TypeError, RecursionError, ArithmeticError, MemoryError):
        return text
    finally:
        _work.reset(token)


def _is_bearable(text: str) -> bool:
    """Whether each tag is short and closed before the next begins, and there are not too many. One look, linear."""
    tags, opened, begun_at = 0, "", 0
    for mark in _MARK.finditer(text):
        word = mark.group()
        if opened:
            if word == _CLOSED_BY[opened]:
                if mark.start() - begun_at > _MAX_TAG_CHARS:
                    return False
                opened = ""
            elif word in _CLOSED_BY:
                return False
        elif word in _CLOSED_BY:
            tags, opened, begun_at = tags + 1, word, mark.start()
            if tags > MAX_TAGS or tags * len(text) > _MAX_TAGS_TIMES_CHARS:
                return False
    return not opened
