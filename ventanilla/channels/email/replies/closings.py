"""What stands under what was written: the signature after its delimiter (RFC 3676 §4.3), and the line a program adds."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ventanilla.channels.email.replies.lines import Line, Mark
from ventanilla.channels.email.replies.words import DEVICE, FROM, GET, GET_LAST, SENT, plain

_MOST_LINES = 20
_MOST_CHARS = 1_500
_MOST_BARE_LINES = 8  # below a delimiter without its space
_MOST_NAME_WORDS = 7
_LONG_LINE_WORDS = 25
_ADDRESS = re.compile(r"[(<\[]?\s?(?:https?://|www\.|mailto:)[^\s<>()\[\]]{1,300}\s?[)>\]]?", re.IGNORECASE)
_OWN = re.compile(
    r"(?:^|(?<=\s))(?:mi|my|meu|mon|ma|mein|meinem|meiner|mio|mijn|min|mitt|mit|moj\w{0,3}|moje\w{0,2}|mojego"
    r"|nire|mina|minha|моего|μου"
    r"|omalta|benim|mea|meua) (?P<what>\S+)"
)
_BRANDED = re.compile(r"[A-Z].*[A-Z0-9]|[a-z][A-Z]|\d")
_SLOGAN = re.compile(r"(?:yahoo mail|aol mail|gmx|web\.de|mail\.ru|proton mail)\s?[:–—-] ")
_MOST_FOOTER_CHARS = 110
_MOST_FOOTER_WORDS = 12
_MOST_PROGRAM_WORDS = 5  # of a line that names a program and where to get it


def is_footer(line: Line) -> bool:
    """A short line that says from what device or with what program this was sent. By its form: "sent", and a"
    " device or brand."""
    said = _ADDRESS.sub(" ", line.said[: 4 * _MOST_FOOTER_CHARS]).strip(" \t*_—–-<>[]()|·•.")
    words = said.split()
    if (
        not words
        or len(said) > _MOST_FOOTER_CHARS
        or len(words) > _MOST_FOOTER_WORDS
        or said.endswith(("?", ",", ":"))
    ):
        return False
    compared = plain(said)
    if _SLOGAN.match(compared):
        return True
    sent = SENT.search(compared)
    if sent is None:
        return _says_where_to_get_it(compared)
    if sent.start() <= 2:
        return (
            _names_where(compared[sent.end() :], said)
            if said.isascii() or " " in said
            else _has_device(compared)
        )
    # "Von meinem iPhone gesendet", "iPhoneから送信", "iPhone'umdan gönderildi"
    return (
        len(words) <= 7
        and len(compared[sent.end() :].split()) <= 1
        and _has_device(compared[: sent.start()], said)
    )


def _says_where_to_get_it(compared: str) -> bool:
    """ "Get Outlook for iOS"; with its verb last in other languages: "Outlook für iOS beziehen"."""
    if (got := GET.match(compared)) is not None:
        return _names_a_program(compared[got.end() :])
    last = GET_LAST.search(compared)
    is_short = len(compared.split()) <= _MOST_PROGRAM_WORDS
    return last is not None and is_short and len(DEVICE.findall(compared[: last.start()])) >= 2


def _names_a_program(rest: str) -> bool:
    """Two of them, or one and little else: "Outlook for iOS", "BlueMail"."""
    found = len(DEVICE.findall(rest))
    return found >= 2 or (found == 1 and len(rest.split()) <= 3)


def _names_where(rest: str, said: str) -> bool:
    """Soon after "sent": from what, and that is a device or a brand."""
    words = rest.split()
    begins = next((place for place, word in enumerate(words[:4]) if FROM.fullmatch(word)), None)
    if begins is None:
        return (
            len(words) <= 4 and DEVICE.search(rest) is not None and not any(word.isdigit() for word in words)
        )
    return _has_device(" ".join(words[begins : begins + 7]), said)


def _has_device(where: str, said: str = "") -> bool:
    """A device or program we know, or "my" and something written like a brand."""
    if DEVICE.search(where) is not None:
        return True
    match = _OWN.search(where)
    if match is None:
        return False
    what = next((word for word in said.split() if plain(word) == match["what"]), "")
    is_noun = "mein" in where  # where every noun begins with a capital
    return bool(_BRANDED.search(what)) or (what[:1].isupper() and not is_noun)


def signature_start(lines: Sequence[Line], *, writer: frozenset[str]) -> int | None:
    """Where the signature of these lines of the writer begins; None where none does.

    `writer`: words of the writer's name. Two dashes without their space are a signature only before what is quoted or at the
    end, with the writer's name under them.
    """
    places = [place for place, line in enumerate(lines) if line.raw.strip() == "--" and not line.depth]
    marked = [place for place, line in enumerate(lines) if line.mark is Mark.SIGNATURE_BEGINS]
    if len(places) + len(marked) != 1:
        return None  # dashes around a list, or we do not know which
    place = (places or marked)[0]
    below = [line for line in lines[place + (1 if places else 0) :] if not line.is_blank]
    if not below or not any(not line.is_blank for line in lines[:place]):
        return None
    if len(below) > _MOST_LINES or sum(len(line.said) for line in below) > _MOST_CHARS:
        return None
    is_signed = any(word in writer for line in below[:3] for word in words_of(line.said))
    if marked or lines[place].raw == "-- ":
        begins_at_once = marked or (place + 1 < len(lines) and not lines[place + 1].is_blank)
        is_much = any(len(line.said.split()) > _LONG_LINE_WORDS for line in below[:2])
        return place if (begins_at_once and not is_much) or is_signed else None
    is_signed = any(_is_name(line.said) and words_of(line.said) & writer for line in below[:3])
    is_short = len(below) <= _MOST_BARE_LINES and all(len(line.said) <= 80 for line in below)
    return place if is_signed and is_short else None


def _is_name(said: str) -> bool:
    """A name, or a name and what they are: no sentence that speaks of someone."""
    words = said.split()
    return len(words) <= _MOST_NAME_WORDS and not (said.endswith((".", "!", "?", ":")) and len(words[-1]) > 3)


def words_of(name: str) -> frozenset[str]:
    """The words of a name that can be told from others."""
    return frozenset(word for word in re.split(r"[\W_]+", plain(name)) if len(word) > 2)
