"""Types, names, storage, signed names and pictures."""

from __future__ import annotations

import io
import time
import zipfile
import zlib
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
import time_machine
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ventanilla.kit import files, images, storage
from ventanilla.kit.errors import Invalid, TooLarge


def picture(width: int = 800, height: int = 600, image_format: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "#0b5c66").save(out, image_format, **options)
    return out.getvalue()


def office_file() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("anything.xml", "<x/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (picture(), "x.txt", "image/png"),
        (picture(image_format="JPEG"), "x.jpg", "image/jpeg"),
        (b"<script>alert(1)</script>", "photo.png", "text/html"),
        (b"\n <!DOCTYPE html><p>", "x.txt", "text/html"),
        (b"<?xml version='1.0'?><svg onload='x'/>", "x.png", "image/svg+xml"),
        (b"<!-- a --><svg/>", "x.jpg", "image/svg+xml"),
        (b"a;b;c\n1;2;3", "x.csv", "text/csv"),
        (b"hola", "x.unknown", "text/plain"),
        (b"{}", "x.json", "application/json"),
        (b"{\\rtf1 hello}", "x.txt", "application/rtf"),
        (b"%PDF-1.7 ...", "x.jpg", "application/pdf"),
        (b"MZ\x90\x00\x03", "photo.jpg", "application/x-msdownload"),
        (bytes(range(256)), "x.jpg", "application/octet-stream"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "x.xls", "application/vnd.ms-excel"),
    ],
)
def test_the_bytes_say_what_a_file_is(content: bytes, name: str, expected: str) -> None:
    assert files.real_type(content[: files.HEAD_BYTES], filename=name) == expected


def test_office_files_are_told_from_plain_archives_by_their_name() -> None:
    assert files.real_type(office_file(), filename="a.zip") == "application/zip"
    assert files.real_type(office_file(), filename="a.docx").endswith("wordprocessingml.document")


@given(st.text(max_size=300))
def test_any_name_becomes_one_that_is_safe_to_store(name: str) -> None:
    clean = files.clean_filename(name)
    assert clean
    assert len(clean.encode()) <= 200
    assert not set(clean) & set('/\\\r\n\0<>:"|?*')
    assert clean not in {".", ".."}
    assert files.clean_filename(clean) == clean


def test_a_name_that_hides_its_extension_is_laid_open() -> None:
    assert files.clean_filename("photo\u202egpj.exe") == "photogpj.exe"
    assert files.clean_filename("../../etc/passwd") == "passwd"
    assert files.clean_filename("C:\\a\\b.txt") == "b.txt"


@pytest.mark.parametrize(
    "kind", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript", "application/xml"]
)
def test_what_could_run_is_offered_as_a_download(kind: str) -> None:
    headers = files.serving_headers(kind, filename='x".html')
    assert headers["Content-Disposition"].startswith("attachment")
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]


def test_a_picture_is_shown_and_a_visitor_may_send_it() -> None:
    assert files.serving_headers("image/png", filename="x.png")["Content-Disposition"].startswith("inline")
    assert files.may_visitor_send("image/png", filename="x.png")
    assert files.may_visitor_send("application/pdf", filename="x.pdf")
    assert not files.may_visitor_send("application/x-msdownload", filename="x.exe")
    assert not files.may_visitor_send("text/html", filename="x.txt")
    assert not files.may_visitor_send("image/svg+xml", filename="x.svg")


def test_a_stored_file_reads_back_with_its_description() -> None:
    blob = storage.store_bytes(picture(), filename="../foto.png")
    assert (blob.filename, blob.content_type, blob.width, blob.height) == ("foto.png", "image/png", 800, 600)
    with storage.open_blob(blob) as content:
        assert content.read() == picture()
    storage.delete(blob.key)
    assert not storage.exists(blob.key)


def test_a_file_over_the_limit_is_refused() -> None:
    with pytest.raises(TooLarge):
        storage.store_bytes(b"x" * 101, filename="x.txt", max_bytes=100)


def test_a_signed_id_is_stable_and_cannot_be_made_up() -> None:
    blob = storage.store_bytes(b"hola", filename="a.txt")
    signed = storage.signed_id(blob)
    assert storage.signed_id(blob) == signed
    assert storage.from_signed_id(signed) == blob
    other = storage.signed_id(msgspec.structs.replace(blob, key="uploads/other"))
    payload, signature = other.split(":")[0], signed.split(":")[1]
    for forged in (
        "",
        "x",
        f"{payload}:{signature}",
        storage.download_token(blob),
        storage.upload_token(blob),
    ):
        with pytest.raises(Invalid):
            storage.from_signed_id(forged)


def test_a_download_link_ends_after_five_minutes() -> None:
    blob = storage.store_bytes(b"hola", filename="a.txt")
    with time_machine.travel(0, tick=False) as moment:
        moment.move_to(time.time())
        token = storage.download_token(blob)
        assert storage.from_download_token(token) == (blob, "")
        moment.shift(301)
        with pytest.raises(Invalid):
            storage.from_download_token(token)


def test_a_direct_upload_takes_exactly_the_announced_bytes() -> None:
    ready = storage.Blob(
        key=storage.new_key(), filename="a.txt", content_type="text/plain", byte_size=4, checksum=""
    )
    for wrong in (b"hol", b"hola!"):
        with pytest.raises((Invalid, TooLarge)):
            storage.accept_upload(ready, io.BytesIO(wrong))
    storage.accept_upload(ready, io.BytesIO(b"hola"))
    storage.accept_upload(ready, io.BytesIO(b"hola"))  # the same again after a lost answer
    assert storage.confirm(ready).byte_size == 4


