"""What stands before a subject, in the languages and ways of writing of mail programs."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from django.conf import settings

from ventanilla.kit.subjects import (
    FORWARD_WORDS,
    REPLY_WORDS,
    bare_subject,
    is_forward,
    is_reply,
    without_prefixes,
    without_reply_prefix,
)

REPLIES = (
    "Re:|RE:|re :|RES:|Rta:|Resp:|Respuesta:|AW:|Antw:|Antw.:|SV:|VS:|R:|RIF:|Réf :|Odp:|ODP.:|Ynt:|YNT:"
    "|Vá:|ΑΠ:|Απ:|Отв:|Ответ:|Відп:|回复：|回覆:|答复：|返信:|답장:|رد:|השב:|Trả lời:|Re(2):|Re (2):"
    "|Re[3]:|RE[12] :|Re^2:|Re：|Re: Re:|RE: AW: SV:|[EXTERNAL] RE:|[EXT] Re:|(EXT) Re:|***SPAM*** Re:"
    "|[EXTERNAL] RE: [EXTERNAL] Re:|Xy[2]:|Ats:|Răs:"
).split("|")
FORWARDS = (
    "Fwd:|FW:|Fw :|FWD[2]:|RV:|Rv:|Reenv:|ENC:|Enc:|WG:|TR :|I:|Doorst:|VB:|VL:|PD:|Továbbítás:|İLT:|ΠΡΘ:"
    "|Пересл:|转发：|轉寄:|転送:|إعادة توجيه:|Chuyển tiếp:|[EXTERNAL] FW:|Fwd: Re:|RV: RE: RV:"
).split("|")


@pytest.mark.feature("Z-25", "V-LST-04")
@pytest.mark.parametrize("prefix", REPLIES)
def test_a_prefix_of_an_answer_is_known_by_its_form(prefix: str) -> None:
    subject = f"{prefix} Pan  de centeno"
    assert is_reply(subject)
    assert not is_forward(subject)
    assert bare_subject(subject) == "pan de centeno"
    assert without_reply_prefix(subject) == "Pan de centeno"
    assert without_prefixes(subject) == "Pan de centeno"


@pytest.mark.feature("V-LST-04")
@pytest.mark.parametrize("prefix", FORWARDS)
def test_a_prefix_of_a_forward_is_no_answer(prefix: str) -> None:
    subject = f"{prefix} Pan de centeno"
    assert is_forward(subject)
    assert not is_reply(subject)
    assert bare_subject(subject) == "pan de centeno"
    assert without_prefixes(subject) == "Pan de centeno"
    assert without_reply_prefix(subject) == subject


@pytest.mark.feature("V-LST-04")
@pytest.mark.parametrize(
    "subject",
    ["Pedido: pan", "Duda: ¿cuándo?", "Reserva: mesa", "Mesa (4): reserva", "Pan", "[Urgente] Pedido", "Refugio: camas",
     "Ref: 33", "Real: madera", "Red: sin señal", "A: b", "10: 30", "Iván: hola", "Rosa (2): ramo", ""],
)  # fmt: skip
def test_the_first_words_of_a_subject_are_no_prefix(subject: str) -> None:
    assert not is_reply(subject)
    assert not is_forward(subject)
    assert without_reply_prefix(subject) == subject
    assert bare_subject(subject) == subject.lower()


def test_an_answer_to_a_forward_is_an_answer_and_keeps_what_it_is_about() -> None:
    assert is_reply("RE: RV: Pan")
    assert without_reply_prefix("Re: RES: RV: Pan") == "RV: Pan"
    assert bare_subject("RE: RV: Pan") == "pan"


@pytest.mark.feature("Z-25")
def test_the_tag_of_a_list_stays_in_an_answer_and_that_of_a_gateway_goes() -> None:
    assert without_reply_prefix("[masa madre] Re: Pan") == "[masa madre] Pan"
    assert without_reply_prefix("[masa madre] Re: [masa madre] Re: Pan") == "[masa madre] Pan"
    assert without_reply_prefix("[EXTERNAL EMAIL] Re: Pan") == "Pan"
    assert bare_subject("RE: [EXTERNAL] Pan") == bare_subject("[Externo] Pan") == bare_subject("Pan") == "pan"
    assert bare_subject("Re: [#31] Pan") == "pan"
    assert bare_subject("[EXTERNAL]") == "[external]"


@pytest.mark.parametrize("piece", ["Re: ", "[x] ", "(x)", "[", "Re[2]", "**x**", "Re (", "\u200e", "[#1]"])
def test_a_subject_made_to_be_slow_takes_the_time_of_its_length(piece: str) -> None:
    began = time.process_time()
    for act in (bare_subject, without_reply_prefix, without_prefixes, is_forward):
        act(piece * (20_000 // len(piece)) + "x")
    assert time.process_time() - began < 4


def test_the_desk_knows_the_same_prefixes() -> None:
    desk = Path(settings.BASE_DIR) / "desk/src/features/conversations/mail/prefixes.json"
    assert json.loads(desk.read_text()) == {"reply": REPLY_WORDS, "forward": FORWARD_WORDS}
