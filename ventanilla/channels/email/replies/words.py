"""Words that support what the form says, in the languages we know. None of them decides alone, except where noted.

Compared by `plain`: lower case, without accents. Stems: what begins with one of them is meant.
"""

from __future__ import annotations

import re
import unicodedata

_LETTERS = str.maketrans("łøđı’ʼ", "lodi''")  # what has no accent to take off


def plain(text: str) -> str:
    """Lower case and without accents, for comparison."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return unicodedata.normalize("NFC", "".join(one for one in decomposed if not unicodedata.combining(one)))


def _stems(text: str) -> re.Pattern[str]:
    """A pattern for what begins with one of these words; several words are joined by `_`. Scripts without"
    " spaces: anywhere."""
    words = [plain(word).replace("_", " ") for word in text.split()]
    spaced = [re.escape(word) for word in words if not _is_unspaced(word)]
    others = [re.escape(word) for word in words if _is_unspaced(word)]
    return re.compile("|".join([rf"(?<!\w)(?:{'|'.join(spaced)})", *others]))


def _is_unspaced(word: str) -> bool:
    return any("\u0e00" <= letter <= "\u0eff" or letter >= "\u2e80" for letter in word)


# "wrote", as the line above a quotation says it.
WRITING = _stems(
    "wrote writes written escribio escribiu escribia escreveu escrevia escriu escrigue va_escriure idatzi"
    " ecrit ecrivait schrieb"
    " schreibt geschrieben scritto scrive scrisse schreef schrijft geschreven skrev skriver skreiv skrifadi kirjoitti"
    " kirjoittaa napisal pisze pise napsal napisao scris написал написав написа пише пишет напіса писал ескри εγραψε"
    " γραφει yazdi yazmis yaziyor irta ezt_irta kirjutas rase parase rakstija shkroi menulis viet da_viet כתב"
    " כתבה كتب"
    " كتبت نوشت लिखा เขียน 書き 书写 写道 寫道 写到 寫到 編寫 作成 작성 썼습니다 님이 scriobh ysgrifennodd"
    " kiteb skryf geskryf"
)
# "message from", as some programs begin that line.
MESSAGE = _stems("missatge mensaje mensaxe mensagem message mezua nachricht messaggio bericht")
# What may stand alone above the rest of that line, wrapped away from it.
OPENER = re.compile(
    r"(?:el|on|le|am|em|il|op|den|der|die|a|az|pe|la|w|dnia|v|dne|dna|в|на|στις|στη|στην|no|ngay|vao|pada|thu"
    r"|il giorno|el dia|w dniu|"
    r"в|у|o|na|at|il giorno il|on the)(?: \w{2,12}[.,]{0,2})?[,.]?(?: \d{1,2})?"
)

# Days of the week: one that stands alone above the rest of such a line was wrapped away from it.
WEEKDAYS = frozenset(
    word.replace("_", " ")
    for word in (
        "domingo lunes martes miercoles jueves viernes sabado sunday monday tuesday wednesday thursday friday"
        " saturday segunda-feira terca-feira quarta-feira quinta-feira sexta-feira diumenge dilluns dimarts"
        " dimecres dijous divendres dissabte luns mercores xoves venres igandea astelehena asteartea"
        " asteazkena osteguna ostirala larunbata dimanche lundi mardi mercredi jeudi vendredi samedi sonntag"
        " montag dienstag mittwoch donnerstag freitag samstag domenica lunedi martedi mercoledi giovedi"
        " venerdi sabato zondag maandag dinsdag woensdag donderdag vrijdag zaterdag sondag mandag tisdag"
        " onsdag torsdag fredag lordag tirsdag sunnuntai maanantaina tiistaina keskiviikkona torstaina"
        " perjantaina lauantaina niedziela poniedzialek wtorek sroda czwartek piatek sobota nedele pondeli"
        " utery streda ctvrtek patek nedela pondelok utorok stvrtok piatok duminica luni marti miercuri joi"
        " vineri sambata воскресенье понедельник вторник среда четверг пятница суббота неділя понеділок"
        " вівторок середа четвер п'ятниця субота неделя понеделник сряда четвъртък петък събота недеља"
        " понедељак уторак четвртак петак nedjelja ponedjeljak utorak srijeda cetvrtak petak subota nedelja"
        " ponedeljek torek sreda cetrtek petek κυριακη δευτερα τριτη τεταρτη πεμπτη παρασκευη σαββατο pazar"
        " pazartesi sali carsamba persembe cuma cumartesi الاحد الاثنين الثلاثاء الاربعاء الخميس الجمعة السبت"
        " یکشنبه دوشنبه سه‌شنبه چهارشنبه پنجشنبه جمعه شنبه יום_ראשון יום_שני יום_שלישי יום_רביעי יום_חמישי"
        " יום_שישי יום_שבת 日曜日 月曜日 火曜日 水曜日 木曜日 金曜日 土曜日 星期日 星期一 星期二 星期三"
        " 星期四 星期五 星期六 일요일 월요일 화요일 수요일 목요일 금요일 토요일"
        " vasarnap hetfo kedd szerda csutortok pentek szombat puhapaev esmaspaev teisipaev kolmapaev neljapaev"
        " reede laupaev sekmadienis pirmadienis antradienis treciadienis ketvirtadienis penktadienis"
        " sestadienis svetdiena pirmdiena otrdiena tresdiena ceturtdiena piektdiena sestdiena sunnudagur"
        " manudagur þriðjudagur miðvikudagur fimmtudagur fostudagur laugardagur minggu senin selasa rabu kamis"
        " jumat sabtu chu_nhat thu_hai thu_ba thu_tu thu_nam thu_sau thu_bay วันอาทิตย์ วันจันทร์ วันอังคาร"
        " วันพธ วันพฤหัสบดี วันศกร์ วันเสาร์ रविवार सोमवार मंगलवार बुधवार गुरुवार शुकरवार शनिवार"
        " maanantai tiistai keskiviikko torstai perjantai lauantai วันอาทิตย์ที วันจันทร์ที วันอังคารที"
        " วันพธที วันพฤหัสบดีที วันศกร์ที วันเสาร์ที יום"
    ).split()
)

