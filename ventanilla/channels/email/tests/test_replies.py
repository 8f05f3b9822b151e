"""Each mail program's way of quoting, in the languages of our users: only what was written now is the reply."""

from __future__ import annotations

import time

import pytest

from ventanilla.channels.email.replies import split_reply

REPLY = "Hola, gracias por la respuesta.\n\n¿Cuándo llega?\n\nUn saludo,\nAna"
QUOTE = "> Hola Ana,\n> te respondemos\n>\n> Soporte"

ATTRIBUTIONS = [
    "El lun, 3 nov 2025 a las 10:12, Soporte (<soporte@acme.es>) escribió:",
    "El lun, 3 nov 2025 a la(s) 10:12, Soporte de Acme\n<soporte@acme.es> escribió:",
    "On Mon, Nov 3, 2025 at 10:12 AM Support <support@acme.com> wrote:",
    "On Nov 3, 2025, at 10:12, Support <support@acme.com> wrote:",
    "On Mon, 3 Nov 2025 at 10:12, A very long company name that wraps <\nsupport@acme.com> wrote:",
    "Le lun. 3 nov. 2025 à 10:12, Support <support@acme.fr> a écrit :",
    "Am Mo., 3. Nov. 2025 um 10:12 Uhr schrieb Support <support@acme.de>:",
    "Am 03.11.2025 um 10:12 schrieb Support:",
    "Em seg., 3 de nov. de 2025 às 10:12, Suporte <suporte@acme.pt>\nescreveu:",
    "Em 03/11/2025 10:12, Suporte escreveu:",
    "El 3/11/2025 a las 10:12, Soporte escribió:",
    "Support <support@acme.com> schrieb am Mo., 3. Nov. 2025, 10:12:",
    "Soporte <soporte@acme.es> escribió el lun, 3 nov 2025:",
    "Il giorno lun 3 nov 2025 alle ore 10:12 Supporto <s@acme.it> ha scritto:",
    "Op ma 3 nov 2025 om 10:12 schreef Support <s@acme.nl>:",
]
HEADER_BLOCKS = [
    "________________________________\nDe: Soporte <soporte@acme.es>\nEnviado: lunes, 3 de noviembre de 2025 10:12\n"
    "Para: Ana <ana@x.es>\nAsunto: Re: Pedido\n\nHola Ana",
    "From: Support <s@acme.com>\nSent: Monday, November 3, 2025 10:12 AM\nTo: Ana <ana@x.es>\nSubject: Re: Order\n\nHi",
    "De: Soporte [mailto:soporte@acme.es]\nEnviado el: lunes, 3 de noviembre de 2025 10:12\nPara: 'Ana'\nAsunto: Re: P\n\nH",
    "Von: Support <s@acme.de>\nGesendet: Montag, 3. November 2025 10:12\nAn: Ana\nBetreff: AW: Bestellung\n\nHallo",
    "De : Support <s@acme.fr>\nEnvoyé : lundi 3 novembre 2025 10:12\nÀ : Ana\nObjet : RE: Commande\n\nBonjour",
    "De: Suporte <s@acme.pt>\nEnviada: segunda-feira, 3 de novembro de 2025 10:12\nPara: Ana\nAssunto: RE: Pedido\n\nOlá",
    "-----Mensaje original-----\nDe: Soporte\nEnviado: lunes\nPara: Ana\nAsunto: x\n\nHola",
    "-----Original Message-----\nFrom: Support\nSent: Monday\nTo: Ana\nSubject: x\n\nHi",
    "-----Ursprüngliche Nachricht-----\nVon: Support\nGesendet: Montag\n\nHallo",
    "*From:* Support <s@acme.com>\n*Sent:* Monday\n*To:* Ana\n*Subject:* x\n\nHi",
    "-------- Mensaje original --------\nDe: Soporte\nFecha: lunes\nA: Ana\nAsunto: x\nHola",
]
PHONES = [
    "Enviado desde mi iPhone",
    "Sent from my iPhone",
    "Enviado do meu iPhone",
    "Von meinem iPhone gesendet",
    "Envoyé de mon iPhone",
    "Obtener Outlook para Android<https://aka.ms/x>",
    "Get Outlook for iOS<https://aka.ms/o0ukef>",
    "Outlook für Android beziehen<https://aka.ms/AAb9ysg>",
    "Outlook für iOS herunterladen",
    "Outlook voor Android downloaden<https://aka.ms/AAb9ysg>",
    "iOS 版 Outlook を入手",
]


@pytest.mark.feature("Z-25")
@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_the_history_below_an_attribution_is_folded(attribution: str) -> None:
    parts = split_reply(f"{REPLY}\n\n{attribution}\n\n{QUOTE}\n")
    assert parts.reply == REPLY
    assert "te respondemos" in parts.history


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_an_attribution_is_known_without_quote_marks_below_it(attribution: str) -> None:
    assert split_reply(f"{REPLY}\n\n{attribution}\nHola Ana,\nte respondemos\n").reply == REPLY


