"""Small pictures and documents that customers and agents send each other."""

from __future__ import annotations

import io
from random import Random

from PIL import Image, ImageDraw

_SKY = ((214, 226, 233), (233, 221, 205), (205, 220, 208), (226, 214, 226), (235, 230, 214))
_PICTURES = ("foto.jpg", "IMG_2041.jpg", "IMG_0387.jpg", "detalle.jpg", "imagen.png")
_DOCUMENTS = ("documento.pdf", "factura.pdf", "comprobante.pdf", "propuesta.pdf")


def picture(random: Random, *, scene: str) -> tuple[str, bytes]:
    """A file name and the bytes of a plain drawing, in another light each time. `scene`: parcel, wall or house."""
    name = random.choice(_PICTURES)
    width, height = random.choice(((960, 720), (720, 960), (1080, 810)))
    image = Image.new("RGB", (width, height), random.choice(_SKY))
    {"parcel": _parcel, "wall": _wall, "house": _house}[scene](ImageDraw.Draw(image), width, height, random)
    return name, _encoded(image, "PNG" if name.endswith("png") else "JPEG")


def _parcel(draw: ImageDraw.ImageDraw, width: int, height: int, random: Random) -> None:
    """A dented box on a table."""
    table = int(height * random.uniform(0.6, 0.72))
    draw.rectangle((0, table, width, height), fill=_shade((150, 118, 88), random))
    side = int(width * random.uniform(0.3, 0.45))
    left, top = int(width * random.uniform(0.2, 0.4)), table - int(side * 0.55)
    box = _shade((186, 145, 98), random)
    far = left + int(side * 1.22)
    draw.polygon(
        [(left, top), (left + side, top), (far, top - side // 4), (left + side // 4, top - side // 4)],
        fill=_moved(box, 22),
    )
    draw.polygon(
        [
            (left + side, top),
            (far, top - side // 4),
            (far, top + side // 2),
            (left + side, top + int(side * 0.8)),
        ],
        fill=_moved(box, -30),
    )
    draw.rectangle((left, top, left + side, top + int(side * 0.8)), fill=box)
    tape = left + side // 2
    draw.rectangle((tape - side // 14, top, tape + side // 14, top + int(side * 0.8)), fill=_moved(box, 34))
    for _ in range(random.randint(1, 4)):
        x, y = random.randint(left, left + side - 40), random.randint(top, top + int(side * 0.7))
        draw.line(
            (x, y, x + random.randint(20, 90), y + random.randint(-18, 18)), fill=(110, 82, 54), width=3
        )


def _wall(draw: ImageDraw.ImageDraw, width: int, height: int, random: Random) -> None:
    """A room's corner with a window and a damp stain."""
    floor = int(height * 0.78)
    draw.rectangle((0, floor, width, height), fill=_shade((168, 128, 92), random))
    draw.rectangle((0, floor - height // 40, width, floor), fill=(244, 240, 232))
    x, y, w = int(width * 0.1), int(height * 0.14), int(width * 0.26)
    draw.rectangle(
        (x, y, x + w, y + int(w * 1.3)), fill=(226, 238, 244), outline=(250, 248, 244), width=width // 60
    )
    draw.line((x + w // 2, y, x + w // 2, y + int(w * 1.3)), fill=(250, 248, 244), width=width // 80)
    middle, around = (int(width * 0.66), int(height * 0.4)), int(width * random.uniform(0.1, 0.16))
    for ring, tone in enumerate(((190, 168, 134), (176, 150, 114), (160, 132, 98))):
        size = around - ring * around // 4
        for _ in range(5):
            dx, dy = random.randint(-size // 2, size // 2), random.randint(-size // 2, size // 2)
            place = (
                middle[0] + dx - size // 2,
                middle[1] + dy - size // 2,
                middle[0] + dx + size // 2,
                middle[1] + dy + size // 2,
            )
            draw.ellipse(place, fill=tone)


def _house(draw: ImageDraw.ImageDraw, width: int, height: int, random: Random) -> None:
    """A white house with a pool."""
    ground = int(height * 0.6)
    draw.rectangle((0, ground, width, height), fill=_shade((142, 164, 110), random))
    left, right, top = int(width * 0.2), int(width * 0.72), int(height * 0.3)
    draw.rectangle((left, top, right, ground), fill=(248, 244, 236))
    draw.polygon(
        [(left - 30, top), (right + 30, top), ((left + right) // 2, int(height * 0.14))],
        fill=_shade((178, 88, 62), random),
    )
    for number in range(3):
        x = left + (right - left) * (2 * number + 1) // 6
        draw.rectangle((x - 28, top + 40, x + 28, top + 118), fill=(120, 156, 172))
    draw.ellipse(
        (int(width * 0.36), int(height * 0.7), int(width * 0.88), int(height * 0.92)), fill=(86, 168, 190)
    )


def document(random: Random, *, title: str, lines: list[str]) -> tuple[str, bytes]:
    """A file name and the bytes of a one-page PDF with a title and a few lines."""
    page = Image.new("RGB", (620, 877), "white")
    draw = ImageDraw.Draw(page)
    draw.rectangle((0, 0, 620, 76), fill=(11, 92, 102))
    draw.text((40, 28), title, fill="white", font_size=22)
    for number, line in enumerate(lines):
        draw.text((40, 130 + number * 34), line, fill=(50, 56, 60), font_size=16)
    draw.line((40, 800, 580, 800), fill=(190, 196, 198))
    draw.text((40, 814), "Alameda", fill=(120, 128, 130), font_size=13)
    return random.choice(_DOCUMENTS), _encoded(page, "PDF")


def _encoded(image: Image.Image, kind: str) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **({"quality": 72} if kind == "JPEG" else {}))
    return buffer.getvalue()


def _moved(colour: tuple[int, int, int], by: int) -> tuple[int, int, int]:
    red, green, blue = (max(0, min(255, part + by)) for part in colour)
    return red, green, blue


def _shade(colour: tuple[int, int, int], random: Random) -> tuple[int, int, int]:
    return _moved(colour, random.randint(-14, 14))
