"""An import makes no doubles, says what it did, and can be taken back (P-03)."""

from __future__ import annotations

import json

import pytest

from ventanilla.attributes.commands import create_definition
from ventanilla.attributes.models import AttributeDefinition, AttributeModel
from ventanilla.contacts.commands.contacts import create_contact, update_contact
from ventanilla.contacts.commands.imports import options_of, start_import, stop_import, undo_import
from ventanilla.contacts.errors import ImportIsBusy, UndoIsOver
from ventanilla.contacts.import_rendering import import_json
from ventanilla.contacts.import_selectors import edited_since, refused_table
from ventanilla.contacts.jobs.imports import forget_imports, work_on_imports
from ventanilla.contacts.models import Contact, ContactImport, ImportedContact
from ventanilla.contacts.tests.files import bring_in, four, upload, why
from ventanilla.events.models import Event
from ventanilla.kit.errors import Invalid

pytestmark = [pytest.mark.feature("P-03"), pytest.mark.django_db(transaction=True)]

_FILE = "Nombre;Apellidos;Correo;Celular\nCamila;Villaseñor;camila@example.com;976442210\nRosa;;rosa@example.com;\n"


@pytest.fixture(autouse=True)
def in_chile(acme):
    acme.timezone = "America/Santiago"
    acme.save()


def define(acme, key, name, kind, **more):
    return create_definition(
        acme,
        key=key,
        display_name=name,
        display_type=kind,
        attribute_model=AttributeModel.CONTACT,
        by=None,
        **more,
    )


def test_the_check_writes_nothing_and_counts_what_the_import_then_does(acme, admin):
    job = upload(acme, admin, _FILE)
    assert job.state == "checked"
    assert Contact.objects.count() == 0
    assert {key: job.preview[key] for key in ("created", "updated", "unchanged", "refused")} == {
        "created": 2, "updated": 0, "unchanged": 0, "refused": 0,
    }  # fmt: skip
    assert job.findings[3] == {
        "example": "976442210", "filled": 1, "wrong": 0, "with_country": 1, "skipped": False,
    }  # fmt: skip
    start_import(job, by=admin)
    work_on_imports()
    job.refresh_from_db()
    assert (job.state, four(job), job.total) == ("done", (2, 0, 0, 0), 2)
    camila = Contact.objects.get(email="camila@example.com")
    assert (camila.name, camila.last_name, camila.phone_number) == (
        "Camila Villaseñor",
        "Villaseñor",
        "+56976442210",
    )
    assert (camila.contact_type, camila.origin, camila.is_known) == ("lead", "import", True)
    assert "villasenor" in camila.search_text


def test_the_same_file_again_makes_no_doubles(acme, admin):
    bring_in(acme, admin, _FILE)
    again = bring_in(acme, admin, _FILE.replace("camila@", "CAMILA@").replace("976442210", "+56 9 7644 2210"))
    assert four(again) == (0, 0, 2, 0)
    assert Contact.objects.count() == 2
    more = bring_in(acme, admin, "Correo;Ciudad\ncamila@example.com;Santiago\n")
    assert four(more) == (0, 1, 0, 0)


def test_a_contact_is_known_by_identifier_then_email_then_phone_and_conflicts_stay_in_sight(
    acme, admin, carla
):
    twin = create_contact(acme, name="Otra", email="otra@example.com", identifier="X1", by=None)
    text = (
        "id,nombre,correo,telefono\n"
        f"X1,Otra,nueva@example.com,\n"  # by its identifier: the address is new
        f",,{carla.email},+56911111111\n"  # by its address: the number is new
        f",Ajena,ajena@example.com,+56911111111\n"  # that number is somebody else's
        f"X1,,{carla.email},\n"  # two people at once
        f"Z9,,nueva@example.com,\n"  # another identifier
    )
    job = bring_in(acme, admin, text)
    assert four(job) == (0, 2, 0, 3)
    assert why(job) == {4: "other_email", 5: "two_people", 6: "other_identifier"}
    twin.refresh_from_db()
    carla.refresh_from_db()
    assert (twin.email, carla.phone_number) == ("nueva@example.com", "+56911111111")


@pytest.mark.parametrize(
    ("way", "city", "company", "numbers"),
    [
        ("update", "Lima", "Acme", (0, 1, 0, 0)),
        ("fill", "Quito", "Acme", (0, 1, 0, 0)),
        ("keep", "Quito", "", (0, 0, 1, 0)),
    ],
)
def test_what_is_known_is_updated_filled_or_left(acme, admin, way, city, company, numbers):
    ana = create_contact(acme, email="a@example.com", additional_attributes={"city": "Quito"}, by=None)
    job = bring_in(acme, admin, "correo,ciudad,empresa\na@example.com,Lima,Acme\n", on_existing=way)
    ana.refresh_from_db()
    assert four(job) == numbers
    assert (ana.location, ana.company) == (city, company)


