"""Reading what is typed into a search: words, "phrases", what must not be said, and operators."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.db.models import Q

from ventanilla.search.documents import messages
from ventanilla.search.expressions import AllOf, Expression, Phrase, Without, all_of, any_of
from ventanilla.search.operators import BY_NAME, WITHOUT, Narrowing, Operator, Reader, folded
from ventanilla.search.terms import MOST_TERMS, Term, phrase, terms

MOST_CHARS = 500
_PART = re.compile(
    r"""(?P<minus>-(?=\S))?(?:(?P<name>[^\W\d_]{2,20}):)?(?:"(?P<phrase>[^"]*)(?:"|$)|(?P<word>[^\s"]+))"""
)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the text that means something by itself. `text` is as it was typed, `value` without quotes and names."""

    text: str
    value: str
    operator: Operator | None = None
    is_phrase: bool = False
    is_unwanted: bool = False


def parts(text: str) -> list[Part]:
    """The pieces of what was typed. A word before a colon that is no operator is a word like others."""
    found = []
    for match in _PART.finditer(text[:MOST_CHARS].replace("\x00", "")):
        name = folded(match["name"] or "")
        value = match["phrase"] if match["phrase"] is not None else match["word"]
        unwanted, operator = match["minus"] is not None, BY_NAME.get(name)
        if not name and folded(value.removesuffix(":")) in BY_NAME and value.endswith(":"):
            continue  # its value is still to be typed
        if name in WITHOUT:
            unwanted = True
        elif name and operator is None:
            value = f"{match['name']}:{value}"
        found.append(
            Part(
                match.group(), value.strip(), operator, match["phrase"] is not None and not operator, unwanted
            )
        )
    return [part for part in found if part.value][:MOST_TERMS]


@dataclass(frozen=True, slots=True)
class Question:
    """What was typed, as it is asked. `empty`: nothing can be the answer, such as of a channel that does not exist."""

    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Expression, ...] = ()
    narrowings: tuple[Narrowing, ...] = ()
    message: Q = field(default_factory=Q)
    conversation: Q = field(default_factory=Q)
    empty: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether nothing is asked for at all."""
        return not (
            self.wanted or self.unwanted or self.narrowings or self.empty or self.message or self.conversation
        )

    @property
    def is_spelt(self) -> bool:
        """Whether a misspelling may be why nothing was found."""
        return any(term.is_spelt for term in self.wanted)

    def words(self, *, loosely: bool = False) -> Expression | None:
        """What must be said, without scope and operators."""
        said = [term.expression(loosely=loosely) for term in self.wanted]
        return all_of(said) if said else None

    def expression(self, reader: Reader, *, loosely: bool = False) -> Expression | None:
        """All that the index of messages is asked; None when the reader may see nothing."""
        scope = _scope(reader)
        if scope is None or self.empty:
            return None
        said: list[Expression] = [scope, *(one.says for one in self.narrowings if one.says is not None)]
        words = self.words(loosely=loosely)
        if words is not None:
            said += words.parts if isinstance(words, AllOf) else [words]
        found = all_of(said)
        return Without(found, any_of(list(self.unwanted))) if self.unwanted else found


def _scope(reader: Reader) -> Expression | None:
    """What the index itself can say of what the reader may see: the rest is asked of the living rows."""
    sees = reader.visibility
    if sees.everything:
        return Phrase((messages.of_account(sees.account_id),))
    return any_of([Phrase((messages.of_inbox(pk),)) for pk in sees.inbox_ids]) if sees.inbox_ids else None


def read(text: str, reader: Reader) -> Question:
    """What was typed, as a question."""
    wanted: list[Term] = []
    unwanted: list[Expression] = []
    narrowings: list[Narrowing] = []
    message, conversation, empty = Q(), Q(), False
    plain: list[str] = []  # words that stand together: a number may be written with spaces
    for part in parts(text):
        if part.operator is None and not part.is_phrase and not part.is_unwanted:
            plain.append(part.value)
            continue
        wanted += terms(" ".join(plain))
        plain = []
        if part.operator is None:
            said = [one for one in [phrase(part.value)] if one] if part.is_phrase else terms(part.value)
            if part.is_unwanted:
                unwanted += [term.expression() for term in said]
            else:
                wanted += said
            continue
        narrowing = part.operator.narrow(reader, part.value)
        if narrowing is None:
            empty = empty or not part.is_unwanted
        elif part.is_unwanted:
            unwanted += [narrowing.says] if narrowing.says is not None else []
            message &= ~narrowing.message if narrowing.message else Q()
            conversation &= ~narrowing.conversation if narrowing.conversation else Q()
        else:
            narrowings.append(narrowing)
            message &= narrowing.message
            conversation &= narrowing.conversation
    wanted += terms(" ".join(plain))
    return Question(
        tuple(wanted[:MOST_TERMS]), tuple(unwanted), tuple(narrowings), message, conversation, empty
    )


def leaving_out(text: str) -> list[tuple[str, str]]:
    """Each operator, phrase or unwanted word, and what is left of the text without it; nothing for plain words alone."""
    found = parts(text)
    special = [at for at, part in enumerate(found) if part.operator or part.is_phrase or part.is_unwanted]
    return [
        (found[at].text, " ".join(part.text for place, part in enumerate(found) if place != at))
        for at in special
        if len(found) > 1
    ]
