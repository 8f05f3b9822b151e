"""Mails kept, read and stored per CPU-second, beside the standard parser alone on the same mails in the same run; and the
memory of one mail with a 25 MB attachment.

    python bench/mail.py
"""

from __future__ import annotations

import base64
import email.policy
import gc
import os
import tempfile
import time
from email.parser import BytesParser
from pathlib import Path

MAILS = 400
BIG = 25 * 1024 * 1024

_folder = tempfile.TemporaryDirectory(prefix="ventanilla-bench-")
os.environ["VENTANILLA_DATA"] = _folder.name
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ventanilla.config.settings")


def a_mail(number: int) -> bytes:
    """An answer as people write it: two bodies, quoted history, a small picture."""
    text = (
        f"Hola, gracias por la respuesta {number}.\n\n¿Cuándo llega?\n\nEl lun, 3 nov 2025 a las 10:12, Soporte escribió:\n"
        + ("> Hola,\n> te respondemos enseguida.\n" * 20)
    )
    picture = base64.encodebytes(os.urandom(6_000)).decode()
    return (
        f"From: Carla {number % 50} <carla{number % 50}@example.com>\r\nTo: soporte@acme.example\r\n"
        f"Subject: =?utf-8?Q?Pedido_n=C3=BAmero?= {number}\r\nMessage-ID: <{number}@example.com>\r\n"
        f"Date: Mon, 3 Nov 2025 10:12:00 +0100\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="m"\r\n\r\n--m\r\n'
        'Content-Type: multipart/alternative; boundary="a"\r\n\r\n'
        f"--a\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n"
        "--a\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        f"<div>{text}</div>\r\n--a--\r\n"
        f'--m\r\nContent-Type: image/png; name="foto.png"\r\nContent-Transfer-Encoding: base64\r\n\r\n{picture}\r\n--m--\r\n'
    ).encode()


def cpu(act: object, mails: list[bytes]) -> float:
    """CPU seconds of `act` over all mails."""
    gc.collect()
    begin = time.process_time()
    for raw in mails:
        act(raw)  # type: ignore[operator]
    return time.process_time() - begin


def peak() -> float:
    """The most memory this process has had in use, in megabytes (Linux)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from ventanilla.accounts.commands.accounts import create_account
    from ventanilla.conversations.models import Attachment, Message
    from ventanilla.delivery import in_tray
    from ventanilla.inboxes.commands.inboxes import create_inbox

    account = create_account("Bench", locale="es", by=None)
    inbox = create_inbox(
        account, name="Soporte", channel={"type": "email", "email": "soporte@acme.example"}, by=None
    )
    mails = [a_mail(number) for number in range(MAILS)]
    parser = BytesParser(policy=email.policy.default)

    def floor(raw: bytes) -> None:
        message = parser.parsebytes(raw)
        for part in message.walk():
            if not part.is_multipart():
                part.get_content()

    def ours(raw: bytes) -> None:
        in_tray.read(in_tray.keep(raw, channel="email", inbox=inbox))

    floor_seconds = cpu(floor, mails)
    ours_seconds = cpu(ours, mails)
    stored = Message.objects.filter(content_type="incoming_email").count()
    print(f"parser alone: {MAILS / floor_seconds:,.0f} mails per CPU-second")
    print(f"kept, read and stored: {MAILS / ours_seconds:,.0f} mails per CPU-second ({stored} stored)")
    print(f"ratio {floor_seconds / ours_seconds:.2f}")

    path = Path(_folder.name) / "big.eml"
    head = a_mail(MAILS + 1).split(b"--m\r\nContent-Type: image")[0]
    with path.open("wb") as file:
        file.write(
            head
            + b'--m\r\nContent-Type: application/zip; name="g.zip"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        )
        for _ in range(BIG // (57 * 1000)):
            file.write(base64.encodebytes(os.urandom(57 * 1000)))
        file.write(b"\r\n--m--\r\n")
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins again at what is in use now
    before = peak()
    begin = time.process_time()
    with path.open("rb") as file:
        in_tray.read(in_tray.keep(file, channel="email", inbox=inbox))
    kept = Attachment.objects.latest("pk").size
    print(
        f"an attachment of {kept / 1024 / 1024:.0f} MB: {peak() - before:.0f} MB above what was in use, "
        f"{time.process_time() - begin:.1f} CPU-seconds"
    )


if __name__ == "__main__":
    main()
