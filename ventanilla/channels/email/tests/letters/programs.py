"""The structures of mail programs' HTML, with the texts some of them send along."""

from __future__ import annotations

from ventanilla.channels.email.tests.letters import Letter

SAYS = "Ya llegó, gracias."
SAID = "¿Llegó el pan de centeno?"
ABOVE = "El mié, 2 dic 2026 a las 9:41, Lua (&lt;hola@lua.example.test&gt;) escribió:"
ABOVE_TEXT = "El mié, 2 dic 2026 a las 9:41, Lua (<hola@lua.example.test>) escribió:"
HEAD = (
    "<b>De:</b> Lua &lt;hola@lua.example.test&gt;<br><b>Enviado:</b> miércoles, 2 de diciembre de 2026 9:41<br>"
    "<b>Para:</b> Nora Vale &lt;nora@vale.example.test&gt;<br><b>Asunto:</b> Pan"
)
HEAD_TEXT = (
    "De: Lua <hola@lua.example.test>\nEnviado: miércoles, 2 de diciembre de 2026 9:41\n"
    "Para: Nora Vale <nora@vale.example.test>\nAsunto: Pan"
)


def _answer(
    name: str,
    html: str,
    *,
    text: str = "",
    reply: str = SAYS,
    folds: tuple[str, ...] = (SAID,),
    **others: str,
) -> Letter:
    return Letter(name=name, html=html, text=text, reply=reply, folds=folds, **others)  # type: ignore[arg-type]


