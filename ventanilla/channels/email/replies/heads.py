"""Header blocks (From, Sent, To, Subject in any words and order) and the dividers above quoted mails, by their form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ventanilla.channels.email.replies.dates import DATE, TIME, mark_dates, with_plain_digits
from ventanilla.channels.email.replies.lines import Line, Mark
from ventanilla.channels.email.replies.words import FORWARDED, ORIGINAL, SENT, plain, role_of

_MAX_BLOCK_LINES = 60
_MAX_LABELS = 12
_MAX_WRAPPED = 8
_LABEL = re.compile(
    r"[\s*_•>|]{0,6}(?P<label>[^\W\d_][^:：<>@\n]{0,29}?)\s{0,2}[*_]{0,2}\s?[:：]\s?[*_]{0,2}(?P<value>.*)",
    re.DOTALL,
)
_MAILBOX = re.compile(r"[<\[(]\s?(?:mailto:)?[^\s<>()\[\]@]{1,80}@[^\s<>()\[\]]{2,200}\s?[>\])]")
_ADDRESS = re.compile(r"[^\s<>()\[\]@,;]{1,80}@[^\s<>()\[\]@,;]{2,200}")
_RULE = re.compile(r"\W{0,2}(?:[-_=*~—–#]\s?){5,}\W{0,2}")
_WORDED = re.compile(
    r"\W{0,2}[-_=*~—–#>]{2,}\s{0,3}(?P<words>[^\s\-_=*~—–#][^\n]{1,70}?)\s{0,3}:?\s{0,2}[-_=*~—–#<]{2,}\W{0,2}"
)
_ENDED = re.compile(r"[:：]\W{0,2}$")
# The labels of a form that a customer filled in. One of them, and an address besides it proves nothing.
_PEOPLE = frozenset({"from", "to", "cc"})


@dataclass(slots=True)
class _Block:
    end: int
    labels: int = 0
    roles: list[str] = field(default_factory=list)
    has_address: bool = False
    has_mailbox: bool = False
    has_moment: bool = False
    is_sent: bool = False  # a label says "sent", as programs do and forms hardly
    values: list[str] = field(default_factory=list)


def is_rule(line: Line) -> bool:
    """A line drawn across: by signs, or by the HTML."""
    return line.mark is Mark.RULE or _RULE.fullmatch(line.said) is not None


def divider_words(line: Line) -> str:
    """The words of "----- Original Message -----", or of "Begin forwarded message:"; "" for none."""
    said = line.said
    if len(said) > 90:
        return ""
    if (match := _WORDED.fullmatch(said)) is not None:
        return match["words"]
    if _ENDED.search(said) and len(said.split()) <= 7 and FORWARDED.search(plain(said)):
        return said
    return ""


def says_forwarded(words: str) -> bool:
    """Whether a divider's words say that the mail below it was passed on."""
    return FORWARDED.search(plain(words)) is not None


def says_original(words: str) -> bool:
    """Whether a divider's words are those of a mail program, in a language we know."""
    return ORIGINAL.search(plain(words)) is not None or says_forwarded(words)


def block_end(lines: Sequence[Line], start: int, *, announced: bool = False) -> int | None:
    """Where the text below a header block that begins at `start` begins; None where none begins.

    `announced`: a mail program's divider or structure stands above, so that less has to speak for it.
    """
    label = _label(lines[start])
    if label is None or not (announced or role_of(label["label"]) or _is_first(lines, start)):
        return None
    if not role_of(label["label"]) and not _is_one_with_what_follows(lines, start, label["value"]):
        return None
    block = _read(lines, start)
    return block.end if _is_head(block, announced=announced) else None


def _is_one_with_what_follows(lines: Sequence[Line], start: int, value: str) -> bool:
    """A label that no one knows, apart from those below it or with nothing behind it, is a sentence: "Please note: …"."""
    following = start + 1
    if following >= len(lines) or (value.strip() and not lines[following].is_blank):
        return True
    place = _next(lines, following, len(lines))
    if place is None:
        return True
    if is_rule(lines[place]) or divider_words(lines[place]):
        return False
    label = _label(lines[place])
    return label is None or not role_of(label["label"])


def _is_first(lines: Sequence[Line], start: int) -> bool:
    """No label stands right above: a block in words no one knows begins with its first."""
    return start == 0 or lines[start - 1].is_blank or _label(lines[start - 1]) is None


