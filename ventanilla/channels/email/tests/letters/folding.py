"""Answers above, below and between, forwards, signatures and footers, in plain text or in both bodies."""

from __future__ import annotations

from ventanilla.channels.email.tests.letters import Letter

ABOVE = "El mié, 2 dic 2026 a las 9:41, Lua (<hola@lua.example.test>) escribió:"
SAYS = "Ya llegó, gracias."
SAID = "¿Llegó el pan de centeno?"
HEAD = (
    "De: Lua <hola@lua.example.test>\nEnviado: miércoles, 2 de diciembre de 2026 9:41\n"
    "Para: Nora Vale <nora@vale.example.test>\nAsunto: Pan"
)


def _text(
    name: str, text: str, *, reply: str = SAYS, folds: tuple[str, ...] = (SAID,), **others: str
) -> Letter:
    return Letter(name=name, text=text, reply=reply, folds=folds, **others)  # type: ignore[arg-type]


def _passed(
    name: str, text: str, *, subject: str = "Fwd: Pan", reply: str | None = None, **others: str
) -> Letter:
    return Letter(
        name=f"passed on, {name}",
        text=text,
        subject=subject,
        reply=text if reply is None else reply,
        **others,
    )  # type: ignore[arg-type]


LETTERS = [
    # ── the line above, in odd ways ──────────────────────────────────────────────────────────────────
    _text("no verb", f"{SAYS}\n\n2026-12-02 9:41 GMT+01:00 Panadería Lua <hola@lua.example.test>:\n\n{SAID}"),
    _text("wrapped behind the bracket", f"{SAYS}\n\nAm Mi., 2. Dez. 2026 um 09:41 Uhr schrieb Blumen Lindner <\nservice@lindner.example.test>:\n\n> {SAID}"),
    _text("wrapped before the bracket's end", f"{SAYS}\n\nEl mié, 2 dic 2026 a las 9:41, Lua (<hola@lua.example.test\n>:\n\n> {SAID}"),
    _text("wrapped before the bracket's end, with the verb", f"{SAYS}\n\nOn Wed, Dec 2, 2026 at 9:41 AM Panadería Lua <hola@lua.example.test\n> wrote:\n\n> {SAID}"),
    _text("wrapped within the address", f"{SAYS}\n\nEl mié, 2 dic 2026 a las 9:41, Lua de la Mar y Compañía <hola@lua.\nexample.test> escribió:\n> {SAID}"),
    _text("wrapped within the date", f"{SAYS}\n\nEl mié, 2 dic\n2026 a las 9:41, Lua (<hola@lua.example.test>) escribió:\n> {SAID}"),
    _text("wrapped behind its first word", f"{SAYS}\n\nEl\nmié, 2 dic 2026 a las 9:41, Lua (<hola@lua.example.test>) escribió:\n> {SAID}"),
    _text("wrapped three times", f"{SAYS}\n\nEl mié, 2 dic 2026\na las 9:41, Lua\n(<hola@lua.example.test>)\nescribió:\n> {SAID}"),
    _text("between dashes", f"{SAYS}\n\n---- El mié., 2 dic. 2026 09:41:07 +0100 Lua <hola@lua.example.test> escribió ----\n\n{SAID}"),
    _text("without its colon", f"{SAYS}\n\nEl mié, 2 dic 2026 a las 9:41, Lua <hola@lua.example.test> escribió\n\n> {SAID}"),
    _text("without its colon and marks", f"{SAYS}\n\nEl mié, 2 dic 2026 a las 9:41, Lua <hola@lua.example.test> escribió\n\n{SAID}"),
    _text("at the very end", f"{SAYS}\n\n{ABOVE}\n", folds=("escribió",)),
    _text("right below the words", f"{SAYS}\n{ABOVE}\n> {SAID}"),
    _text("starred", f"{SAYS}\n\n*El mié, 2 dic 2026 a las 9:41, Lua <hola@lua.example.test> escribió:*\n> {SAID}"),
    _text("a name of many words", f"{SAYS}\n\nOn Wed, Dec 2, 2026 at 9:41 AM the little bakery at the end of the road <hola@lua.example.test> wrote:\n> {SAID}"),
    _text("an address alone", f"{SAYS}\n\nEl 2/12/2026 a las 9:41, hola@lua.example.test escribió:\n> {SAID}"),
    _text("without a date", f"{SAYS}\n\nLua <hola@lua.example.test> escribió:\n> {SAID}"),
    _text("a day without its year", f"{SAYS}\n\nOn Wed, Dec 2 at 9:41 AM, Lua <hola@lua.example.test> wrote:\n> {SAID}"),
    _text("mailto", f"{SAYS}\n\nOn 2/12/2026 9:41, Lua [mailto:hola@lua.example.test] wrote:\n> {SAID}"),
    _text("the zone in words", f"{SAYS}\n\nEl 2/12/2026 a las 9:41 (hora de Europa central), Lua <hola@lua.example.test> escribió:\n> {SAID}"),
    _text("an iso date", f"{SAYS}\n\nOn 2026-12-02T09:41:00+01:00, Lua wrote:\n> {SAID}"),
    _text("no-break spaces", f"{SAYS}\n\nLe\xa0mer.\xa02\xa0déc.\xa02026 à\xa009:41, Lua <hola@lua.example.test> a\xa0écrit\xa0:\n> {SAID}"),
    # ── quotations ───────────────────────────────────────────────────────────────────────────────────
    _text("a line that lost its mark", f"{SAYS}\n\n{ABOVE}\n\n> El pan\nde centeno\n> no llegó.", folds=("de centeno", "no llegó")),
    _text("a wrapped line that lost its mark", f"{SAYS}\n\n{ABOVE}\n> Os escribimos porque el pedido de dos hogazas de centeno que\nhicisteis ayer\n> Está listo.", folds=("hicisteis ayer",)),
    _text("lost its mark, no line above", f"{SAYS}\n\n> El pan\nde centeno\n> no llegó.", folds=("de centeno",)),
    _text("below, no line above", f"> {SAID}\n> Lua\n\n{SAYS}"),
    _text("below, with a greeting above", f"Hola:\n\n{ABOVE}\n> {SAID}\n\n{SAYS}", reply=f"Hola:\n\n{SAYS}"),
    _text("below, and a signature", f"{ABOVE}\n> {SAID}\n\n{SAYS}\n\n-- \nNora Vale", signature="-- \nNora Vale"),
    _text("between, and the rest below", f"{ABOVE}\n> ¿Cuándo?\nEl lunes.\n> ¿Dónde?\nEn casa.\n> {SAID}\n> Lua",
          reply=f"{ABOVE}\n> ¿Cuándo?\nEl lunes.\n> ¿Dónde?\nEn casa."),
    _text("two quotations", f"{SAYS}\n\n{ABOVE}\n> {SAID}\n>\n>> On Tue, 1 Dec 2026, Nora wrote:\n>> Dos panes.\n"),
    _text("without a space", f"{SAYS}\n\n{ABOVE}\n>{SAID}\n>>Dos panes"),
    _text("blank lines in it", f"{SAYS}\n\n{ABOVE}\n\n> {SAID}\n\n> Lua\n"),
    _text("older ones below", f"{SAYS}\n\n{ABOVE}\n\n{SAID}\n\nOn Tue, Dec 1, 2026 at 9:41 AM Nora <nora@vale.example.test> wrote:\n\n> Dos panes.", folds=(SAID, "Dos panes")),
    _text("written below the line", f"Hola:\n\n{ABOVE}\n\n{SAYS}\n\n> {SAID}", reply=f"Hola:\n\n{ABOVE}\n\n{SAYS}"),
    # ── header blocks ────────────────────────────────────────────────────────────────────────────────
    _text("a block in another order", f"{SAYS}\n\nDe: Lua <hola@lua.example.test>\nPara: Nora <nora@vale.example.test>\nEnviados: miércoles, 2 de diciembre de 2026 9:41:00\nAsunto: Pan\n\n{SAID}"),
    _text("a block, the date first", f"{SAYS}\n\nFecha: 2 de diciembre de 2026, 9:41\nAsunto: Pan\nDe: Lua <hola@lua.example.test>\n\n{SAID}"),
    _text("a block, From wrapped", f"{SAYS}\n\nDe: Lua de las Flores y de la Mar, S. L. <\nhola@lua.example.test>\nEnviado: miércoles, 2 de diciembre de 2026 9:41\nPara: Nora\nAsunto: Pan\n\n{SAID}"),
    _text("a block with blank lines", f"{SAYS}\n\nDe: Lua <hola@lua.example.test>\n\nEnviado: miércoles, 2 de diciembre de 2026 9:41\n\nPara: Nora\n\nAsunto: Pan\n\n{SAID}"),
    _text("a block, many recipients", f"{SAYS}\n\nFrom: Lua <hola@lua.example.test>\nSent: Wednesday, December 2, 2026 9:41 AM\nTo: Nora Vale <nora@vale.example.test>; Iria Souto\n<iria@vale.example.test>; Brais\n"
          f"<brais@vale.example.test>\nCc: Uxía <uxia@vale.example.test>\nSubject: Pan\n\n{SAID}"),
    _text("a block in stars", f"{SAYS}\n\n*De:* Lua\n*Enviado:* miércoles, 2 de diciembre de 2026 9:41\n*Para:* Nora\n*Asunto:* Pan\n\n{SAID}"),
    _text("a block, values below", f"{SAYS}\n\nDe:\nLua <hola@lua.example.test>\nEnviado:\nmiércoles, 2 de diciembre de 2026 9:41\nPara:\nNora\nAsunto:\nPan\n\n{SAID}"),
    _text("a block below a rule", f"{SAYS}\n\n________________________________\n{HEAD}\n\n{SAID}"),
    _text("a block in words nobody knows", f"{SAYS}\n\nOddy: Lua <hola@lua.example.test>\nWenny: 2 dic 2026 9:41\nTowy: Nora <nora@vale.example.test>\nTopy: Pan\n\n{SAID}"),
    _text("a divider and two labels", f"{SAYS}\n\n-----Mensaje original-----\nDe: Lua\nEnviado: miércoles\n\n{SAID}"),
    _text("a divider in words nobody knows", f"{SAYS}\n\n----- Altkora mesaĝo -----\n{HEAD}\n\n{SAID}"),
    _text("a divider above a line", f"{SAYS}\n\n-----Original Message-----\n{ABOVE}\n\n{SAID}"),
    _text("a divider right below what announces it", f"{SAYS}\nMira lo de abajo:\n-----Mensaje original-----\n{HEAD}\n\n{SAID}", reply=f"{SAYS}\nMira lo de abajo:"),
    _text("a divider above a quotation", f"{SAYS}\n\n----- Mensaje original -----\n> {SAID}"),
    _text("notes", f"{SAYS}\n\n-----Lua <hola@lua.example.test> escribió: -----\n\nPara: Nora <nora@vale.example.test>\nDe: Lua <hola@lua.example.test>\nFecha: 02/12/2026 09:41\nAsunto: Pan\n\n{SAID}"),
    # ── footers and signatures ───────────────────────────────────────────────────────────────────────
    _text("a footer of yahoo, all in one line", f"{SAYS}\n\nEnviado desde Yahoo Mail para Android El mié., dic. 2, 2026 a la(s) 9:41, Lua<hola@lua.example.test> escribió: {SAID}",
          footer="Enviado desde Yahoo Mail para Android"),
    _text("yahoo, the quotation in the line", f"{SAYS}\n\nEl mié., dic. 2, 2026 a la(s) 9:41, Lua<hola@lua.example.test> escribió: {SAID}"),
    _text("a footer and a text without marks", f"{SAYS}\n\nEnviado desde Yahoo Mail para Android\n\n{ABOVE}\n{SAID}", footer="Enviado desde Yahoo Mail para Android"),
    _text("a footer alone", f"{SAYS}\n\nEnviado con Outlook para Android", folds=(), footer="Enviado con Outlook para Android"),
    _text("a footer of a phone nobody knows", f"{SAYS}\n\nEnviado desde mi Fairphone 5", folds=(), footer="Enviado desde mi Fairphone 5"),
    _text("two footers", f"{SAYS}\n\nEnviado desde mi iPhone\nObtener Outlook para iOS<https://aka.ms/o0ukef>", folds=("Outlook", "iPhone")),
    _text("a signature", f"{SAYS}\n\n-- \nNora Vale\nVale e Hijos\nnora@vale.example.test", folds=(), signature="-- \nNora Vale\nVale e Hijos\nnora@vale.example.test"),
    _text("a signature, its space lost", f"{SAYS}\n--\nNora Vale\nVale e Hijos\n\n{ABOVE}\n> {SAID}", signature="--\nNora Vale\nVale e Hijos"),
    _text("a signature and a footer", f"{SAYS}\n\n-- \nNora Vale\n\nEnviado desde mi iPhone", folds=(), signature="-- \nNora Vale", footer="Enviado desde mi iPhone"),
    _text("a signature of another", f"{SAYS}\n-- \nRecepción\nTel. 600 11 22 33\n\n{ABOVE}\n> {SAID}", signature="-- \nRecepción\nTel. 600 11 22 33"),
    # ── passed on ────────────────────────────────────────────────────────────────────────────────────
    _passed("with a comment", "Para vosotros.\n\n---------- Forwarded message ---------\nDe: Iria <iria@vale.example.test>\nDate: mié, 2 dic 2026 a las 9:41\nSubject: Pan\nTo: <hola@lua.example.test>\n\nQuiero dos panes."),
    _passed("in silence", "---------- Forwarded message ---------\nDe: Iria <iria@vale.example.test>\nDate: mié, 2 dic 2026 a las 9:41\nSubject: Pan\nTo: <hola@lua.example.test>\n\nQuiero dos panes.", subject="Pan"),
    _passed("by outlook", f"Para vosotros.\n\n{HEAD}\n\nQuiero dos panes.", subject="RV: Pan"),
    _passed("by outlook, in silence", f"________________________________\n{HEAD}\n\nQuiero dos panes.", subject="RV: Formulario de contacto"),
    _passed("by apple", "Para vosotros.\n\nInicio del mensaje reenviado:\n\n> De: Iria <iria@vale.example.test>\n> Asunto: Pan\n> Fecha: 2 de diciembre de 2026, 9:41:07 CET\n>\n> Quiero dos panes.", subject="Pan"),
    _passed("by apple, in silence", "Begin forwarded message:\n\n> From: Iria <iria@vale.example.test>\n> Subject: Pan\n> Date: 2 December 2026 at 9:41:07 CET\n>\n> Quiero dos panes.", subject="Fwd: Pan"),
    _passed("by zoho", "Para vosotros.\n\n============ Forwarded message ============\nFrom: Iria <iria@vale.example.test>\nTo: <hola@lua.example.test>\nDate: mié, 02 dic 2026 09:41:07 +0100\nSubject: Pan\n============ Forwarded message ============\n\nQuiero dos panes."),
    _passed("with a signature", f"Para vosotros.\n\n-- \nNora Vale\n\n-------- Mensaje reenviado --------\n{HEAD}\n\nQuiero dos panes.",
            reply=f"Para vosotros.\n\n-------- Mensaje reenviado --------\n{HEAD}\n\nQuiero dos panes.", signature="-- \nNora Vale"),
    _passed("from a phone, in silence", f"Enviado desde mi iPhone\n\nInicio del mensaje reenviado:\n\n> {HEAD.replace(chr(10), chr(10) + '> ')}\n> Quiero dos panes.",
            reply=f"Inicio del mensaje reenviado:\n\n> {HEAD.replace(chr(10), chr(10) + '> ')}\n> Quiero dos panes.", footer="Enviado desde mi iPhone"),
    _passed("marked", f"Para vosotros.\n\n{ABOVE}\n> Quiero dos panes.", subject="FW: Pan"),
    _passed("an older one within", f"Para vosotros.\n\n---------- Forwarded message ---------\n{HEAD}\n\nQuiero dos panes.\n\n{ABOVE}\n> ¿Cuántos?"),
    Letter(name="passed on by gmail", subject="Fwd: Pan", html='<div dir="ltr">Para vosotros.<br><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">---------- Forwarded message ---------<br>De: <strong>Iria</strong>'
           " &lt;iria@vale.example.test&gt;<br>Date: mié, 2 dic 2026 a las 9:41<br>Subject: Pan<br>To: &lt;hola@lua.example.test&gt;<br></div><br><br><div>Quiero dos panes.</div></div></div>",
           reply="Para vosotros. ---------- Forwarded message --------- De: Iria <iria@vale.example.test> Date: mié, 2 dic 2026 a las 9:41 Subject: Pan To: <hola@lua.example.test> Quiero dos panes."),
    Letter(name="passed on by outlook, both", subject="RV: Pan", html='<div>Para vosotros.</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>De:</b> Iria<br><b>Enviado:</b> miércoles, 2 de diciembre de 2026'
           " 9:41<br><b>Asunto:</b> Pan</div><div>Quiero dos panes.</div>", text="Para vosotros.\n________________________________\nDe: Iria\nEnviado: miércoles, 2 de diciembre de 2026 9:41\nAsunto: Pan\n\nQuiero dos panes.",
           reply="Para vosotros.\n________________________________\nDe: Iria\nEnviado: miércoles, 2 de diciembre de 2026 9:41\nAsunto: Pan\n\nQuiero dos panes."),
    Letter(name="passed on by thunderbird", subject="Fwd: Pan", html='<p>Para vosotros.</p><div class="moz-forward-container"><br>-------- Mensaje reenviado --------<table class="moz-email-headers-table"><tr><th>Asunto:</th><td>Pan</td></tr>'
           "<tr><th>De:</th><td>Iria &lt;iria@vale.example.test&gt;</td></tr></table><br>Quiero dos panes.</div>",
           reply="Para vosotros. -------- Mensaje reenviado -------- Asunto: Pan De: Iria <iria@vale.example.test> Quiero dos panes."),
    Letter(name="passed on by apple, HTML", subject="Fwd: Pan", html="<div>Para vosotros.<br><div><br><blockquote type='cite'><div>Begin forwarded message:</div><br><div><b>From: </b>Iria &lt;iria@vale.example.test&gt;</div>"
           "<div><b>Subject: </b>Pan</div><div><b>Date: </b>2 December 2026 at 09:41</div><br><div>Quiero dos panes.</div></blockquote></div></div>",
           reply="Para vosotros. > Begin forwarded message: > > From: Iria <iria@vale.example.test> > Subject: Pan > Date: 2 December 2026 at 09:41 > > Quiero dos panes."),
    Letter(name="an answer to what was passed on", subject="Re: Fwd: Pan", text=f"{SAYS}\n\n{ABOVE}\n\n> ---------- Forwarded message ---------\n> {HEAD.replace(chr(10), chr(10) + '> ')}\n>\n> {SAID}", reply=SAYS, folds=(SAID,)),
]  # fmt: skip
