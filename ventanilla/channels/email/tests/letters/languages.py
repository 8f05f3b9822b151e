"""How mail programs write the line above a quotation, a header block and a footer, in many languages."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from ventanilla.channels.email.tests.letters import Letter


@dataclass(frozen=True)
class Tongue:
    """`above`: attributions; `labels`: From, Sent, To, Subject and a moment; `says`: an answer; `said`: what it answers."""

    above: tuple[str, ...]
    labels: tuple[str, str, str, str, str]
    says: str
    said: str
    footer: str
    forwarded: str
    prefix: str = "Fwd:"


LUA = "Lua <hola@lua.example.test>"
TONGUES = {
    "es": Tongue(
        ("El mié, 2 dic 2026 a las 9:41, Lua (<hola@lua.example.test>) escribió:", "El 02/12/2026 9:41, Lua escribió:"),
        ("De", "Enviado", "Para", "Asunto", "miércoles, 2 de diciembre de 2026 9:41"),
        "Ya ha llegado, gracias.", "¿Te llegó el pan de centeno?", "Enviado desde mi iPhone",
        "---------- Forwarded message ---------", "RV:",
    ),
    "en": Tongue(
        ("On Wed, Dec 2, 2026 at 9:41 AM Lua <hola@lua.example.test> wrote:", "On 2 Dec 2026, at 09:41, Lua wrote:"),
        ("From", "Sent", "To", "Subject", "Wednesday, December 2, 2026 9:41 AM"),
        "It came this morning, thanks.", "Did the rye bread arrive?", "Sent from my iPhone",
        "---------- Forwarded message ---------", "FW:",
    ),
    "pt": Tongue(
        ("Em qua., 2 de dez. de 2026 às 09:41, Lua <hola@lua.example.test> escreveu:", "Em 02/12/2026 09:41, Lua escreveu:"),
        ("De", "Enviada em", "Para", "Assunto", "quarta-feira, 2 de dezembro de 2026 09:41"),
        "Já chegou, obrigada.", "O pão de centeio chegou?", "Enviado do meu iPhone", "-------- Mensagem encaminhada --------", "ENC:",
    ),
    "ca": Tongue(
        ("Missatge de Lua <hola@lua.example.test> del dia dc., 2 de des. 2026 a les 9:41:",
         "El dia 2 de des. 2026 a les 9:41, Lua va escriure:"),
        ("De", "Enviat el", "Per a", "Assumpte", "dimecres, 2 de desembre de 2026 9:41"),
        "Ja ha arribat, gràcies.", "Us ha arribat el pa de sègol?", "Enviat des del meu iPhone", "-------- Missatge reenviat --------", "Fwd:",
    ),
    "gl": Tongue(
        ("O mér, 2 dec 2026 ás 9:41, Lua (<hola@lua.example.test>) escribiu:", "O 2/12/2026 ás 09:41, Lua escribiu:"),
        ("De", "Enviado", "Para", "Asunto", "mércores, 2 de decembro de 2026 9:41"),
        "Xa chegou, grazas.", "Chegou o pan de centeo?", "Enviado dende o meu iPhone", "-------- Mensaxe reenviada --------", "RV:",
    ),
    "eu": Tongue(
        ("Hau idatzi du Lua erabiltzaileak (hola@lua.example.test) (2026 abe. 2(a), az. (09:41)):",
         "2026(e)ko abe. 2(a) 09:41, Lua <hola@lua.example.test> igorleak idatzi du:"),
        ("Nork", "Bidalia", "Nori", "Gaia", "asteazkena, 2026.eko abenduak 2 09:41"),
        "Iritsi da, eskerrik asko.", "Iritsi al da zekale-ogia?", "Nire iPhonetik bidalia", "-------- Birbidalitako mezua --------", "Fwd:",
    ),
    "fr": Tongue(
        ("Le mer. 2 déc. 2026 à 09:41, Lua <hola@lua.example.test> a écrit :", "Le 02/12/2026 à 09:41, Lua a écrit :"),
        ("De", "Envoyé", "À", "Objet", "mercredi 2 décembre 2026 09:41"),
        "C'est arrivé, merci.", "Le pain de seigle est-il arrivé ?", "Envoyé de mon iPhone", "-------- Message transféré --------", "TR :",
    ),
    "de": Tongue(
        ("Am Mi., 2. Dez. 2026 um 09:41 Uhr schrieb Lua <hola@lua.example.test>:", "Am 02.12.26 um 09:41 schrieb Lua:"),
        ("Von", "Gesendet", "An", "Betreff", "Mittwoch, 2. Dezember 2026 09:41"),
        "Es ist da, danke.", "Ist das Roggenbrot angekommen?", "Von meinem iPhone gesendet",
        "-------- Weitergeleitete Nachricht --------", "WG:",
    ),
    "it": Tongue(
        ("Il giorno mer 2 dic 2026 alle ore 09:41 Lua <hola@lua.example.test> ha scritto:", "Il 02/12/2026 09:41, Lua ha scritto:"),
        ("Da", "Inviato", "A", "Oggetto", "mercoledì 2 dicembre 2026 09:41"),
        "È arrivato, grazie.", "Il pane di segale è arrivato?", "Inviato da iPhone", "-------- Messaggio inoltrato --------", "I:",
    ),
    "nl": Tongue(
        ("Op wo 2 dec 2026 om 09:41 schreef Lua <hola@lua.example.test>:", "Lua schreef op 2-12-2026 om 09:41:"),
        ("Van", "Verzonden", "Aan", "Onderwerp", "woensdag 2 december 2026 09:41"),
        "Het is er, dank je.", "Is het roggebrood aangekomen?", "Verstuurd vanaf mijn iPhone",
        "-------- Doorgestuurd bericht --------", "Doorst:",
    ),
    "sv": Tongue(
        ("Den ons 2 dec. 2026 kl 09:41 skrev Lua <hola@lua.example.test>:", "2 dec. 2026 kl. 09:41 skrev Lua <hola@lua.example.test>:"),
        ("Från", "Skickat", "Till", "Ämne", "den 2 december 2026 09:41"),
        "Det är här, tack.", "Har rågbrödet kommit?", "Skickat från min iPhone", "-------- Vidarebefordrat meddelande --------", "VB:",
    ),
    "no": Tongue(
        ("ons. 2. des. 2026 kl. 09:41 skrev Lua <hola@lua.example.test>:", "Den 02.12.2026 09:41, skrev Lua:"),
        ("Fra", "Sendt", "Til", "Emne", "onsdag 2. desember 2026 09:41"),
        "Det er her, takk.", "Har rugbrødet kommet?", "Sendt fra min iPhone", "-------- Videresendt melding --------",
    ),
    "da": Tongue(
        ("Den ons. 2. dec. 2026 kl. 09.41 skrev Lua <hola@lua.example.test>:", "Den 2. dec. 2026 kl. 09.41 skrev Lua <hola@lua.example.test>:"),
        ("Fra", "Sendt", "Til", "Emne", "2. december 2026 09:41"),
        "Det er her, tak.", "Er rugbrødet kommet?", "Sendt fra min iPhone", "-------- Videresendt besked --------",
    ),
    "fi": Tongue(
        ("ke 2. jouluk. 2026 klo 9.41 Lua (<hola@lua.example.test>) kirjoitti:", "Lua kirjoitti 2.12.2026 klo 9.41:"),
        ("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe", "keskiviikko 2. joulukuuta 2026 9.41"),
        "Se tuli, kiitos.", "Tuliko ruisleipä?", "Lähetetty iPhonesta", "-------- Välitetty viesti --------", "VL:",
    ),
    "pl": Tongue(
        ("śr., 2 gru 2026 o 09:41 Lua <hola@lua.example.test> napisał(a):", "W dniu 2.12.2026 o 09:41, Lua pisze:"),
        ("Od", "Wysłano", "Do", "Temat", "środa, 2 grudnia 2026 09:41"),
        "Już jest, dziękuję.", "Czy chleb żytni dotarł?", "Wysłane z iPhone'a", "-------- Przekazana wiadomość --------", "PD:",
    ),
    "cs": Tongue(
        ("st 2. 12. 2026 v 9:41 odesílatel Lua <hola@lua.example.test> napsal:", "Dne 02. 12. 26 v 9:41 Lua napsal(a):"),
        ("Od", "Odesláno", "Komu", "Předmět", "středa 2. prosince 2026 9:41"),
        "Už je tady, děkuji.", "Dorazil žitný chléb?", "Odesláno z iPhonu", "-------- Přeposlaná zpráva --------", "FW:",
    ),
    "sk": Tongue(
        ("st 2. 12. 2026 o 9:41 Lua <hola@lua.example.test> napísal(a):", "Dňa 2. 12. 2026 o 9:41 Lua napísal(a):"),
        ("Od", "Odoslané", "Komu", "Predmet", "streda 2. decembra 2026 9:41"),
        "Už je tu, ďakujem.", "Prišiel ražný chlieb?", "Odoslané z iPhonu", "-------- Preposlaná správa --------", "FW:",
    ),
    "ro": Tongue(
        ("mie., 2 dec. 2026 la 09:41, Lua <hola@lua.example.test> a scris:", "În data de 2 dec. 2026, la 09:41, Lua <hola@lua.example.test> a scris:"),
        ("De la", "Trimis", "Către", "Subiect", "miercuri, 2 decembrie 2026 09:41"),
        "A ajuns, mulțumesc.", "A ajuns pâinea de secară?", "Trimis de pe iPhone-ul meu", "-------- Mesaj redirecționat --------", "FW:",
    ),
    "ru": Tongue(
        ("ср, 2 дек. 2026 г. в 09:41, Lua <hola@lua.example.test>:", "2 декабря 2026 г., в 9:41, Lua <hola@lua.example.test> написал(а):"),
        ("От", "Отправлено", "Кому", "Тема", "2 декабря 2026 г. 9:41"),
        "Уже пришёл, спасибо.", "Ржаной хлеб пришёл?", "Отправлено с iPhone", "-------- Пересылаемое сообщение --------",
    ),
    "uk": Tongue(
        ("ср, 2 груд. 2026 р. о 09:41 Lua <hola@lua.example.test> пише:", "02.12.26 09:41, Lua пише:"),
        ("Від", "Надіслано", "Кому", "Тема", "2 грудня 2026 р. 9:41"),
        "Вже тут, дякую.", "Житній хліб прийшов?", "Надіслано з iPhone", "-------- Переслане повідомлення --------",
    ),
    "bg": Tongue(
        ("На ср, 2.12.2026 г. в 9:41 Lua <hola@lua.example.test> написа:", "На 2.12.26 г. в 9:41 ч., Lua написа:"),
        ("От", "Изпратено", "До", "Тема", "сряда, 2 декември 2026 г. 9:41"),
        "Пристигна, благодаря.", "Пристигна ли ръженият хляб?", "Изпратено от моя iPhone", "-------- Препратено съобщение --------",
    ),
    "el": Tongue(
        ("Στις Τετ 2 Δεκ 2026 στις 9:41 π.μ., ο χρήστης Lua <hola@lua.example.test> έγραψε:",
         "2 Δεκ 2026, 9:41 π.μ., ο χρήστης «Lua <hola@lua.example.test>» έγραψε:"),
        ("Από", "Στάλθηκε", "Προς", "Θέμα", "Τετάρτη, 2 Δεκεμβρίου 2026 9:41 πμ"),
        "Έφτασε, ευχαριστώ.", "Έφτασε το ψωμί σίκαλης;", "Στάλθηκε από το iPhone μου", "-------- Προωθημένο μήνυμα --------", "ΠΡΘ:",
    ),
    "tr": Tongue(
        ("Lua <hola@lua.example.test>, 2 Ara 2026 Çar, 09:41 tarihinde şunu yazdı:", "2.12.2026 09:41 tarihinde Lua yazdı:"),
        ("Kimden", "Gönderildi", "Kime", "Konu", "2 Aralık 2026 Çarşamba 09:41"),
        "Geldi, teşekkürler.", "Çavdar ekmeği geldi mi?", "iPhone'umdan gönderildi", "-------- İletilmiş İleti --------", "İLT:",
    ),
    "hu": Tongue(
        ("Lua <hola@lua.example.test> ezt írta (időpont: 2026. dec. 2., Sze, 9:41):", "2026. 12. 02. 9:41 keltezéssel, Lua írta:"),
        ("Feladó", "Küldve", "Címzett", "Tárgy", "2026. december 2., szerda 9:41"),
        "Megjött, köszönöm.", "Megjött a rozskenyér?", "Küldve az iPhone-omról", "-------- Továbbított üzenet --------", "Továbbítás:",
    ),
    "hr": Tongue(
        ("sri, 2. pro 2026. u 09:41 Lua <hola@lua.example.test> napisao je:", "Dana 2.12.2026. u 9:41, Lua je napisao/la:"),
        ("Od", "Poslano", "Za", "Predmet", "srijeda, 2. prosinca 2026. 9:41"),
        "Stigao je, hvala.", "Je li stigao raženi kruh?", "Poslano s mog iPhonea", "-------- Proslijeđena poruka --------",
    ),
    "et": Tongue(
        ("Lua (<hola@lua.example.test>) kirjutas kuupäeval K, 2. detsember 2026 kell 09:41:", "02.12.2026 09:41, Lua kirjutas:"),
        ("Saatja", "Saadetud", "Adressaat", "Teema", "kolmapäev, 2. detsember 2026 9:41"),
        "Jõudis kohale, aitäh.", "Kas rukkileib jõudis kohale?", "Saadetud minu iPhone'ist", "-------- Edastatud kiri --------",
    ),
    "lt": Tongue(
        ("2026-12-02, tr, 09:41 Lua <hola@lua.example.test> rašė:", "2026-12-02 09:41, Lua rašė:"),
        ("Nuo", "Išsiųsta", "Kam", "Tema", "2026 m. gruodžio 2 d., trečiadienis 09:41"),
        "Atėjo, ačiū.", "Ar atėjo ruginė duona?", "Išsiųsta iš mano iPhone", "-------- Persiųstas laiškas --------",
    ),
    "lv": Tongue(
        ("trešd., 2026. g. 2. dec., plkst. 09:41 — lietotājs Lua (<hola@lua.example.test>) rakstīja:", "2026.12.02. 09:41, Lua rakstīja:"),
        ("No", "Nosūtīts", "Kam", "Tēma", "trešdiena, 2026. gada 2. decembris 09:41"),
        "Atnāca, paldies.", "Vai rudzu maize atnāca?", "Nosūtīts no mana iPhone", "-------- Pārsūtīta ziņa --------",
    ),
    "id": Tongue(
        ("Pada Rab, 2 Des 2026 pukul 09.41 Lua <hola@lua.example.test> menulis:", "Pada tanggal 2 Des 2026, pukul 09.41, Lua <hola@lua.example.test> menulis:"),
        ("Dari", "Dikirim", "Kepada", "Subjek", "Rabu, 2 Desember 2026 09.41"),
        "Sudah sampai, terima kasih.", "Roti gandum sudah sampai?", "Dikirim dari iPhone saya", "-------- Pesan yang diteruskan --------",
    ),
    "vi": Tongue(
        ("Vào Th 4, 2 thg 12, 2026 vào lúc 09:41 Lua <hola@lua.example.test> đã viết:", "Vào 09:41, 02/12/2026, Lua <hola@lua.example.test> đã viết:"),
        ("Từ", "Ngày", "Đến", "Chủ đề", "Thứ Tư, 2 tháng 12, 2026 09:41"),
        "Đã đến, cảm ơn.", "Bánh mì đen đến chưa?", "Đã gửi từ iPhone của tôi", "-------- Thư được chuyển tiếp --------",
    ),
    "ar": Tongue(
        ("في الأربعاء، ٢ ديسمبر ٢٠٢٦ في ٩:٤١ ص تمت كتابة ما يلي بواسطة ‪Lua‬‏ <‪hola@lua.example.test‬‏>:",
         "في ٢ ديسمبر ٢٠٢٦، ٩:٤١ ص، كتب Lua <hola@lua.example.test>:"),
        ("من", "تاريخ الإرسال", "إلى", "الموضوع", "الأربعاء، ٢ ديسمبر ٢٠٢٦ ٩:٤١ ص"),
        "وصل الخبز، شكرا.", "هل وصل خبز الجاودار؟", "تم الإرسال من iPhone الخاص بي", "-------- رسالة معاد توجيهها، إعادة توجيه --------",
    ),
    "he": Tongue(
        ("‫בתאריך יום ד׳, 2 בדצמ׳ 2026 ב-9:41 מאת ‪Lua‬‏ <‪hola@lua.example.test‬‏>:‬", "ב-2 בדצמ׳ 2026, בשעה 9:41, Lua <hola@lua.example.test> כתב/ה:"),
        ("מאת", "נשלח", "אל", "נושא", "יום רביעי 2 דצמבר 2026 9:41"),
        "הגיע, תודה.", "לחם השיפון הגיע?", "נשלח מה-iPhone שלי", "-------- הודעה שהועברה --------",
    ),
    "ja": Tongue(
        ("2026年12月2日(水) 9:41 Lua <hola@lua.example.test>:", "2026/12/02 9:41、Lua <hola@lua.example.test>のメール:"),
        ("差出人", "送信日時", "宛先", "件名", "2026年12月2日 9:41"),
        "届きました。ありがとう。", "ライ麦パンは届きましたか。", "iPhoneから送信", "-------- 転送メッセージ --------", "転送:",
    ),
    "zh": Tongue(
        ("Lua <hola@lua.example.test> 于2026年12月2日周三 09:41写道：", "在 2026年12月2日，09:41，Lua <hola@lua.example.test> 写道："),
        ("发件人", "发送时间", "收件人", "主题", "2026年12月2日 9:41"),
        "收到了，谢谢。", "黑麦面包到了吗？", "发自我的iPhone", "---------- 转发的邮件 ---------", "转发:",
    ),
    "ko": Tongue(
        ("2026년 12월 2일 (수) 오전 9:41, Lua <hola@lua.example.test>님이 작성:", "2026. 12. 2. 오전 9:41, Lua <hola@lua.example.test> 작성:"),
        ("보낸 사람", "보낸 날짜", "받는 사람", "제목", "2026년 12월 2일 수요일 오전 9:41"),
        "잘 도착했어요, 고마워요.", "호밀빵이 도착했나요?", "나의 iPhone에서 보냄", "-------- 전달된 메시지 --------", "전달:",
    ),
}  # fmt: skip


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.split("\n"))


def _block(tongue: Tongue, *, address: str = LUA) -> str:
    sender, sent, to, subject, moment = tongue.labels
    return f"{sender}: {address}\n{sent}: {moment}\n{to}: Nora Vale <nora@vale.example.test>\n{subject}: Pan"


def _wrapped(line: str) -> str:
    """Broken where 60 characters end, as programs do; the address stays whole."""
    cut = line.rfind(" ", 0, min(60, len(line) - 2))
    return f"{line[:cut]}\n{line[cut + 1 :]}"


def _letters(name: str, one: Tongue) -> list[Letter]:
    said = f"{one.said}\n\nLua"
    first, second = one.above
    gmail = (
        f'<div dir="auto">{escape(one.says)}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">'
        f'{escape(first)}<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex">{escape(one.said)}<br>Lua</blockquote></div>'
    )
    apple = (
        f"<html><body dir=auto>{escape(one.says)}<br id=lineBreakAtBeginningOfSignature><div dir=ltr>{escape(one.footer)}</div>"
        f"<div dir=ltr><br><blockquote type=cite>{escape(second)}<br><br></blockquote></div>"
        f"<blockquote type=cite><div dir=ltr>{escape(one.said)}</div></blockquote></body></html>"
    )
    block = "".join(
        f"<b>{escape(label)}:</b>{escape(value)}<br>"
        for label, _colon, value in (line.partition(":") for line in _block(one).split("\n"))
    )
    outlook = (
        f'<div class="WordSection1"><p class="MsoNormal">{escape(one.says)}<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p>'
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">'
        f'{block}</p></div><p class="MsoNormal">{escape(one.said)}</p></div>'
    )
    folded = (one.said,)
    return [
        Letter(name=f"{name} above", text=f"{one.says}\n\n{first}\n\n{_quoted(said)}\n", reply=one.says, folds=folded),
        Letter(name=f"{name} above, second form", text=f"{one.says}\n\n{second}\n{_quoted(said)}\n", reply=one.says, folds=folded),
        Letter(name=f"{name} without marks", text=f"{one.says}\n\n{first}\n\n{said}\n", reply=one.says, folds=folded),
        Letter(name=f"{name} wrapped", text=f"{one.says}\n\n{_wrapped(first)}\n\n{_quoted(said)}\n", reply=one.says, folds=folded),
        Letter(name=f"{name} below", text=f"{second}\n{_quoted(said)}\n\n{one.says}\n", reply=one.says, folds=folded),
        Letter(name=f"{name} header block", text=f"{one.says}\n\n{_block(one)}\n\n{said}\n", reply=one.says, folds=folded),
        Letter(name=f"{name} footer", text=f"{one.says}\n\n{one.footer}\n\n{first}\n{_quoted(said)}\n", reply=one.says, folds=folded,
               footer=one.footer),
        Letter(name=f"{name} gmail", html=gmail, reply=one.says, folds=folded),
        Letter(name=f"{name} gmail, both", html=gmail, text=f"{one.says}\n\n{first}\n\n{said}", reply=one.says, folds=folded),
        Letter(name=f"{name} apple", html=apple, reply=one.says, folds=folded, footer=one.footer),
        Letter(name=f"{name} outlook", html=outlook, reply=one.says, folds=folded),
        Letter(name=f"{name} passed on", subject=f"{one.prefix} Pan", text=f"{one.says}\n\n{one.forwarded}\n{_block(one)}\n\n{said}",
               reply=f"{one.says}\n\n{one.forwarded}\n{_block(one)}\n\n{said}"),
        Letter(name=f"{name} passed on in silence", subject="Pan", text=f"{one.forwarded}\n{_block(one)}\n\n{said}",
               reply=f"{one.forwarded}\n{_block(one)}\n\n{said}"),
    ]  # fmt: skip


LETTERS = [letter for name, tongue in TONGUES.items() for letter in _letters(name, tongue)]