@pytest.mark.parametrize("block", HEADER_BLOCKS)
def test_outlooks_block_of_headers_begins_the_history(block: str) -> None:
    assert split_reply(f"{REPLY}\n\n{block}\n").reply == REPLY


@pytest.mark.parametrize("footer", PHONES)
@pytest.mark.parametrize("quotes", [False, True])
def test_a_phones_footer_is_a_signature(footer: str, quotes: bool) -> None:
    history = f"\n\n{ATTRIBUTIONS[0]}\n{QUOTE}" if quotes else ""
    parts = split_reply(f"{REPLY}\n\n{footer}{history}")
    assert parts.reply == REPLY
    assert parts.footer == footer


def test_what_follows_two_dashes_is_a_signature() -> None:
    assert split_reply(f"{REPLY}\n-- \nAna Pérez\nAcme S.A.").signature.endswith("Acme S.A.")
    text = f"{REPLY}\n--\nAna Pérez\n\n{ATTRIBUTIONS[2]}\n{QUOTE}"
    assert split_reply(text, writer="Ana Pérez Soto").reply == REPLY


@pytest.mark.parametrize(
    "text",
    [
        "> ¿Cuándo?\nEl lunes.\n> ¿Dónde?\nEn casa.",
        "Ayer María escribió:\nno me llega nada.\n¿Qué hago?",
        "Les escribo\nDe: Madrid\nPara: Sevilla\nquiero un billete",
        QUOTE,
        "",
    ],
    ids=[
        "answers between quotes",
        "somebody wrote",
        "from and to of a journey",
        "nothing but a quote",
        "empty",
    ],
)
def test_what_only_looks_like_history_stays(text: str) -> None:
    assert split_reply(text).reply == text


ABOVE = "El mié, 2 dic 2026 a las 9:41, Lua (<hola@lua.example.test>) escribió"
PIECES = [
    "a: b\n", "Para: x\nDe: a@b.cc\n", "De: x\n", "2 dic 2026 9:41 a@b.cc:\n", "--\n", "-----\n", "----- x -----\n",
    "> a b\nc d\n", "> x\ny\n", "> \n", "_", "El ", "On a\n", ABOVE, f"{ABOVE}:\n", f"{ABOVE}:\n> x\ny\n",
    "Enviado desde mi iPhone\n", "abc 12 @ :\n", "<", "(", ":", "2026 ", "abc. ", "年月日時",
    "1 ", "@ ", "Nombre: " + "x" * 70 + "\n",
]  # fmt: skip
TAGS = [
    "<blockquote>x", "<div class=gmail_quote>x", "<div class=gmail_quote>a@b.cc 2/2/26:<blockquote>x</blockquote></div>y",
    "<hr>", "<div id=divRplyFwdMsg>De: x</div>", "<br>", "<blockquote>x</blockquote>y", "<div class=gmail_signature>x",
]  # fmt: skip
CHARS = 50_000
SECONDS = 4  # of ours; a fifth of it on a quiet machine, and minutes before


@pytest.mark.feature("I-04")
@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: repr(piece[:12]))
def test_a_text_made_to_be_slow_is_split_in_time_that_grows_with_its_length(piece: str) -> None:
    began = time.process_time()
    assert split_reply(piece * (CHARS // len(piece))).reply is not None
    assert time.process_time() - began < SECONDS


@pytest.mark.feature("I-04")
def test_a_megabyte_of_lines_that_are_almost_attributions_is_bounded() -> None:
    began = time.process_time()
    assert split_reply(f"{ABOVE}, mira:\n" * 12_000).reply is not None
    assert time.process_time() - began < 4 * SECONDS


@pytest.mark.feature("I-04")
@pytest.mark.parametrize("text", ["", "x y z " * 8_000], ids=["alone", "beside a text"])
@pytest.mark.parametrize("tag", TAGS)
def test_markup_made_to_be_slow_is_split_in_time_that_grows_with_its_length(tag: str, text: str) -> None:
    began = time.process_time()
    assert split_reply(text, tag * (CHARS // len(tag))).reply is not None
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize(
    "said",
    ["En Gmail y Outlook no me deja descargar", "Ich kann Outlook für Android und iOS nicht mehr herunterladen",
     "Outlook und Gmail gehen nicht", "Muss ich Outlook herunterladen?"],
)  # fmt: skip
def test_words_about_programs_are_the_writers(said: str) -> None:
    assert split_reply(f"Hola:\n\n{said}").reply == f"Hola:\n\n{said}"
