"""Who began an import is told of its end at the desk, and no batch holds the database for long (P-03)."""

from __future__ import annotations

import json

import pytest

from ventanilla.contacts.commands.import_rows import MOST_ROWS, Pace
from ventanilla.contacts.events import ContactsImported
from ventanilla.contacts.importing.planning import Outcome, Planned
from ventanilla.contacts.importing.reading import Row
from ventanilla.contacts.models import Contact, ContactImport
from ventanilla.contacts.tests.files import bring_in, four
from ventanilla.events.models import Event
from ventanilla.testing.cast import ApiClient

pytestmark = [pytest.mark.feature("P-03"), pytest.mark.django_db(transaction=True)]
FILE = "correo\nrosa@example.com\n"


def test_the_end_of_an_import_is_news_until_who_began_it_has_looked(acme, admin, ana, globex, gus):
    job = bring_in(acme, admin, FILE)
    base = f"/api/desk/accounts/{acme.pk}/contact_imports"
    [told] = ApiClient(admin).get(f"{base}/ended").json()["payload"]
    assert (told["id"], told["state"], told["counts"]["created"]) == (job.pk, "done", 1)

    assert ApiClient(ana).get(f"{base}/ended").status_code == 403
    assert ApiClient(gus).post(f"{base}/{job.pk}/seen").status_code in (401, 404)
    assert ApiClient(ana).post(f"{base}/{job.pk}/seen").status_code == 403
    assert len(ApiClient(admin).get(f"{base}/ended").json()["payload"]) == 1

    before = Event.objects.filter(name="contact_import.changed").count()
    for _twice in range(2):
        assert ApiClient(admin).post(f"{base}/{job.pk}/seen").status_code == 200
    assert ApiClient(admin).get(f"{base}/ended").json()["payload"] == []
    assert Event.objects.filter(name="contact_import.changed").count() == before + 1


def test_one_that_was_stopped_by_hand_or_is_old_is_no_news(acme, admin):
    bring_in(acme, admin, FILE)
    base = f"/api/desk/accounts/{acme.pk}/contact_imports"
    for fields in ({"state": "stopped"}, {"state": "done", "finished_at": "2020-01-01T00:00:00Z"}):
        ContactImport.objects.update(**fields)
        assert ApiClient(admin).get(f"{base}/ended").json()["payload"] == []


def _rows(outcome: Outcome, count: int) -> list[Planned]:
    return [Planned(Row(number=at, line=at, cells=[]), outcome) for at in range(count)]


def test_many_light_rows_do_not_let_as_many_heavy_ones_into_one_transaction():
    pace = Pace()
    for _batch in range(30):
        light = _rows(Outcome.REFUSED, 250)
        pace.note(0.001, light[: pace.fits(light)])
    assert pace.fits(_rows(Outcome.REFUSED, MOST_ROWS)) == MOST_ROWS
    heavy = pace.fits(_rows(Outcome.UPDATED, MOST_ROWS))
    assert heavy <= 100
    pace.note(0.4, _rows(Outcome.UPDATED, heavy))
    assert pace.fits(_rows(Outcome.UPDATED, MOST_ROWS)) < heavy / 3 + 1
    for _batch in range(20):
        pace.note(9.0, _rows(Outcome.UPDATED, 1))
    assert pace.fits(_rows(Outcome.UPDATED, 9)) == 1  # one always goes on


def test_rows_that_do_not_fit_come_with_the_next_batch_and_none_is_lost(acme, admin):
    light = "".join(f"sin arroba {at},Lima\n" for at in range(400))
    people = "".join(f"p{at}@example.com,Lima\n" for at in range(150))
    bring_in(acme, admin, "correo\n" + people.replace(",Lima", ""))
    job = bring_in(acme, admin, f"correo,ciudad\n{light}{people}")
    assert four(job) == (0, 150, 0, 400)
    assert Contact.objects.filter(location__startswith="Lima").count() == 150
    told = [json.loads(event.payload) for event in Event.objects.filter(name=ContactsImported.name)]
    batches = [one["updated"] for one in told if one["import_id"] == job.pk]
    changed = [pk for batch in batches for pk in batch]
    assert len(changed) == len(set(changed)) == 150
    assert max(map(len, batches)) <= 100
