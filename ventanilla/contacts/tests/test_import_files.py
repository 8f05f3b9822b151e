"""Whatever a file looks like, it is read, and no line of it is lost (P-03)."""

from __future__ import annotations

import codecs

import pytest

from ventanilla.contacts.commands.imports import options_of
from ventanilla.contacts.errors import NotAnImport
from ventanilla.contacts.import_selectors import refused_table
from ventanilla.contacts.models import Contact
from ventanilla.contacts.tests.files import bring_in, four, upload, why

pytestmark = [pytest.mark.feature("P-03"), pytest.mark.django_db(transaction=True)]

_TEXT = "Nombre;Correo;Ciudad\r\nÍñigo Muñoz;inigo@example.com;Logroño\r\nZoë Peña;zoe@example.com;Cádiz\r\n"


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (_TEXT.encode(), "utf-8"),
        (codecs.BOM_UTF8 + _TEXT.encode(), "utf-8"),
        (_TEXT.encode("utf-16"), "utf-16-le"),
        (_TEXT.encode("utf-16-le"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + _TEXT.encode("utf-16-be"), "utf-16-be"),
        (_TEXT.encode("cp1252"), "cp1252"),
        (_TEXT.replace("\r\n", "\n").encode("mac-roman"), "mac-roman"),
        (_TEXT.replace("\r\n", "\r").encode(), "utf-8"),
    ],
)
def test_the_encoding_is_seen(acme, admin, raw, encoding):
    job = bring_in(acme, admin, raw)
    assert options_of(job).encoding == encoding
    assert four(job) == (2, 0, 0, 0)
    assert Contact.objects.get(email="inigo@example.com").name == "Íñigo Muñoz"
    assert Contact.objects.get(email="zoe@example.com").location == "Cádiz"


@pytest.mark.parametrize("mark", [";", ",", "\t", "|"])
def test_the_separator_is_seen(acme, admin, mark):
    rows = [
        ["Nombre", "Correo", "Notas"],
        ["Ana", "a@example.com", '"Sí, claro; \t | ""ya"""'],
        ["Bea", "b@example.com", ""],
    ]
    job = bring_in(acme, admin, "\n".join(mark.join(row) for row in rows))
    assert options_of(job).delimiter == mark
    assert four(job) == (2, 0, 0, 0)
    noted = Contact.objects.get(email="a@example.com").additional_attributes["description"]
    assert noted == 'Sí, claro; \t | "ya"'


def test_excels_own_hint_of_the_separator_is_followed_and_no_row(acme, admin):
    job = bring_in(acme, admin, "sep=;\r\nNombre;Correo\r\nAna;mal\r\nBea;b@example.com\r\n")
    assert four(job) == (1, 0, 0, 1)
    assert why(job) == {3: "email_no_at"}


@pytest.mark.parametrize(
    "raw",
    [
        "sep=\x00\nNombre;Correo\nAna;ana@example.com\n",
        "sep=\n\nNombre;Correo\nAna;ana@example.com\n",
        'sep="\nNombre;Correo\nAna;ana@example.com\n',
        "Nom\x00bre;Corr\x00eo\nAna;ana@example.com\n",
    ],
)
def test_no_hint_and_no_header_holds_what_a_database_cannot_keep(acme, admin, raw):
    job = bring_in(acme, admin, raw)
    assert (job.options["delimiter"], job.options["columns"]) == (";", ["Nombre", "Correo"])
    assert four(job)[0] == 1


def test_a_file_without_a_header_is_seen_and_a_wrong_guess_can_be_changed(acme, admin):
    job = upload(acme, admin, "Ana,ana@example.com\nBea,bea@example.com\n")
    options = options_of(job)
    assert (options.has_header, options.targets) == (False, ["skip", "email"])
    job = bring_in(acme, admin, "Ana,ana@example.com\nBea,bea@example.com\n", targets=["name", "email"])
    assert four(job) == (2, 0, 0, 0)
    other = upload(acme, admin, "uno,dos\ntres,x@example.com\n", has_header=False)
    assert other.preview["read"] == 2


def test_a_quote_that_never_closes_costs_its_own_line_only(acme, admin):
    text = 'Nombre,Correo\nAna,a@example.com\n"Bea,b@example.com\nCleo,c@example.com\n"Dos\nlíneas",d@example.com\n'
    job = bring_in(acme, admin, text)
    assert four(job) == (3, 0, 0, 1)
    assert why(job) == {3: "open_quote"}
    assert Contact.objects.get(email="d@example.com").name == "Dos\nlíneas"


def test_hostile_cells_harm_no_other_line(acme, admin):
    text = (
        "Nombre,Correo,Notas\n"
        + "=HYPERLINK(1),f@example.com,=1+1\n"
        + f"Largo,l@example.com,{'x' * 1_000_000}\n"
        + f"Más largo,m@example.com,{'x' * 6_000_000}\n"
        + "Nulo\x00,n@example.com,\n"
        + "Bien,b@example.com,sí\n"
        + "Sobra,s@example.com,a,b,c\n"
    )
    job = bring_in(acme, admin, text)
    assert four(job) == (2, 0, 0, 4)
    assert why(job) == {3: "too_long", 4: "too_long", 5: "not_text", 7: "too_many_cells"}
    assert Contact.objects.get(email="f@example.com").name == "=HYPERLINK(1)"
    table = b"".join(refused_table(job)).decode("utf-8-sig")
    assert table.count("\r\n") == 5
    assert table.startswith("Nombre,Correo,Notas,")
    assert "x" * 1_000_000 in table


def test_letters_that_the_chosen_encoding_cannot_read_keep_their_line_out(acme, admin):
    job = bring_in(
        acme,
        admin,
        "Nombre;Correo\nÍñigo;i@example.com\nAna;a@example.com\n".encode("cp1252"),
        encoding="utf-8",
    )
    assert four(job) == (1, 0, 0, 1)
    assert why(job) == {2: "unreadable"}


def test_columns_of_one_name_are_told_apart_and_only_the_first_is_taken(acme, admin):
    job = bring_in(acme, admin, "Correo,Nombre,Correo\na@example.com,Ana,otra@example.com\n")
    options = options_of(job)
    assert options.columns == ["Correo", "Nombre", "Correo (2)"]
    assert options.targets == ["email", "name", "skip"]
    assert Contact.objects.get(name="Ana").email == "a@example.com"


@pytest.mark.parametrize("raw", [b"", b"\n\n \r\n", b"PK\x03\x04rest", codecs.BOM_UTF8, b"%PDF-1.7 ..."])
def test_what_is_no_table_is_refused_at_once(acme, admin, raw):
    with pytest.raises(NotAnImport):
        upload(acme, admin, raw)


def test_limits_are_settings(acme, admin, settings):
    settings.MAX_IMPORT_ROWS = 2
    job = upload(acme, admin, "Correo\na@example.com\nb@example.com\nc@example.com\n")
    assert (job.state, job.problem) == ("failed", "too_many_rows")
    settings.MAX_IMPORT_BYTES = 10
    with pytest.raises(NotAnImport):
        upload(acme, admin, "Correo\na@example.com\n")