FORWARDED = _stems(
    "forward fwd reenvia reenvio reencaminha encaminha weitergeleitet weiterleit transfer transfere reexpedi inoltrat"
    " doorgestuurd vidarebefordra videresend vidaresend valitet edelleenlah przekaza przeslan preposl"
    " tovabbit пересл переадр"
    " препра проследен προωθη iletil yonlendir redirect transmis birbidali proslijed posredovan persiust"
    " parsut edastat"
    " diteruskan chuyen_tiep ส่งต่อ 転送 转发 轉寄 轉發 转寄 전달 הועבר מועבר הועברה محول موجهة إعادة_توجيه"
    " تمت_إعادة redirigi rebotad"
)
ORIGINAL = _stems(
    "original originale ursprunglich ursprung d'origine d’origine oorspronkelijk opprinnelig oprindelig"
    " alkuperai oryginal"
    " puvodn povodn eredeti исходн оригинал первонач ориг αρχικ ozgun orijinal jatorri algne izvirn izvorn"
    " initial asli goc"
    " reply_message mensaje_anterior mensagem_anterior ต้นฉบับ 原始 原邮件 元の 원본 המקור الأصل"
)

# The labels of a header block. What stands under "other" may stand in one and proves nothing.
_LABELS = {
    "from": "from de von da van fra fran od от від από апо kimden gonderen expediteur expeditor remitente"
    " remetente mittente afzender"
    " absender lahettaja avsender afsender nadawca odesilatel odosielatel felado nork nondik igorlea enviado_por"
    " saatja siuntejas sutitajs posiljatelj dari tu मופך מאת من 差出人 送信者 发件人 寄件者 寄件人 보낸_사람"
    " 보낸사람 จาก",
    "date": "sent date enviado enviado_el enviado_em enviada enviada_em enviados data data_de_envio fecha"
    " fecha_de_envio"
    " gesendet gesendet_am datum envoye envoye_le date_d'envoi inviato inviato_il verzonden verzonden_op"
    " skickat skickat_den"
    " sendt sendt_den dato wyslano odeslano odoslane kuldve kuldes_idopontja lahetetty paivamaara paivays"
    " отправлено дата"
    " надіслано изпратено στάλθηκε σταλθηκε ημερομηνια απεσταλμενα gonderildi gonderme_tarihi tarih bidalia"
    " data enviat"
    " enviat_el trimis trimis_la saadetud kuupaev issiusta nosutits poslano dikirim tanggal ngay da_gui תאריך נשלח"
    " التاريخ تاريخ أرسلت تم_الإرسال 送信日時 日時 日付 发送时间 時間 时间 日期 寄件日期 傳送時間 보낸_날짜"
    " 날짜 วันที่ ส่งเมื่อ time when quand",
    "to": "to para an a aan naar til till do komu кому до προς προσ kime alici destinatario destinatari"
    " destinatarios empfanger"
    " ontvanger vastaanottaja mottagare modtager mottaker odbiorca prijemce cimzett nori per catre saaja"
    " gavejas kepada"
    " אל إلى الى 宛先 收件人 收件者 받는_사람 받는사람 ถึง",
    "cc": "cc cco bcc kopie kopi kopio copia copie cópia dw kopia копия копія κοινοποιηση κοιν. bilgi masolatot_kap"
    " c.c. עותק نسخة 抄送 副本 참조 สำเนา",
    "subject": "subject asunto assunto assumpte betreff objet oggetto onderwerp emne amne aihe temat predmet targy"
    " тема θεμα konu gaia subiect teema tema subjekt perihal subjek chu_de tieu_de נושא الموضوع موضوع 件名"
    " 主题 主旨 主題 제목"
    " เรื่อง",
    "other": "reply-to responder_a importance importancia attachments adjuntos anexos anlagen pieces_jointes allegati"
    " organization priority prioridad",
}
ROLES = {
    plain(word).replace("_", " ").strip(): role for role, words in _LABELS.items() for word in words.split()
}

