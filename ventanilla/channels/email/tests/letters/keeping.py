"""What only looks like history, a signature or a footer: all of it is the writer's, and all of it stays."""

from __future__ import annotations

from ventanilla.channels.email.tests.letters import Letter

_TEXTS = {
    "a journey": "Necesito un traslado.\nDe: Gijón\nPara: Cádiz\nFecha: 8 de julio\n¿Me dais precio?",
    "a journey with a time": "Necesito un traslado.\nDe: Gijón\nPara: Cádiz\nFecha: 8 de julio a las 9:30\n¿Me dais precio?",
    "a journey in english": "I need a van.\nFrom: Leeds\nTo: York\nDate: 8 July 2027, 9:30\nHow much is it?",
    "a journey in german": "Bitte ein Angebot.\nVon: Kiel\nAn: Jena\nDatum: 8. Juli 2027 um 9:30 Uhr\nDanke",
    "data of a form": "Os dejo mis datos:\n\nNombre: Nora Vale\nCorreo: nora@vale.example.test\nTeléfono: 600 11 22 33\nDirección: Calle Olmo 3\n\nGracias.",
    "data with a moment": "Mis datos:\nNombre: Nora Vale\nCorreo: nora@vale.example.test\nFecha de compra: 2/12/2026 9:41\nPedido: 991\nEs urgente.",
    "an order with sender and recipient": "Quiero enviar un ramo.\nDe: Nora\nPara: Iria\nMensaje: Felicidades\nDirección: Calle Olmo 3",
    "a gift with a subject": "Poned en la tarjeta:\nDe: Nora\nPara: Iria\nAsunto: Felicidades\nGracias",
    "a delivery from and to people": "Recogida:\nDe: Nora Vale, calle Olmo 3\nA: Iria Souto, calle Haya 9\nFecha: 02/12/2026\nHora: 9:41",
    "a rule of underscores": "Pedido:\n____________________\nDos hogazas\n____________________\nGracias",
    "a rule of dashes": "Uno\n----------\nDos",
    "a rule of equals": "Resumen\n==========\nTres panes",
    "words between dashes": "Hola:\n----- Datos del pedido -----\nNúmero: 991\nTotal: 30\nGracias",
    "forwarded between dashes, nothing behind": "Hola\n--- Reenviado ---\n¿Os sirve?",
    "original between dashes, nothing behind": "Os paso el texto\n----- Mensaje original -----\nNo llega el pan.\n¿Qué hacemos?",
    "two dashes": "Necesito ayuda con:\n\n--\nPedido: 991\nTotal: 30\n--\n\nGracias. Llamadme al 600 111 222",
    "two dashes once": "Necesito ayuda con:\n--\nPedido: 991\nTotal: 30",
    "two dashes and much text": "Hola\n-- \n" + "\n".join(f"Punto {number}: esto es algo que os quiero contar con calma y detalle." for number in range(25)),
    "two dashes and a long sentence": "Hola\n-- \nLo que os quería decir es que el pan llegó frío y además faltaban dos hogazas de las seis que habíamos pedido el martes por"
    " teléfono a vuestra compañera.",
    "exact dashes around a list": "Lista\n-- \nPan\n-- \nLeche, y nada más",
    "dashes before each line": "Quiero:\n-- dos hogazas\n-- un bizcocho",
    "somebody wrote": "Ayer María escribió:\nno me llega nada.\n¿Qué hago?",
    "somebody wrote on a day": "El lunes 2 de diciembre Marta escribió:\nno me llega nada.\n¿Qué hago?",
    "somebody wrote in a form": "El 3 de noviembre de 2025 a las 10:12, Marta Ruiz escribió en el formulario:\n- pan\n- leche",
    "an order of a day": "Os paso los datos del pedido del 3/11/2025 de Marta:\n- tres panes\n- dos barras",
    "an appointment": "Cita del 2/12/2026 a las 9:41 con Ana <ana@vale.example.test>:\ntraer la caja",
    "a plan of a day": "Hola, el plan es este:\n\nMiércoles 2 de diciembre de 2026, Sala Goya:\n10:00 café\n11:00 visita",
    "a plan with a time": "El plan:\n\nMiércoles 2 de diciembre de 2026 a las 10:00, Sala Goya:\ncafé y bollos",
    "a date at the end": "¿Podéis venir?\n\nMadrid, 2 de diciembre de 2026, Nora Vale",
    "an address at the end": "Escribid a Marta Ruiz <marta@vale.example.test> antes del 2 de diciembre de 2026",
    "an address and a colon at the end": "Mi correo es este, desde el 2 de diciembre de 2026: nora@vale.example.test",
    "see you": "Perfecto.\n\nNos vemos el lunes 2 de diciembre de 2026 a las 10:00, Marta",
    "a question with all of it": "¿El 2/12/2026 a las 9:41 escribió Lua <hola@lua.example.test>?:\nyo no lo vi",
    "quoting inside a sentence": "El 2 de diciembre me dijisteis: \"sale hoy\". ¿Y bien?",
    "answers between": "> ¿Cuándo?\nEl lunes.\n> ¿Dónde?\nEn casa.",
    "answers between, below their line": "El mié, 2 dic 2026 a las 9:41, Lua (<hola@lua.example.test>) escribió:\n> ¿Cuándo?\nEl lunes.\n\n> ¿Dónde?\nEn casa.",
    "a quotation inside": "Me dijisteis esto:\n\n> sale el lunes\n\ny no ha salido. ¿Qué pasa?",
    "nothing but a quotation": "> Hola\n> ¿llegó?",
    "nothing but an answer without words": "El mié, 2 dic 2026 a las 9:41, Lua (<hola@lua.example.test>) escribió:\n> ¿llegó?",
    "sent from an office": "El paquete salió.\n\nEnviado desde mi oficina de Gijón",
    "sent by a courier": "Ya está.\n\nEnviado con Seur el lunes",
    "about a phone": "No puedo entrar.\n\nTengo un iPhone",
    "a question about a phone": "No llega.\n\n¿Se puede mandar desde Android?",
    "a phone that sends nothing": "No va.\n\nHe enviado la foto desde mi iPhone y no llega",
    "a phone's line in the middle": "No entiendo este pie:\nEnviado desde mi iPhone\n¿Cómo lo quito?",
    "a phone's line alone": "Enviado desde mi iPhone",
    "to a phone": "Mandadme el aviso.\n\nEnviado al móvil de siempre",
    "times and colons": "Horario:\n9:41 pan\n10:00 café\nde 9:00 a 14:00:\nabierto",
    "code with a mark": "Me sale esto:\n>>> error 33\n¿qué es?",
    "smaller and greater": "Si el peso es\n> 18 kg\nno cabe en el horno",
    "labels and addresses in a sentence": "Nota: escribid a nora@vale.example.test\nOtra: no llaméis\nÚltima: gracias",
    "three contacts": "Contactos:\nNora: nora@vale.example.test\nIria: iria@vale.example.test\nBrais: brais@vale.example.test",
    "a calendar": "Reunión: horno\nInicio: 2/12/2026 9:41\nFin: 2/12/2026 10:41\nLugar: Calle Olmo 3",
    "a log": "Fallo:\nFecha: 2/12/2026 9:41:07\nUsuario: nora@vale.example.test\nError: 33\nMódulo: caja",
    "a ticket": "Billete\nDe: Vigo\nA: Madrid\nSalida: 2/12/2026 9:41\nLlegada: 2/12/2026 14:10\nAsiento: 3A",
    "an invoice": "Factura: 991\nFecha: 02/12/2026\nPara: Nora Vale\nTotal: 30 €\n¿La pagáis?",
    "letters with capitals": "PEDIDO: PAN\nFECHA: 2 DE DICIEMBRE DE 2026 9:41\nPARA: NORA\nGRACIAS",
    "a poem with rules": "* * * * *\nPan de ayer\n* * * * *\nPan de hoy",
    "a bill in columns": "De        Para      Fecha\nVigo      Lugo      2/12/2026 9:41\nLugo      Ourense   3/12/2026 9:41",
}  # fmt: skip