LETTERS = [
    # ── Gmail ────────────────────────────────────────────────────────────────────────────────────────
    _answer("gmail, old", f'<div dir="ltr">{SAYS}</div><div class="gmail_extra"><br><div class="gmail_quote">{ABOVE}<br>'
            f'<blockquote class="gmail_quote" style="margin:0 0 0 .8ex">{SAID}</blockquote></div></div>'),
    _answer("gmail, signature between", f'<div dir="ltr">{SAYS}<br clear="all"><div><br></div><span class="gmail_signature_prefix">-- </span>'
            '<br><div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature">Nora Vale<br>Vale e Hijos</div></div><br>'
            f'<div class="gmail_quote"><div dir="ltr" class="gmail_attr">{ABOVE}<br></div><blockquote class="gmail_quote">{SAID}'
            "</blockquote></div>", signature="-- Nora Vale Vale e Hijos"),
    _answer("gmail, signature and no history", f'<div dir="ltr">{SAYS}<div><br></div>-- <br><div class="gmail_signature">Nora Vale</div></div>',
            folds=(), signature="-- Nora Vale"),
    _answer("gmail, text of another width", f'<div>Ya llegó, y esta línea es tan larga que el texto sin formato la parte en dos.</div><div '
            f'class="gmail_quote"><div class="gmail_attr">{ABOVE}</div><blockquote class="gmail_quote">{SAID}</blockquote></div>',
            text=f"Ya llegó, y esta línea es tan larga que el texto sin\nformato la parte en dos.\n\n{ABOVE_TEXT}\n\n{SAID}",
            reply="Ya llegó, y esta línea es tan larga que el texto sin\nformato la parte en dos."),
    _answer("gmail, a phone's text without marks", f'<div dir="auto">{SAYS}</div><br><div class="gmail_quote"><div class="gmail_attr">2 dic 2026'
            f' Lua:<br></div><blockquote class="gmail_quote">{SAID}</blockquote></div>', text=f"{SAYS}\n\n2 dic 2026 Lua:\n\n{SAID}"),
    _answer("gmail, links in both", f'<div>Mira <a href="https://vale.example.test/foto">la foto</a>. {SAYS}</div><div class="gmail_quote">'
            f'<div class="gmail_attr">{ABOVE}</div><blockquote class="gmail_quote">{SAID} <a href="https://lua.example.test">Web</a></blockquote></div>',
            text=f"Mira la foto <https://vale.example.test/foto>. {SAYS}\n\n{ABOVE_TEXT}\n\n{SAID} Web\n<https://lua.example.test>",
            reply=f"Mira la foto <https://vale.example.test/foto>. {SAYS}"),
    _answer("gmail, indented by the writer", f'<div dir="ltr">{SAYS}<blockquote style="margin:0 0 0 40px;border:none;padding:0px">Dos barras'
            f'</blockquote></div><div class="gmail_quote"><div class="gmail_attr">{ABOVE}</div><blockquote class="gmail_quote">{SAID}'
            "</blockquote></div>", reply=f"{SAYS}\n\nDos barras"),
    # ── Outlook ──────────────────────────────────────────────────────────────────────────────────────
    _answer("outlook on the web", f'<div style="font-family:Aptos">{SAYS}</div><div id="appendonsend"></div><hr style="display:inline-block;'
            f'width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri">{HEAD}</font><div>&nbsp;</div></div><div>{SAID}</div>'),
    _answer("outlook on the web, both", f'<div>{SAYS}</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg">{HEAD}</div><div>{SAID}</div>',
            text=f"{SAYS}\n________________________________\n{HEAD_TEXT}\n\n{SAID}"),
    _answer("outlook, signature of the web", f'<div>{SAYS}</div><div id="Signature"><div>Nora Vale</div><div>Vale e Hijos</div></div><div '
            f'id="appendonsend"></div><hr><div id="divRplyFwdMsg">{HEAD}</div><div>{SAID}</div>', signature="Nora Vale\nVale e Hijos"),
    _answer("outlook, without an address", f'<p class=MsoNormal>{SAYS}</p><div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0cm'
            '"><p><b>De:</b> Lua <br><b>Enviado el:</b> miércoles, 2 de diciembre de 2026 9:41<br><b>Para:</b> Nora Vale<br><b>Asunto:</b> Pan</p>'
            f"</div><p>{SAID}</p>"),
    _answer("outlook, mailto in brackets", f"<p>{SAYS}</p><div><p><b>De:</b> Lua [mailto:hola@lua.example.test]<br><b>Enviado el:</b> miércoles, 2 de"
            f" diciembre de 2026 9:41<br><b>Para:</b> 'Nora'<br><b>CC:</b> Iria; Brais<br><b>Asunto:</b> Pan<br><b>Importancia:</b> Alta</p></div><p>{SAID}</p>"),
    _answer("outlook for phones", f'<div dir="auto">{SAYS}</div><div id="ms-outlook-mobile-signature" dir="auto"><div><br></div>Obtener <a '
            f'href="https://aka.ms/o0ukef">Outlook para iOS</a></div><hr><div id="divRplyFwdMsg">{HEAD}</div><div>{SAID}</div>'),
    _answer("outlook for phones, written into its signature", f'<div><br></div><div id="ms-outlook-mobile-signature" dir="auto"><div>{SAYS}</div>'
            f"<div>Estaba muy bueno, y la próxima vez nos gustaría que trajerais también dos hogazas de trigo, si os viene bien el martes por la"
            f' mañana antes de las diez y media.</div></div><hr><div id="divRplyFwdMsg">{HEAD}</div><div>{SAID}</div>',
            reply=f"{SAYS}\nEstaba muy bueno, y la próxima vez nos gustaría que trajerais también dos hogazas de trigo, si os viene bien el martes"
            " por la mañana antes de las diez y media."),
    _answer("outlook's new container", f'<div>{SAYS}</div><div id="mail-editor-reference-message-container" class="ms-outlook-mobile-reference-message">'
            f'<hr><div id="divRplyFwdMsg">{HEAD}</div><div>{SAID}</div></div>'),
    _answer("outlook's new container, drawn line", f'<div>{SAYS}</div><div id="mail-editor-reference-message-container"><div><div style="border:none;'
            f'border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0cm 0cm 0cm">{HEAD}</div><div>{SAID}</div></div></div>'),
    _answer("outlook's new container, answered within", '<div class="WordSection1"><div id="mail-editor-reference-message-container"><p>On Wed, 2 Dec'
            f" 2026 09:41:00 +0100</p><p>Lua &lt;hola@lua.example.test&gt; wrote:</p><p>&gt; {SAID}</p><p>{SAYS}</p><p>&gt; ¿Y el de trigo?</p><p>También.</p></div></div>",
            reply=f"On Wed, 2 Dec 2026 09:41:00 +0100 Lua <hola@lua.example.test> wrote: > {SAID} {SAYS} > ¿Y el de trigo? También.", folds=()),
    _answer("outlook of the year 2003", f'<div>{SAYS}</div><blockquote style="border-left:solid blue 1.5pt"><div class="OutlookMessageHeader"><hr>{HEAD}</div>'
            f"{SAID}</blockquote>"),
    _answer("outlook for the mac", f'<div>{SAYS}</div><span id="OLK_SRC_BODY_SECTION"><div style="border-top:#b5c4df 1pt solid">{HEAD}</div>{SAID}</span>'),
    _answer("outlook, names of an older answer", f'<div>{SAYS}</div><hr><div id="x_divRplyFwdMsg">{HEAD}</div><div>{SAID}</div>'),
    # ── Apple ────────────────────────────────────────────────────────────────────────────────────────
    _answer("apple mail", f"{SAYS}<br><div><br><blockquote type='cite'><div>On 2 Dec 2026, at 09:41, Lua &lt;hola@lua.example.test&gt; wrote:</div>"
            f'<br class="Apple-interchange-newline"><div>{SAID}</div></blockquote></div>'),
    _answer("iphone, the quotation in two", f'{SAYS}<br><br><div dir="ltr">Enviado desde mi iPhone</div><div dir="ltr"><br><blockquote type="cite">El 2 dic 2026,'
            f' a las 9:41, Lua &lt;hola@lua.example.test&gt; escribió:<br><br></blockquote></div><blockquote type="cite"><div>\ufeff{SAID}</div></blockquote>',
            footer="Enviado desde mi iPhone"),
    _answer("iphone, a signature of one's own", f'{SAYS}<br><div id="AppleMailSignature" dir="ltr">Nora · Vale e Hijos</div><blockquote type="cite">{SAID}</blockquote>',
            signature="Nora · Vale e Hijos"),
    _answer("blockquote alone", f"<p>{SAYS}</p><blockquote type='cite'>{SAID}</blockquote>"),
    _answer("blockquote without a name", f"<p>{SAYS}</p><blockquote><p>{SAID}</p></blockquote>"),
    # ── Thunderbird and its kin ──────────────────────────────────────────────────────────────────────
    _answer("thunderbird, above", f'<p>{SAYS}</p><div class="moz-signature">-- <br>Nora Vale</div><div class="moz-cite-prefix">El 2/12/26 a las 9:41, Lua escribió:<br>'
            f'</div><blockquote type="cite" cite="mid:x@y.example">{SAID}</blockquote>', signature="-- Nora Vale"),
    _answer("thunderbird, below", f'<div class="moz-cite-prefix">El 2/12/26 a las 9:41, Lua escribió:<br></div><blockquote type="cite">{SAID}</blockquote><p>{SAYS}</p>'
            '<pre class="moz-signature">-- \nNora Vale</pre>', signature="-- Nora Vale"),
    _answer("thunderbird, below, both", f'<div class="moz-cite-prefix">El 2/12/26 a las 9:41, Lua escribió:<br></div><blockquote type="cite">{SAID}</blockquote><p>{SAYS}</p>',
            text=f"El 2/12/26 a las 9:41, Lua escribió:\n> {SAID}\n\n{SAYS}"),
    _answer("roundcube", f'<p id="reply-intro">El 2026-12-02 09:41, Lua escribió:</p><blockquote type="cite" style="padding:0 0.4em">{SAID}</blockquote><p>{SAYS}</p>'),
    _answer("evolution", f'<div>{SAYS}</div><div><br></div><div>El mié, 02-12-2026 a las 09:41 +0100, Lua escribió:</div><blockquote type="cite" style="margin:0 0 0 .8ex">'
            f'<div>{SAID}</div></blockquote><div><span><span class="-x-evo-signature-wrapper">Nora</span></span></div>'),
    _answer("k-9", f'<div dir="auto">{SAYS}</div><div class="k9mail-signature">-- <br>Enviado desde mi Android</div><div class="gmail_quote"><div dir="auto">Am 2. Dezember'
            f' 2026 09:41:07 MEZ schrieb Lua &lt;hola@lua.example.test&gt;:</div><blockquote class="gmail_quote">{SAID}</blockquote></div>'),
    # ── others ───────────────────────────────────────────────────────────────────────────────────────
    _answer("yahoo", f'<div class="ydp1yahoo-style-wrap"><div>{SAYS}</div></div><div id="yahoo_quoted_3210" class="yahoo_quoted"><div>En miércoles, 2 de diciembre de 2026,'
            f" 09:41:07 CET, Lua &lt;hola@lua.example.test&gt; escribió:</div><div><br></div><div>{SAID}</div></div>"),
    _answer("yahoo, prefixed", f'<div>{SAYS}</div><div id="ydpdb28840fyahoo_quoted_2142" class="ydpdb28840fyahoo_quoted"><div>{ABOVE}</div><div>{SAID}</div></div>'),
    _answer("yahoo for phones", f'{SAYS}<br><br><a href="https://yho.example/x">Enviado desde Yahoo Mail para Android</a> <br><blockquote style="margin:0 0 20px 0"><div>{ABOVE}</div>'
            f"<div>{SAID}</div></blockquote>", footer="Enviado desde Yahoo Mail para Android (https://yho.example/x)"),
    _answer("zimbra", f'<div>{SAYS}</div><div data-marker="__SIG_PRE__">Nora Vale</div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><b>De: </b>"Lua"'
            '<br><b>Para: </b>"Nora"<br><b>Enviados: </b>Miércoles, 2 de Diciembre 2026 9:41:00<br><b>Asunto: </b>Pan<br></div><div data-marker="__QUOTED_TEXT__">'
            f"{SAID}</div>", signature="Nora Vale"),
    _answer("zimbra, headers alone", f'<div>{SAYS}</div><div data-marker="__HEADERS__"><b>Der: </b>Lua<br><b>Wann: </b>Mi 9:41<br></div><div>{SAID}</div>'),
    _answer("proton", f'<div>{SAYS}</div><div class="protonmail_signature_block"><div class="protonmail_signature_block-user">Nora</div><div>Enviado con Proton Mail.</div></div><div '
            f'class="protonmail_quote">On Wednesday, December 2nd, 2026 at 09:41, Lua &lt;hola@lua.example.test&gt; wrote:<br><blockquote class="protonmail_quote" type="cite">{SAID}'
            "</blockquote></div>", signature="Nora Enviado con Proton Mail."),
    _answer("zoho", f'<div>{SAYS}</div><div id="Zm-_Id_-Sgn1">Nora Vale</div><div class="zmail_extra_hr" style="border-top:1px solid"></div><div class="zmail_extra"><div><br>---- El mié., 2 dic. 2026'
            f" 09:41:07 +0100 <b>Lua &lt;hola@lua.example.test&gt;</b> escribió ----<br></div><br><blockquote>{SAID}</blockquote></div>", signature="Nora Vale"),
    _answer("zoho, no blockquote", f'<div>{SAYS}</div><div class="zmail_extra"><div>---- El mié., 2 dic. 2026 09:41:07 +0100 Lua escribió ----</div><div>{SAID}</div></div>'),
    _answer("mail.ru", f'<HTML><BODY><div>{SAYS}</div><blockquote style="border-left:1px solid #0857A6;margin:10px;padding:0 0 0 10px;">Среда, 2 декабря 2026, 9:41 +03:00 от Lua'
            f" &lt;hola@lua.example.test&gt;:<br><div>{SAID}</div></blockquote></BODY></HTML>"),
    _answer("mail.ru, collapsed", f'<div>{SAYS}</div><div class="mail-quote-collapse">Среда, 2 декабря 2026 от Lua:<div>{SAID}</div></div>'),
    _answer("yandex", f'<div>{SAYS}</div><div> </div><div>02.12.2026, 09:41, "Lua" &lt;hola@lua.example.test&gt;:</div><blockquote><div>{SAID}</div></blockquote>'),
    _answer("gmx", f'<div>{SAYS}</div><div name="quote" style="margin:10px 5px 5px 10px;border-left:2px solid #C3D9E5;"><div style="margin:0 0 10px 0;"><b>Gesendet:</b>&nbsp;Mittwoch, 02. Dezember'
            f' 2026 um 09:41 Uhr<br><b>Von:</b>&nbsp;"Lua" &lt;hola@lua.example.test&gt;<br><b>An:</b>&nbsp;nora@vale.example.test<br><b>Betreff:</b>&nbsp;Pan</div><div name="quoted-content">{SAID}</div></div>'),
    _answer("spark", f'<div name="messageBodySection">{SAYS}</div><div name="messageSignatureSection"><br>Nora</div><div name="messageReplySection">On Dec 2, 2026 at 9:41 AM +0100, Lua'
            f' &lt;hola@lua.example.test&gt;, wrote:<br><blockquote type="cite" class="spark_quote">{SAID}</blockquote></div>', signature="Nora"),
    _answer("lark", f'<div>{SAYS}</div><div class="history-quote-wrapper" id="lark-mail-quote-17"><div class="adit-html-block adit-html-block--collapsed"><div class="adit-html-block__attr'
            f' history-quote-meta-wrapper">De: Lua&lt;hola@lua.example.test&gt;<br>Fecha: mié, 2 dic 2026, 9:41</div><div>{SAID}</div></div></div>'),
    _answer("tuta", f'<div>{SAYS}</div>2 dic 2026, 9:41 de hola@lua.example.test:<br><blockquote class="tutanota_quote">{SAID}</blockquote>'),
    _answer("infomaniak", f'<div>{SAYS}</div><div class="editorUserSignature">Nora</div><div class="ik_mail_quote"><div>Le 2026-12-02T09:41:00.000+01:00, Lua a écrit :</div><blockquote>{SAID}</blockquote></div>',
            signature="Nora"),
    _answer("fastmail", f'<div>{SAYS}</div><div><br></div><div>On Wed, 2 Dec 2026, at 09:41, Lua wrote:<br></div><blockquote type="cite" id="qt" style="">{SAID}</blockquote>'),
    _answer("netease", f'<div>{SAYS}</div><div style="position:relative;zoom:1"></div><p>At 2026-12-02 09:41:07, "Lua" &lt;hola@lua.example.test&gt; wrote:</p><blockquote id="isReplyContent">{SAID}</blockquote>'),
    _answer("qq", f'<div>{SAYS}</div><div><br></div><div style="font-size:12px">------------------&nbsp;原始邮件&nbsp;------------------</div><div><b>发件人:</b> "Lua" &lt;hola@lua.example.test&gt;;<br>'
            f"<b>发送时间:</b>&nbsp;2026年12月2日(星期三) 上午9:41<br><b>收件人:</b>&nbsp;\"Nora\"&lt;nora@vale.example.test&gt;;<br><b>主题:</b>&nbsp;Pan</div><div>{SAID}</div>"),
    _answer("samsung", f'<div dir="auto">{SAYS}</div><div id="composer_signature" dir="auto">Enviado desde mi Galaxy</div><div><br></div><div style="font-size:100%"><!-- originalMessage --><div>-------- Mensaje original'
            f" --------</div><div>De: Lua &lt;hola@lua.example.test&gt; </div><div>Fecha: 2/12/26 9:41 (GMT+01:00) </div><div>A: Nora &lt;nora@vale.example.test&gt; </div><div>Asunto: Pan </div></div>{SAID}",
            footer="Enviado desde mi Galaxy"),
    _answer("horde", f'<p>{SAYS}</p><p>Lua &lt;hola@lua.example.test&gt; escribió:</p><blockquote type="cite" style="border-left:2px solid blue">{SAID}</blockquote>'),
    _answer("notes", f'<div>{SAYS}</div><font color="#990099">-----Lua &lt;hola@lua.example.test&gt; escribió: -----</font><div style="padding-left:5px"><div>Para: Nora &lt;nora@vale.example.test&gt;<br>De: Lua'
            f" &lt;hola@lua.example.test&gt;<br>Fecha: 02/12/2026 09:41<br>Asunto: Pan</div><div>{SAID}</div></div>"),
    _answer("superhuman", f'<div>{SAYS}</div><div class="gmail_quote"><div class="gmail_attr">On Wed, Dec 02, 2026 at 9:41 AM, Lua <span dir="ltr">&lt;<a href="mailto:hola@lua.example.test">hola@lua.example.test</a>'
            f'&gt;</span> wrote:<br></div><blockquote class="gmail_quote">{SAID}</blockquote></div>'),
    _answer("bluemail", f'<div>{SAYS}</div><div class="blue_signature">Get <a href="https://bluemail.example">BlueMail for Android</a></div><div class="gmail_quote">El 2 dic. 2026, en 09:41, Lua &lt;<a '
            f'href="mailto:hola@lua.example.test">hola@lua.example.test</a>&gt; escribió:<blockquote class="gmail_quote">{SAID}</blockquote></div>'),
    # ── hidden text, odd markup ──────────────────────────────────────────────────────────────────────
    _answer("a preheader", f'<div style="display:none;max-height:0">Avance del boletín</div><p>{SAYS}</p>', folds=()),
    _answer("history that is hidden", f'<p>{SAYS}</p><div style="display:none" class="gmail_quote"><blockquote>{SAID}</blockquote></div>', folds=()),
    _answer("an element that never ends", f'<p>{SAYS}<div class="gmail_quote"><div class="gmail_attr">{ABOVE}<br><blockquote class="gmail_quote">{SAID}'),
    _answer("upper case", f'<P>{SAYS}</P><DIV ID="divRplyFwdMsg">{HEAD}</DIV><P>{SAID}</P>'),
    _answer("a text that says another thing", f'<p>{SAYS}</p><blockquote type="cite">{SAID}</blockquote>', text="Este mensaje está en HTML.",
            reply="Este mensaje está en HTML.", folds=()),
    _answer("three deep", f'<p>{SAYS}</p><div class="gmail_quote"><div class="gmail_attr">{ABOVE}</div><blockquote class="gmail_quote">{SAID}<div class="gmail_quote"><div class="gmail_attr">On Tue, Dec 1, 2026'
            ' Nora wrote:</div><blockquote class="gmail_quote">Dos panes.<hr><div id="x_divRplyFwdMsg"><b>De:</b> Iria</div></blockquote></div></blockquote></div>', folds=(SAID, "Dos panes.")),
]  # fmt: skip
