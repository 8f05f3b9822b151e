"""Canned responses at the desk: whose they are, folders, languages, files, counts (Z-14, R-11, V-CFG-02)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ventanilla.accounts.models import Team, TeamMember
from ventanilla.conversations.jobs import purge_canned_responses
from ventanilla.conversations.models import CannedFile, CannedResponse
from ventanilla.kit import storage
from ventanilla.kit.clock import now
from ventanilla.testing.cast import in_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(acme, api):
    """`desk(ana, "POST", {...}, "/3")`."""

    def call(who, method: str = "GET", body=None, rest: str = "", *, account=acme):
        return api(who).call(method, f"/api/desk/accounts/{account.pk}/canned{rest}", body)

    return call


@pytest.fixture
def seen(desk):
    """The short codes that someone sees."""
    return lambda who: [row["short_code"] for row in desk(who).json()["payload"]]


@pytest.fixture
def ventas(acme, ana):
    team = Team.objects.create(account=acme, name="ventas")
    TeamMember.objects.create(team=team, user=ana)
    return team


def text(code: str, **more):
    return {"short_code": code, "content": "Hola", **more}


@pytest.mark.feature("Z-14", "V-CFG-02")
def test_a_canned_response_has_title_folder_languages_and_a_count(desk, ana):
    made = desk(
        ana,
        "POST",
        text("reenvio", title="Reenvío", folder="Envíos", language="es", variants={"en": "Hello [[day]]"}),
    ).json()

    assert (made["title"], made["folder"], made["language"]) == ("Reenvío", "Envíos", "es")
    assert made["variants"] == {"en": "Hello [[day]]"}
    assert desk(ana, "POST", rest=f"/{made['id']}/used").status_code == 200
    assert desk(ana, "POST", rest=f"/{made['id']}/used").status_code == 200
    (row,) = desk(ana).json()["payload"]
    assert row["uses"] == 2
    assert row["used_at"] is not None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"language": "klingon"}, "language"),
        ({"variants": {"xx-yy": "a"}}, "variants"),
        ({"variants": {"en": "  "}}, "variants"),
        ({"visibility": "world"}, "visibility"),
        ({"visibility": "team"}, "team_id"),
        ({"title": "x" * 256}, "title"),
        ({"folder": "x" * 101}, "folder"),
        ({"files": ["made up"]}, ""),
        ({"content": " "}, "content"),
    ],
)
def test_what_is_wrong_is_named_and_changes_nothing(desk, ana, wrong, field):
    answer = desk(ana, "POST", text("a") | wrong)

    assert answer.status_code == 422
    assert field in {*answer.json().get("fields", {}), ""}
    assert not CannedResponse.objects.exists()


@pytest.mark.feature("Z-14")
def test_no_one_else_sees_a_personal_one(desk, seen, api, acme, ana, bruno, admin):
    made = desk(ana, "POST", text("mia", visibility="personal")).json()

    assert (seen(ana), seen(bruno), seen(admin)) == (["mia"], [], [])
    for who in (bruno, admin):
        for method, rest in (("PATCH", ""), ("DELETE", ""), ("POST", "/used"), ("POST", "/restore")):
            assert desk(who, method, {"title": "x"}, f"/{made['id']}{rest}").status_code == 404
        contract = in_account(acme, f"canned_responses/{made['id']}")
        assert api(who).call("PATCH", contract, {"content": "x"}).status_code == 404
        assert api(who).call("DELETE", contract).status_code == 404
        assert api(who).get(in_account(acme, "canned_responses?search=mia")).json() == []
    # Another's own code is free for everyone else: that it is taken would say that it exists.
    assert desk(bruno, "POST", text("mia", visibility="personal")).status_code == 200
    assert desk(admin, "POST", text("mia")).status_code == 200
    assert desk(ana, "POST", text("mia", visibility="personal")).status_code == 422


@pytest.mark.feature("Z-14")
def test_a_teams_are_its_members_and_administrators(desk, seen, ventas, ana, bruno, admin):
    made = desk(ana, "POST", text("precio", visibility="team", team_id=ventas.pk)).json()

    assert (seen(ana), seen(bruno), seen(admin)) == (["precio"], [], ["precio"])
    refused = desk(bruno, "POST", text("otro", visibility="team", team_id=ventas.pk))
    assert refused.json()["fields"]["team_id"]
    Team.objects.filter(pk=ventas.pk).delete()
    assert (seen(ana), seen(admin)) == ([], ["precio"])
    assert desk(admin, "PATCH", {"visibility": "account"}, f"/{made['id']}").status_code == 200
    assert seen(bruno) == ["precio"]


@pytest.mark.feature("R-11")
def test_a_deleted_one_can_be_brought_back_for_a_day(desk, seen, ana, bruno):
    made = desk(ana, "POST", text("hola")).json()
    rest = f"/{made['id']}"

    assert desk(ana, "DELETE", rest=rest).status_code == 200
    assert seen(ana) == []
    assert desk(bruno, "POST", rest=f"{rest}/restore").status_code == 200
    assert seen(ana) == ["hola"]

    desk(ana, "DELETE", rest=rest)
    desk(bruno, "POST", text("hola"))
    taken = desk(ana, "POST", rest=f"{rest}/restore")
    assert taken.json()["fields"]["short_code"]

    CannedResponse.objects.filter(pk=made["id"]).update(deleted_at=now() - timedelta(days=2))
    assert purge_canned_responses() == 1
    assert desk(ana, "POST", rest=f"{rest}/restore").status_code == 404


@pytest.mark.feature("Z-14")
def test_folders_are_renamed_by_moving_what_is_in_them(desk, ana, bruno):
    mine = desk(ana, "POST", text("a", folder="Pagos", visibility="personal")).json()
    all_ = desk(ana, "POST", text("b", folder="Pagos")).json()

    assert desk(bruno, "POST", {"ids": [mine["id"], all_["id"]], "folder": "x"}, "/move").status_code == 404
    assert (
        desk(ana, "POST", {"ids": [mine["id"], all_["id"]], "folder": " Cobros "}, "/move").status_code == 200
    )
    assert {row["folder"] for row in desk(ana).json()["payload"]} == {"Cobros"}


@pytest.mark.feature("Z-14")
def test_files_stay_until_the_response_goes(desk, api, acme, ana):
    def upload(name: str) -> str:
        given = {"attachment": SimpleUploadedFile(name, b"%PDF-1.4 guide")}
        return api(ana).post(in_account(acme, "upload"), form=given).json()["blob_id"]

    made = desk(ana, "POST", text("guia", files=[upload("guia.pdf"), upload("mapa.pdf")])).json()
    assert [one["filename"] for one in made["files"]] == ["guia.pdf", "mapa.pdf"]

    keys = {one.filename: one.file.name for one in CannedFile.objects.all()}
    rest = f"/{made['id']}"
    left = desk(ana, "PATCH", {"files": [made["files"][0]["signed_id"]]}, rest).json()
    assert [one["filename"] for one in left["files"]] == ["guia.pdf"]
    assert (storage.exists(keys["guia.pdf"]), storage.exists(keys["mapa.pdf"])) == (True, False)
    assert desk(ana, "PATCH", {"title": "Guía"}, rest).json()["files"] == left["files"]

    desk(ana, "DELETE", rest=rest)
    CannedResponse.objects.update(deleted_at=now() - timedelta(days=2))
    purge_canned_responses()
    assert not storage.exists(keys["guia.pdf"])


@pytest.mark.feature("Z-14", "R-10")
def test_search_looks_at_code_title_and_text_in_this_order(desk, api, acme, ana):
    for code, title, content in (
        ("z", "", "di hora"),
        ("y", "Hora", "x"),
        ("ahora", "", "x"),
        ("hora", "", "x"),
    ):
        desk(ana, "POST", {"short_code": code, "title": title, "content": content})

    found = api(ana).get(in_account(acme, "canned_responses?search=hora")).json()
    assert [row["short_code"] for row in found] == ["hora", "ahora", "y", "z"]


def test_the_list_is_read_in_as_many_queries_whatever_its_length(desk, ana, count_queries):
    desk(ana, "POST", text("a"))
    before = count_queries(lambda: desk(ana))
    for code in "bcdef":
        desk(ana, "POST", text(code))
    assert count_queries(lambda: desk(ana)) == before


def test_an_analyst_reads_and_writes_nothing(desk, seen, ana, vera):
    made = desk(ana, "POST", text("hola")).json()
    assert seen(vera) == ["hola"]
    assert desk(vera, "POST", text("x")).status_code == 403
    assert desk(vera, "DELETE", rest=f"/{made['id']}").status_code == 403