def test_attributes_of_every_kind_are_read_as_people_write_them(acme, admin):
    define(acme, "born", "Nacimiento", "date")
    define(acme, "debt", "Deuda", "number")
    define(acme, "level", "Nivel", "list", values=["Básico", "Oro"])
    define(acme, "vip", "VIP", "checkbox")
    define(acme, "rut", "RUT", "text", regex_pattern=r"^[\d.]+-[\dkK]$", regex_cue="Como 16.482.903-K")
    head = "correo;nacimiento;deuda;nivel;vip;rut\n"
    job = bring_in(
        acme,
        admin,
        head + "a@example.com;03/04/2023;1.284,50;oro;sí;16.482.903-K\n"
        "b@example.com;31/02/2024;;;;\nc@example.com;;;plata;;\nd@example.com;;;;quizá;\ne@example.com;;;;;x\n",
    )
    assert Contact.objects.get(email="a@example.com").custom_attributes == {
        "born": "2023-04-03", "debt": 1284.5, "level": "Oro", "vip": True, "rut": "16.482.903-K",
    }  # fmt: skip
    assert why(job) == {3: "bad_date", 4: "misfit", 5: "not_yes_or_no", 6: "misfit"}
    table = b"".join(refused_table(job)).decode("utf-8-sig").splitlines()
    assert table[4].endswith("Como 16.482.903-K")


def test_a_column_can_become_an_attribute_and_contacts_get_a_label(acme, admin):
    carla = create_contact(acme, email="c@example.com", by=None)
    job = bring_in(
        acme,
        admin,
        "correo,Vendedor\nc@example.com,m.ortiz\nd@example.com,l.paz\n",
        targets=["email", "new:Vendedor"],
        labels=["Clientes-2026"],
    )
    assert four(job) == (1, 1, 0, 0)
    assert AttributeDefinition.objects.get().display_name == "Vendedor"
    carla.refresh_from_db()
    assert (carla.custom_attributes, carla.label_titles) == ({"vendedor": "m.ortiz"}, ["clientes-2026"])
    assert [label.title for label in carla.labels.all()] == ["clientes-2026"]


def test_the_same_line_twice_is_said_and_a_second_line_of_one_person_completes_the_first(acme, admin):
    job = bring_in(
        acme, admin, "correo,ciudad\na@example.com,Lima\na@example.com,Lima\na@example.com,Quito\n"
    )
    assert four(job) == (1, 1, 0, 1)
    assert why(job) == {3: "repeated"}
    assert Contact.objects.get().location == "Quito"


def test_consumers_are_told_in_sets(acme, admin, drain_log):
    rows = "".join(f"p{number}@example.com\n" for number in range(300))
    job = bring_in(acme, admin, "correo\n" + rows)
    assert four(job)[0] == 300
    told = Event.objects.filter(name="contacts.imported")
    assert 1 <= told.count() <= 60
    assert sum(len(json.loads(event.payload)["created"]) for event in told) == 300
    assert not Event.objects.filter(name="contact.created").exists()
    drain_log()


def test_a_stopped_import_keeps_what_is_in_and_can_go_on(acme, admin, monkeypatch):
    rows = "".join(f"p{number}@example.com\n" for number in range(200))
    job = upload(acme, admin, "correo\n" + rows)
    start_import(job, by=admin)
    from ventanilla.contacts.jobs import imports

    real = imports.write_batch

    def stop_after_it(running, **given):
        real(running, **given)
        stop_import(ContactImport.objects.get(pk=job.pk), by=admin)

    monkeypatch.setattr(imports, "write_batch", stop_after_it)
    work_on_imports()
    monkeypatch.undo()
    job.refresh_from_db()
    assert job.state == "stopped"
    assert 0 < job.read < 200 and Contact.objects.count() == job.created
    start_import(job, by=admin)
    work_on_imports()
    job.refresh_from_db()
    assert (job.state, four(job)) == ("done", (200, 0, 0, 0))


def test_undo_takes_back_all_but_what_people_changed_since(acme, admin, carla):
    job = bring_in(
        acme, admin, f"correo,nombre,ciudad\n{carla.email},Carla Nueva,Lima\na@example.com,Ana,\nb@example.com,Bea,\n",
        labels=["lote"],
    )  # fmt: skip
    bea = Contact.objects.get(email="b@example.com")
    update_contact(bea, name="Beatriz", by=admin)
    carla.refresh_from_db()
    update_contact(carla, additional_attributes={**carla.additional_attributes, "city": "Cusco"}, by=admin)
    assert {contact.name for contact in edited_since(job)} == {"Beatriz", "Carla Nueva"}
    undo_import(job, by=admin)
    work_on_imports()
    job.refresh_from_db()
    carla.refresh_from_db()
    assert job.state == "undone"
    assert (carla.name, carla.location, carla.label_titles) == ("Carla Cliente", "Cusco", [])
    assert not carla.labels.exists()
    assert set(Contact.objects.values_list("name", flat=True)) == {"Carla Cliente", "Beatriz"}
    assert Event.objects.filter(name="contacts.import_undone").exists()


def test_undo_ends_after_a_day_and_leaves_nothing_behind(acme, admin, time_machine):
    time_machine.move_to("2026-08-25T10:00:00Z", tick=False)
    job = bring_in(acme, admin, _FILE)
    assert import_json(job)["undo_until"] is not None
    time_machine.shift(24 * 3600 + 1)
    with pytest.raises(UndoIsOver):
        undo_import(job, by=admin)
    forget_imports()
    assert not ImportedContact.objects.exists()
    time_machine.shift(30 * 24 * 3600)
    forget_imports()
    assert not ContactImport.objects.exists()


def test_what_does_not_go_is_refused_and_changes_nothing(acme, admin):
    job = upload(acme, admin, "nombre\nAna\n")
    assert import_json(job)["can_start"] is False
    with pytest.raises(Invalid):
        start_import(job, by=admin)
    with pytest.raises(ImportIsBusy):
        stop_import(job, by=admin)
    with pytest.raises(ImportIsBusy):
        undo_import(job, by=admin)
    assert options_of(job).targets == ["name"]