def _label(line: Line) -> re.Match[str] | None:
    match = _LABEL.fullmatch(line.said)
    if match is None or len(match["label"].split()) > 4:
        return None
    return None if match["value"].startswith("//") else match


def _read(lines: Sequence[Line], start: int) -> _Block:
    """The labels from `start` on, with values that are wrapped and blank lines between."""
    block = _Block(end=start)
    depth = lines[start].depth
    wrapped = 0
    place = start
    limit = min(len(lines), start + _MAX_BLOCK_LINES)
    while place < limit:
        line = lines[place]
        if line.is_blank:
            following = _next(lines, place, limit)
            # Values are written below their labels by some; else a blank line ends it unless a label follows.
            if (
                following is None
                or _label(lines[following]) is None
                or not _may_follow(block, lines[following])
            ):
                break
            place = following
            continue
        if line.depth != depth:
            break
        label = _label(line)
        if label is not None and _may_follow(block, line):
            _take(block, label["label"], label["value"])
            wrapped = 0
        elif block.values and wrapped < _MAX_WRAPPED and _continues(block.values[-1], line):
            wrapped += 1
            _add(block, line.said)
        else:
            break
        place += 1
        block.end = place
    return block


def _next(lines: Sequence[Line], place: int, limit: int) -> int | None:
    for index in range(place, min(place + 3, limit)):
        if not lines[index].is_blank:
            return index
    return None


def _may_follow(block: _Block, line: Line) -> bool:
    """A label that no one knows ends a block whose labels are known: the quoted text begins with it ("Hola: …")."""
    label = _label(line)
    if label is None:
        return False
    if block.labels >= _MAX_LABELS:
        return False
    role = role_of(label["label"])
    if role:
        return role in {"other", "cc"} or role not in block.roles
    known = sum(1 for one in block.roles if one)
    return known < 3


def _continues(value: str, line: Line) -> bool:
    """Whether the line is the rest of a value: of an empty one, a list of people, or one that filled its line."""
    last = value.strip()
    return (
        not last
        or last[-1] in ",;<(-"
        or "@" in line.said
        or len(value) > 55
        or line.said.startswith(("<", "["))
    )


def _take(block: _Block, label: str, value: str) -> None:
    block.labels += 1
    block.roles.append(role_of(label))
    block.is_sent |= block.roles[-1] == "date" and SENT.search(plain(label)) is not None
    block.values.append("")
    _add(block, value)


def _add(block: _Block, value: str) -> None:
    block.values[-1] = f"{block.values[-1]} {value}".strip()
    role, whole = block.roles[-1], block.values[-1][:600]
    if "@" in whole and role in {"from", "to", "cc", ""}:
        compact = whole.replace("< ", "<").replace(" >", ">")
        block.has_mailbox |= _MAILBOX.search(compact) is not None
        block.has_address |= role in _PEOPLE and _ADDRESS.search(compact) is not None
    if role in {"date", ""} and any(one.isdigit() for one in whole):
        marked = mark_dates(with_plain_digits(whole[:200]))
        block.has_moment |= DATE in marked and TIME in marked


def _is_proven(block: _Block, known: set[str]) -> bool:
    """Programs write the hour beside the day; where they leave out addresses, they say "sent" and the subject.

    People write such lists too: from where, to where, on which day.
    """
    if "date" in known and not (block.has_moment or block.is_sent):
        return False
    if block.has_address or block.has_mailbox:
        return block.has_moment or "subject" in known
    return block.has_moment and block.is_sent and "subject" in known


def _is_head(block: _Block, *, announced: bool) -> bool:
    known = {role for role in block.roles if role and role != "other"}
    if announced:
        return len(known) >= 2 or (
            block.labels >= 2 and (block.has_mailbox or block.has_address or block.has_moment)
        )
    if block.labels < 3:
        return False
    unknown = sum(1 for role in block.roles if not role)
    if len(known) >= 3 or (len(known) == 2 and unknown <= 1):
        has_people, has_rest = bool(known & {"from", "to"}), bool(known & {"date", "subject"})
        return has_people and has_rest and _is_proven(block, known) and unknown <= len(block.roles) // 2
    # In words no one knows: who wrote it comes first, as programs write it, and there is a date with its time. An
    # appointment says when, where and who.
    is_from_first = _MAILBOX.search(block.values[0][:600]) is not None
    return is_from_first and block.has_moment and 4 <= block.labels <= 8