def test_a_direct_upload_with_a_wrong_checksum_is_refused() -> None:
    ready = storage.Blob(key=storage.new_key(), filename="a", content_type="", byte_size=4, checksum="xxxx")
    with pytest.raises(Invalid):
        storage.accept_upload(ready, io.BytesIO(b"hola"))


def test_a_direct_upload_is_what_its_bytes_are_and_not_what_was_announced() -> None:
    content = b"<html><script>"
    ready = storage.Blob(
        key=storage.new_key(), filename="a.png", content_type="image/png", byte_size=len(content)
    )
    storage.accept_upload(ready, io.BytesIO(content))
    assert storage.confirm(ready).content_type == "text/html"


def test_a_direct_upload_that_never_came_cannot_be_confirmed() -> None:
    with pytest.raises(Invalid):
        storage.confirm(storage.Blob(key=storage.new_key(), filename="a", content_type="", byte_size=1))


def test_a_thumbnail_is_small_and_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # held on its side
    content = picture(800, 400, "JPEG", exif=exif)
    assert images.measures(io.BytesIO(content)) == (400, 800)
    drawn = images.thumbnail(io.BytesIO(content))
    assert drawn
    with Image.open(io.BytesIO(drawn)) as small:
        assert (small.width, small.height) == (250, 500)
        assert not small.getexif()


def test_a_picture_made_to_exhaust_memory_is_not_opened() -> None:
    content = bytearray(picture(10, 10))
    content[16:24] = (60000).to_bytes(4, "big") * 2
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4, "big")
    assert images.measures(io.BytesIO(bytes(content))) is None
    assert images.thumbnail(io.BytesIO(bytes(content))) is None


@given(st.binary(max_size=200))
def test_broken_pictures_have_no_thumbnail_and_do_no_harm(content: bytes) -> None:
    assert images.thumbnail(io.BytesIO(b"\x89PNG\r\n\x1a\n" + content)) is None
    assert images.thumbnail(io.BytesIO(picture(image_format="JPEG")[:300] + content)) is None


def test_a_variant_is_drawn_once_and_goes_with_its_file() -> None:
    blob = storage.store_bytes(picture(), filename="a.png")
    path = storage.ensure_variant(blob, "thumb")
    assert path == storage.ensure_variant(blob, "thumb") == storage.variant_path(blob.key, "thumb")
    storage.delete(blob.key)
    assert not storage.exists(storage.variant_path(blob.key, "thumb"))


def test_only_pictures_have_a_thumbnail_address() -> None:
    assert (
        storage.thumbnail_path(
            storage.Blob(key="k", filename="a.pdf", content_type="application/pdf", byte_size=1)
        )
        == ""
    )
    assert "/representations/redirect/" in storage.thumbnail_path(
        storage.Blob(key="k", filename="a.png", content_type="image/png", byte_size=1)
    )


def test_an_old_secret_key_still_opens_signed_ids() -> None:
    blob = storage.Blob(key="k", filename="a", content_type="text/plain", byte_size=1)
    with override_settings(SECRET_KEY="old", SECRET_KEY_FALLBACKS=[]):
        signed = storage.signed_id(blob)
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=["old"]):
        assert storage.from_signed_id(signed) == blob


S3 = {
    "default": {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "access_key": "key",
            "secret_key": "secret",
            "endpoint_url": "https://s3.example",
            "bucket_name": "files",
            "region_name": "eu-west-1",
        },
    }
}


def test_with_s3_browsers_fetch_and_put_there_by_links_that_end() -> None:
    with override_settings(STORAGES=S3):
        assert storage.is_remote()
        page = storage.Blob(
            key="uploads/k", filename="x.html", content_type="text/html", byte_size=3, checksum="abc="
        )
        url = urlsplit(storage.remote_download_url(page))
        query = parse_qs(url.query)
        assert url.netloc in {"s3.example", "files.s3.example"}
        assert url.path.endswith("/uploads/k")
        assert query["response-content-type"] == ["application/octet-stream"]
        assert query["response-content-disposition"][0].startswith("attachment")
        assert any(name.lower() in {"expires", "x-amz-expires"} for name in query)
        target, headers = storage.remote_upload(page)
        assert headers == {"Content-Type": "text/html", "Content-MD5": "abc="}
        assert urlsplit(target).path.endswith("/uploads/k")
    assert not storage.is_remote()


@pytest.mark.parametrize(
    ("head", "film", "sound", "name"),
    [
        (b"\x00\x00\x00\x1cftypisom\x00\x00\x02\x00isomiso2mp41", "video/mp4", "audio/mp4", "voz.m4a"),
        (
            b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm",
            "video/webm",
            "audio/webm",
            "voz.weba",
        ),
    ],
)
def test_a_voice_note_is_sound_though_its_container_may_hold_film(
    head: bytes, film: str, sound: str, name: str
) -> None:
    assert files.real_type(head, filename=name) == sound
    assert files.real_type(head, filename="voz.bin") == film
    assert files.kind_of(sound) == "audio"
    # Only what is a container of film: a program stays a program under any name.
    assert files.real_type(b"MZ\x90\x00\x03\x00\x00\x00", filename=name) != sound