# "Sent from my": the line a program puts under what was written on a phone.
SENT = _stems(
    "sent enviado enviada enviat enviats enviados envoye envoyee expedie gesendet verschickt geschickt"
    " inviato inviata spedito"
    " verzonden verstuurd gestuurd skickat skickades sendt sent_fra lahetetty wyslano wyslane odeslano"
    " odoslane kuldve trimis"
    " trimisa отправлено отправлен надіслано изпратено послано σταλθηκε εσταλη απεσταλη gonderildi"
    " gonderilmistir bidalia"
    " bidali saadetud issiusta nosutits poslano dikirim duoc_gui da_gui gui_tu written composed typed escrito"
    " geschrieben secured ecrit"
    " נשלח נכתב تم_الإرسال أرسلت أرسل ارسل مرسل 送信 发自 發自 发送自 發送 传送 보냄 보낸 ส่งจาก"
)
# "Get Outlook for": the same, as an advertisement.
GET = _stems(
    "get obtener obten obtenga obtem obtenha obter obteniu obtin obtine obtenez telechargez telecharger"
    " hol_dir holen hamta"
    " hent hanki lataa ottieni scarica download descarga descargar baixe baixar baixa pobierz uzyskaj"
    " stahnete stiahnite"
    " ziskejte скачать загрузить получить отримати αποκτηστε ληψη eskuratu lortu try prueba probar 获取 獲取"
    " 取得 下载 下載 入手"
    " الحصول قم_بتنزيل"
)
# The same in languages that say it last: "Outlook für iOS beziehen".
GET_LAST = re.compile(r"(?:beziehen|herunterladen|abrufen|downloaden|を?(?:入手|取得)(?:する)?)$")
FROM = re.compile(
    r"(?:from|with|via|by|using|on|through|in|desde|con|de|do|da|dal|del|des|dende|desde o|com|a partir"
    r"|atraves|mediante"
    r"|von|mit|uber|auf|vom|depuis|avec|a l'aide|d'un|d'une|du|vanaf|van|met|fran|fra|med|pa|z|ze|za|prin|din"
    r"|pe|с|со|из|от|з|із"
    r"|από|απο|μεσω|via|para|tramite|attraverso|ra|min|mi|my|dari|tu|bang|ה|מ|מה|من|عبر)(?!\w)"
)
DEVICE = re.compile(
    r"(?:(?<![a-z])(?:i(?:phon\w*|pad|pod|os|cloud)|android|samsung|galaxy|xiaomi|redmi|huawei|oppo|realme"
    r"|oneplus|pixel|nokia"
    r"|motorola|blackberry|windows|outlook|yahoo|gmail|proton(?: ?mail)?|tutanota|tuta|zoho|bluemail|blue mail"
    r"|spark mail"
    r"|thunderbird|k-9|fairemail|aquamail|gmx|web\.de|mail\.ru|yandex|aol|mailbird|em client|superhuman"
    r"|airmail|edison mail"
    r"|canary mail|fastmail|infomaniak|libero|laposte|mymail|typeapp|newton|hey|mail for|seznam|onet|interia|op\.pl"
    r"|movil|mobil|mobile|mobiltelefon|handy|smartphone|telefono|telefone|telefoon|telephone|telefon|tablet"
    r"|celular|cellulare"
    r"|mobilni\w*|telefonu\w*|mobiln\w*|mugikor\w*|puhelim\w*|κινητο|телефон\w*|мобильн\w*|טלפון|הנייד|هاتفي"
    r"|الهاتف|هاتف|جوال\w*))"
    r"|手机|手機|携帯|スマートフォン|휴대폰|휴대전화"
)
_ROLE_LABEL = re.compile(r"\s+")


def role_of(label: str) -> str:
    """What a label of a header block says; "" for a word no one knows."""
    return ROLES.get(_ROLE_LABEL.sub(" ", plain(label)).strip(" *_•-"), "")
