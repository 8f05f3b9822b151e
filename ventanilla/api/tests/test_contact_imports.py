"""Importing contacts over the API: by the desk step by step, and by the contract's one call (P-03)."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ventanilla.contacts.jobs.imports import work_on_imports
from ventanilla.contacts.models import Contact, ContactImport
from ventanilla.testing.cast import ApiClient

pytestmark = [pytest.mark.feature("P-03"), pytest.mark.django_db(transaction=True)]

_FILE = b"Nombre;Correo\nAna;ana@example.com\n=1+1;mal\n"


def sheet(raw: bytes = _FILE) -> dict[str, object]:
    return {"import_file": SimpleUploadedFile("mis clientes.csv", raw, content_type="text/csv")}


def test_the_desk_uploads_looks_changes_and_imports(acme, admin):
    api, base = ApiClient(admin), f"/api/desk/accounts/{acme.pk}/contact_imports"
    begun = api.call("POST", base, form=sheet())
    assert begun.status_code == 200
    job = begun.json()
    assert (job["state"], job["file"]["name"], job["preview"]) == ("checking", "mis clientes.csv", None)
    one = f"{base}/{job['id']}"
    work_on_imports()
    looked = api.get(one).json()
    assert looked["preview"]["created"] == 1
    assert looked["preview"]["refused_rows"][0] | {"reason": ""} == {
        "number": 2, "line": 3, "who": "=1+1", "value": "mal", "reason": "",
    }  # fmt: skip
    wrong = api.call("PATCH", one, {"targets": ["email", "email"]})
    assert (wrong.status_code, list(wrong.json()["attributes"])) == (422, ["targets"])
    assert api.call("PATCH", one, {"encoding": "klingon"}).status_code == 422
    changed = api.call("PATCH", one, {"on_existing": "fill", "labels": ["Lote 1"]}).json()
    assert (changed["state"], changed["options"]["labels"]) == ("checking", ["lote 1"])
    assert api.post(f"{one}/start").status_code == 409
    work_on_imports()
    assert api.post(f"{one}/start").json()["state"] == "importing"
    work_on_imports()
    done = api.get(one).json()
    assert done["counts"] == {"read": 2, "created": 1, "updated": 0, "unchanged": 0, "refused": 1}
    assert done["undo_until"] is not None
    assert api.get(f"{one}/refused").json()["payload"][0]["line"] == 3
    table = api.get(f"{one}/refused.csv")
    assert "filename*=UTF-8''mis%20clientes" in table["Content-Disposition"]
    lines = b"".join(table.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Nombre,Correo,")
    assert lines[1].startswith("'=1+1,mal,")
    assert api.get(f"{one}/edited").json() == {"count": 0, "names": []}
    assert [row["id"] for row in api.get(base).json()["payload"]] == [job["id"]]
    assert api.post(f"{one}/undo").json()["state"] == "undoing"
    work_on_imports()
    assert not Contact.objects.exists()


def test_the_contracts_call_makes_attributes_of_unknown_columns(acme, admin):
    api = ApiClient(admin)
    answer = api.call(
        "POST",
        f"/api/v1/accounts/{acme.pk}/contacts/import",
        form=sheet(b"name,email,phone_number,plan\nAna,a@example.com,+56911112222,pro\n"),
    )
    assert (answer.status_code, answer.content) == (200, b"")
    work_on_imports()
    made = Contact.objects.get()
    assert (made.phone_number, made.custom_attributes) == ("+56911112222", {"plan": "pro"})
    missing = api.call("POST", f"/api/v1/accounts/{acme.pk}/contacts/import", {})
    assert missing.status_code == 422
    assert missing.json()["error"]


def test_only_administrators_import_and_a_stranger_finds_nothing(acme, globex, admin, ana, vera, gus):
    job = ApiClient(admin).call("POST", f"/api/desk/accounts/{acme.pk}/contact_imports", form=sheet()).json()
    for member in (ana, vera):
        refused = ApiClient(member).call(
            "POST", f"/api/desk/accounts/{acme.pk}/contact_imports", form=sheet()
        )
        assert refused.status_code in (401, 403)
        assert ApiClient(member).get(
            f"/api/desk/accounts/{acme.pk}/contact_imports/{job['id']}"
        ).status_code in (401, 403)
    other = ApiClient(gus)
    assert other.get(f"/api/desk/accounts/{globex.pk}/contact_imports/{job['id']}").status_code == 404
    assert ContactImport.objects.count() == 1
