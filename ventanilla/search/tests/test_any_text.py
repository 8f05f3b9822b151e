"""Whatever is written is found by its words and their beginnings, however they are typed; and never by a stranger."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ventanilla.accounts.models import Account, User
from ventanilla.contacts.models import Contact
from ventanilla.conversations.models import Conversation, Message
from ventanilla.conversations.policies import visibility_for
from ventanilla.conversations.tests.scenes import talk
from ventanilla.inboxes.models import Inbox
from ventanilla.search import selectors
from ventanilla.search.analysis import LONGEST_WORD, WORD, analysed, with_enye
from ventanilla.search.commands import forget, renew
from ventanilla.search.documents import messages
from ventanilla.search.language import parts, read
from ventanilla.search.operators import Reader
from ventanilla.search.spelling import is_a_letter_away

pytestmark = pytest.mark.django_db
QUIETLY = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
_SIGNS = "aábcdeéñnouüÑÁ ğşıßçАбвё中文かな0123456789.-/,()'\"@#&|!*:<>\n\u0301\u0303"
_ANY = st.characters(codec="utf-8", exclude_characters="\x00")
TEXTS = st.text(alphabet=st.one_of(st.sampled_from(_SIGNS), _ANY), max_size=60)


@pytest.fixture
def conversation(carla: Contact, api_inbox: Inbox) -> Conversation:
    return talk(carla, api_inbox, "hola")


@pytest.fixture
def written(conversation: Conversation) -> Iterator[Callable[[str], int]]:
    """Lets the one message say something; its id."""
    message = Message.objects.get(conversation=conversation, content="hola")

    def write(text: str) -> int:
        Message.objects.filter(pk=message.pk).update(content=text)
        renew(messages.DOCUMENT, [message.pk])
        return message.pk

    yield write
    forget(messages.DOCUMENT, [message.pk])


def found(user: User, account: Account, typed: str) -> list[int]:
    reader = Reader(visibility_for(user, account))
    return selectors.find_messages(reader, read(typed, reader), size=10).ids


@pytest.mark.feature("Z-18", "Z-08")
@QUIETLY
@given(text=TEXTS, chosen=st.data())
def test_every_word_and_its_beginnings_find_it(
    acme: Account, admin: User, bruno: User, written: Callable[[str], int], text: str, chosen: st.DataObject
) -> None:
    pk = written(text)
    words = WORD.findall(with_enye(text))
    if not words:
        return
    word = chosen.draw(st.sampled_from(words))
    beginning = (
        word[: chosen.draw(st.integers(min(3, len(word)), len(word)))] if len(word) <= LONGEST_WORD else word
    )
    ways = {
        word, word.upper(), unicodedata.normalize("NFD", word), word.replace("ñ", "n"), beginning,
        f'"{word}"', f"{words[0]} {word}",
    }  # fmt: skip
    for typed in ways:
        if parts(typed) and all(part.operator is None and not part.is_unwanted for part in parts(typed)):
            assert found(admin, acme, typed) == [pk], (text, typed)
            assert found(bruno, acme, typed) == [], "not a member of the inbox"


@pytest.mark.feature("Z-18")
@QUIETLY
@given(typed=TEXTS)
def test_nothing_that_is_typed_is_too_much_for_an_engine(
    acme: Account, admin: User, written: Callable[[str], int], typed: str
) -> None:
    written("hola")
    assert isinstance(found(admin, acme, typed), list)


@given(text=TEXTS)
def test_words_hold_nothing_that_an_engine_could_misread(text: str) -> None:
    for word in analysed([text]).words + analysed([text]).marks:
        assert word
        assert all(sign.isalnum() for sign in word)


@given(st.text("abc", min_size=1, max_size=6), st.text("abc", min_size=1, max_size=6))
def test_a_letter_away(one: str, other: str) -> None:
    assert is_a_letter_away(one, other) == (_distance(one, other) == 1)


def _distance(one: str, other: str) -> int:
    """Edits between two words, with neighbours that change places as one."""
    rows = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i in range(len(one) + 1):
        for j in range(len(other) + 1):
            if not i or not j:
                rows[i][j] = i + j
                continue
            same = one[i - 1] == other[j - 1]
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (not same))
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]
