"""A reply that an agent shows to colleagues, who go on with it (Z-26)."""

from __future__ import annotations

import pytest

from ventanilla.conversations.commands import save_draft, share_draft, take_draft
from ventanilla.conversations.errors import DraftGone
from ventanilla.conversations.models import Draft
from ventanilla.conversations.tests.scenes import talk
from ventanilla.kit.errors import NotFound, Refusal
from ventanilla.testing.cast import ApiClient

pytestmark = [pytest.mark.feature("Z-26"), pytest.mark.django_db]


@pytest.fixture
def talked(carla, web_inbox):
    return talk(carla, web_inbox, "Hola")


@pytest.fixture
def at(acme, talked):
    return f"/api/desk/accounts/{acme.pk}/conversations/{talked.display_id}"


def drafts() -> dict[str, str]:
    return {row.user.name if row.user else "": row.content for row in Draft.objects.select_related("user")}


def test_what_is_not_shown_is_the_writers_alone(ana, admin, talked, at):
    save_draft(talked, user=ana, mode="reply", content="Le digo que sí")
    save_draft(talked, user=ana, mode="note", content="Ojo")
    assert ApiClient(admin).get(f"{at}/shared_drafts").json() == []
    assert ApiClient(admin).get(f"{at}/opening").json()["shared_drafts"] == []
    (row,) = Draft.objects.filter(mode="reply")
    assert ApiClient(admin).post(f"{at}/shared_drafts/{row.pk}/take").status_code == 409


def test_it_is_shown_kept_current_and_put_away(ana, admin, talked, at):
    mine, theirs = ApiClient(ana), ApiClient(admin)
    assert mine.post(f"{at}/drafts/reply/share").status_code == 404
    mine.put(f"{at}/drafts/reply", {"content": "Le digo que sí"})
    assert mine.post(f"{at}/drafts/reply/share").json()["is_shared"] is True
    mine.put(f"{at}/drafts/reply", {"content": "Le digo que no"})
    (shown,) = theirs.get(f"{at}/opening").json()["shared_drafts"]
    assert (shown["author"], shown["content"]) == (
        {"id": ana.pk, "name": ana.available_name},
        "Le digo que no",
    )
    assert mine.get(f"{at}/shared_drafts").json() == []
    assert mine.delete(f"{at}/drafts/reply/share").json()["is_shared"] is False
    assert theirs.get(f"{at}/shared_drafts").json() == []


def test_a_colleague_takes_it_and_its_writer_can_take_it_back(ana, admin, talked, at):
    save_draft(talked, user=ana, mode="reply", content="Le digo que sí")
    share_draft(talked, user=ana, on=True)
    (shown,) = ApiClient(admin).get(f"{at}/shared_drafts").json()
    taken = ApiClient(admin).post(f"{at}/shared_drafts/{shown['id']}/take").json()
    assert (taken["content"], taken["is_shared"]) == ("Le digo que sí", True)
    assert drafts() == {admin.name: "Le digo que sí"}
    again = ApiClient(admin).post(f"{at}/shared_drafts/{shown['id']}/take")
    assert (again.status_code, again.json()["code"]) == (409, "draft_gone")
    (back,) = ApiClient(ana).get(f"{at}/shared_drafts").json()
    ApiClient(ana).post(f"{at}/shared_drafts/{back['id']}/take")
    assert drafts() == {ana.name: "Le digo que sí"}


def test_taking_it_can_be_undone(ana, admin, talked, at):
    save_draft(talked, user=ana, mode="reply", content="Le digo que sí")
    take_draft(talked, draft_id=share_draft(talked, user=ana, on=True).pk, user=admin)
    save_draft(talked, user=ana, mode="reply", content="Algo nuevo")
    assert ApiClient(admin).post(f"{at}/drafts/reply/give_back").status_code == 200
    assert drafts() == {ana.name: "Algo nuevo\n\nLe digo que sí"}
    assert not Draft.objects.get().is_shared  # she wrote it after, for herself
    assert ApiClient(admin).post(f"{at}/drafts/reply/give_back").status_code == 409


def test_it_stands_under_what_was_written_which_stays_unseen(ana, admin, talked):
    save_draft(talked, user=ana, mode="reply", content="De Ana")
    share_draft(talked, user=ana, on=True)
    save_draft(talked, user=admin, mode="reply", content="A solas")
    taken = take_draft(talked, draft_id=Draft.objects.get(user=ana).pk, user=admin)
    assert (taken.content, taken.is_shared) == ("A solas\n\nDe Ana", False)


def test_two_that_are_too_long_together_stay_two(ana, admin, talked, settings):
    save_draft(talked, user=ana, mode="reply", content="a" * settings.MAX_MESSAGE_CHARS)
    share_draft(talked, user=ana, on=True)
    save_draft(talked, user=admin, mode="reply", content="b")
    with pytest.raises(Refusal):
        take_draft(talked, draft_id=Draft.objects.get(user=ana).pk, user=admin)
    assert len(drafts()) == 2


def test_the_one_of_programs_is_shown_and_taken(acme, ana, talked, at):
    path = f"/api/v1/accounts/{acme.pk}/conversations/{talked.display_id}/draft_messages"
    ApiClient(ana).patch(path, {"draft_message": {"message": "Desde el móvil"}})
    (shown,) = ApiClient(ana).get(f"{at}/shared_drafts").json()
    assert (shown["author"], shown["content"]) == (None, "Desde el móvil")
    ApiClient(ana).post(f"{at}/shared_drafts/{shown['id']}/take")
    assert drafts() == {ana.name: "Desde el móvil"}
    assert ApiClient(ana).get(path).json() == {"has_draft": False}


def test_none_is_seen_through_a_closed_door(ana, bruno, carla, api_inbox, acme):
    hidden = talk(carla, api_inbox, "Para otros")
    save_draft(hidden, user=ana, mode="reply", content="Secreto")
    draft = share_draft(hidden, user=ana, on=True)
    path = f"/api/desk/accounts/{acme.pk}/conversations/{hidden.display_id}/shared_drafts"
    assert ApiClient(bruno).get(path).status_code == 404
    assert ApiClient(bruno).post(f"{path}/{draft.pk}/take").status_code == 404
    with pytest.raises(NotFound):
        share_draft(hidden, user=bruno, on=True)
    other = talk(carla, api_inbox, "Otra")
    with pytest.raises(DraftGone):
        take_draft(other, draft_id=draft.pk, user=bruno)
