"""Each mail program's way of quoting, in the languages of our users: only what was written now is the reply."""

from __future__ import annotations

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
    assert parts.signature == footer


def test_what_follows_two_dashes_is_a_signature() -> None:
    assert split_reply(f"{REPLY}\n-- \nAna Pérez\nAcme S.A.").signature.endswith("Acme S.A.")
    assert split_reply(f"{REPLY}\n--\nAna Pérez\n\n{ATTRIBUTIONS[2]}\n{QUOTE}").reply == REPLY


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


def test_a_text_made_to_be_slow_is_split_in_time_that_grows_with_its_length() -> None:
    for text in (
        "El " * 60_000,
        "De: x\n" * 30_000,
        "> \n" * 60_000,
        "_" * 200_000,
        "On a\n" * 40_000 + "wrote",
    ):
        assert split_reply(text).reply is not None