_HTMLS = {
    "a price that is called a quote": ('<p>Adjunto</p><div class="quote">Presupuesto: 30 €</div><div class="quote-table">Dos panes</div>', "Adjunto\n\nPresupuesto: 30 €\nDos panes"),
    "a saying in a shop's mail": ("<p>Nos gusta esta frase:</p><blockquote>Pan con pan</blockquote><p>Comida de tontos.</p>",
                                  "Nos gusta esta frase:\n\n> Pan con pan\n\nComida de tontos."),
    "an indented paragraph": ('<p>Quiero:</p><blockquote style="margin:0 0 0 40px;border:none;padding:0">dos hogazas</blockquote>', "Quiero:\n\ndos hogazas"),
    "an indented paragraph of apple's": ('<p>Quiero:</p><blockquote class="webkit-indent-blockquote" style="margin:0 0 0 40px">dos hogazas</blockquote>', "Quiero:\n\ndos hogazas"),
    "a rule": ("<p>Uno</p><hr><p>Dos</p>", "Uno\n\nDos"),
    "a rule and a form": ("<p>Hola</p><hr><p>De: Gijón<br>Para: Cádiz<br>Fecha: 8 de julio a las 9:30</p>", "Hola\n\nDe: Gijón\nPara: Cádiz\nFecha: 8 de julio a las 9:30"),
    "a box with a line above": ('<div>Hola</div><div style="border:none;border-top:solid #E1E1E1 1.0pt">Pedido: 991<br>Total: 30</div>', "Hola\nPedido: 991\nTotal: 30"),
    "the place for an answer, and no answer": ('<div>Hola</div><div id="appendonsend"></div><div>Una cosa más: no hay prisa.</div>', "Hola\nUna cosa más: no hay prisa."),
    "all in a signature": ('<div class="gmail_signature">Hola, ¿cuándo llega?</div>', "Hola, ¿cuándo llega?"),
    "below the signature": ('<div>Hola</div><div class="gmail_signature">Nora Vale</div><div>Posdata: mejor el martes.</div>', "Hola\n\nPosdata: mejor el martes."),
    "between two of gmail's": ('<div class="gmail_quote"><div class="gmail_attr">El mié, 2 dic 2026 a las 9:41, Lua escribió:</div><blockquote class="gmail_quote">¿Cuándo?</blockquote></div>'
                               '<div>El lunes.</div><div class="gmail_quote"><blockquote class="gmail_quote">¿Dónde?</blockquote></div><div>En casa.</div>',
                               "El mié, 2 dic 2026 a las 9:41, Lua escribió:\n\n> ¿Cuándo?\n\nEl lunes.\n\n> ¿Dónde?\n\nEn casa."),
    "between, within one of gmail's": ('<div class="gmail_quote"><div class="gmail_attr">El mié, 2 dic 2026, Lua escribió:</div><blockquote class="gmail_quote">¿Cuándo?</blockquote><div>El lunes.</div>'
                                       '<blockquote class="gmail_quote">¿Dónde?</blockquote><div>En casa.</div></div>',
                                       "El mié, 2 dic 2026, Lua escribió:\n\n> ¿Cuándo?\n\nEl lunes.\n\n> ¿Dónde?\n\nEn casa."),
    "between, of thunderbird": ('<div class="moz-cite-prefix">El 2/12/26 a las 9:41, Lua escribió:</div><blockquote type="cite">¿Cuándo?</blockquote><p>El lunes.</p><blockquote type="cite">¿Dónde?</blockquote>'
                                "<p>En casa.</p>", "El 2/12/26 a las 9:41, Lua escribió:\n\n> ¿Cuándo?\n\nEl lunes.\n\n> ¿Dónde?\n\nEn casa."),
    "a button hidden from outlook": ('<p>Confirmad:</p><a href="https://vale.example.test/si" style="mso-hide:all">Sí, quiero</a>', "Confirmad:\n\nSí, quiero (https://vale.example.test/si)"),
    "sizes of nothing around": ('<table><tr><td style="font-size:0"><div style="font-size:15px">Hola, ¿cuándo llega?</div></td></tr></table>', "Hola, ¿cuándo llega?"),
}  # fmt: skip

LETTERS = [
    *(Letter(name=f"keeps {name}", text=text, reply=text) for name, text in _TEXTS.items()),
    *(
        Letter(name=f"keeps {name}, as HTML", html=html, reply=reply)
        for name, (html, reply) in _HTMLS.items()
    ),
]
