"""No one joins an account but by their own yes, and inviting tells nothing of who the address belongs to."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from ventanilla.accounts.commands.users import create_user
from ventanilla.accounts.jobs import send_system_mail
from ventanilla.accounts.models import AccessToken, Account, Membership, SystemMail, User
from ventanilla.inboxes.models import Inbox, InboxMember
from ventanilla.kit import own_mail_server
from ventanilla.testing.cast import in_account

pytestmark = pytest.mark.feature("A-11")


def invite(api: Any, admin: User, account: Account, email: str, **more: Any) -> dict[str, Any]:
    answer = api(admin).post(in_account(account, "agents"), {"email": email, **more})
    assert answer.status_code == 200, answer.content
    return answer.json()


def mailed_token(mailoutbox: list[Any]) -> str:
    send_system_mail()
    return mailoutbox[-1].body.split("/app/set-password?token=")[1].split()[0]


def copied_token(api: Any, admin: User, account: Account, user_id: int) -> str:
    answer = api(admin).post(f"/api/desk/accounts/{account.pk}/agents/{user_id}/link")
    assert answer.status_code == 200, answer.content
    return answer.json()["url"].split("token=")[1]


def prove(*users: User) -> None:
    for user in users:
        user.email_proven_at = user.confirmed_at
        user.save(update_fields=["email_proven_at"])


@pytest.mark.feature("A-10")
def test_a_known_address_is_answered_and_mailed_exactly_as_an_unknown_one(
    acme: Account, admin: User, gus: User, api: Any, mailoutbox: list[Any], count_queries: Any
) -> None:
    path, told, queries = in_account(acme, "agents"), {}, {}
    for email in ("warm@up.example", "nobody@globex.example", gus.email):
        queries[email] = count_queries(
            lambda email=email: told.update({email: api(admin).post(path, {"email": email})})
        )
    known, unknown = told[gus.email].json(), told["nobody@globex.example"].json()
    assert queries[gus.email] == queries["nobody@globex.example"]
    assert known["id"] != gus.pk
    assert (known["name"], known["confirmed"], known["thumbnail"]) == ("gus", False, "")
    same = {"id", "email", "name", "available_name"}
    assert {k: v for k, v in known.items() if k not in same} == {
        k: v for k, v in unknown.items() if k not in same
    }
    send_system_mail()
    texts = [
        mail.body.replace(gus.email, "@").replace("nobody@globex.example", "@") for mail in mailoutbox[1:]
    ]
    assert len({text.split("/app/")[0] for text in texts}) == 1
    listed = {row["email"]: row for row in api(admin).get(path).json()}
    assert listed[gus.email]["id"] == known["id"]
    again = api(admin).post(path, {"email": gus.email})
    assert (again.status_code, again.json()["attributes"]) == (422, ["email"])


@pytest.mark.feature("A-10")
def test_until_the_yes_nothing_of_the_person_changes_and_nothing_is_given(
    acme: Account, admin: User, globex: Account, gus: User, web_inbox: Inbox, api: Any, drain_log: Any
) -> None:
    before = api(gus).get("/api/v1/profile").json()
    stand_in = invite(api, admin, acme, gus.email, name="Gustavo", role="administrator", auto_offline=False)
    drain_log()
    after = api(gus).get("/api/v1/profile").json()
    assert after == before
    assert api(gus).get(in_account(acme, "agents")).status_code == 401
    assert stand_in["availability_status"] == "offline"
    # It may be renamed, put into teams and inboxes; that is the account's own. Nothing is given to it to answer.
    assert api(admin).patch(in_account(acme, f"agents/{stand_in['id']}"), {"name": "Otro"}).status_code == 200
    members = {"inbox_id": web_inbox.pk, "user_ids": [stand_in["id"]]}
    assert api(admin).post(in_account(acme, "inbox_members"), members).status_code == 200
    assignable = (
        api(admin).get(in_account(acme, f"assignable_agents?inbox_ids[]={web_inbox.pk}")).json()["payload"]
    )
    assert stand_in["id"] not in [row["id"] for row in assignable]
    assert User.objects.get(pk=gus.pk).name == "Gus Globex"
    # It counts as no administrator: the last one cannot leave.
    assert api(admin).delete(in_account(acme, f"agents/{admin.pk}")).status_code == 422


def test_an_unknown_person_chooses_a_password_and_is_in(
    acme: Account, admin: User, web_inbox: Inbox, api: Any, mailoutbox: list[Any], drain_log: Any
) -> None:
    made = invite(api, admin, acme, "Nuria@Acme.example", name="Nuria")
    api(admin).post(in_account(acme, "inbox_members"), {"inbox_id": web_inbox.pk, "user_ids": [made["id"]]})
    token = mailed_token(mailoutbox)
    assert mailoutbox[-1].to == ["nuria@acme.example"]
    shown = api().post("/api/desk/invitation", {"token": token}).json()
    assert (shown["account_name"], shown["email"], shown["way"]) == ("Acme", "nuria@acme.example", "password")
    answer = Client().post(
        "/api/desk/password", {"token": token, "password": "Secreto-1"}, content_type="application/json"
    )
    assert answer.status_code == 200, answer.content
    user = User.objects.get(email="nuria@acme.example")
    assert (user.pk, user.name, user.email_proven_at is not None) == (made["id"], "Nuria", True)
    assert answer.json()["user"]["access_token"] == ""
    drain_log()
    assert InboxMember.objects.filter(user=user).exists()
    assert api().post("/api/desk/invitation", {"token": token}).status_code == 422


@pytest.mark.feature("A-10")
def test_a_person_who_has_a_user_signs_in_and_accepts_by_the_link(
    acme: Account,
    admin: User,
    globex: Account,
    gus: User,
    web_inbox: Inbox,
    api: Any,
    mailoutbox: list[Any],
    drain_log: Any,
) -> None:
    prove(gus)
    stand_in = invite(api, admin, acme, gus.email)
    api(admin).post(
        in_account(acme, "inbox_members"), {"inbox_id": web_inbox.pk, "user_ids": [stand_in["id"]]}
    )
    team = api(admin).post(in_account(acme, "teams"), {"name": "ventas"}).json()
    api(admin).post(in_account(acme, f"teams/{team['id']}/team_members"), {"user_ids": [stand_in["id"]]})
    token, old = mailed_token(mailoutbox), User.objects.get(pk=gus.pk).password
    assert api().post("/api/desk/invitation", {"token": token}).json()["way"] == "sign_in"
    # The link alone sets no password of someone who has one.
    for path, key in (("/api/desk/password", "token"), ("/auth/password", "reset_password_token")):
        method = api().post if key == "token" else api().put
        assert method(path, {key: token, "password": "Robada-12"}).status_code == 409
    assert User.objects.get(pk=gus.pk).password == old
    # Someone else who is signed in cannot take it.
    assert api(admin).post("/api/desk/invitation/accept", {"token": token}).status_code == 409
    answer = api(gus).post("/api/desk/invitation/accept", {"token": token})
    assert (answer.status_code, answer.json()["account_id"]) == (200, acme.pk)
    drain_log()
    assert api(gus).get(in_account(acme, "agents")).status_code == 200
    assert InboxMember.objects.filter(user=gus, inbox=web_inbox).exists()
    assert not InboxMember.objects.filter(user_id=stand_in["id"]).exists()
    assert api(gus).get(in_account(acme, "teams")).json()[0]["is_member"] is True
    assert api(admin).get(in_account(acme, f"agents/{stand_in['id']}")).status_code in {404, 405}
    assert api(gus).post("/api/desk/invitation/accept", {"token": token}).status_code == 422


def test_on_the_desk_an_invitation_is_accepted_or_declined(
    acme: Account, admin: User, gus: User, ana: User, api: Any
) -> None:
    prove(gus)
    invite(api, admin, acme, gus.email)
    [waiting] = api(gus).get("/api/desk/invitations").json()
    assert (waiting["account_name"], waiting["inviter"]) == ("Acme", "Adela Admin")
    path = f"/api/desk/invitations/{waiting['id']}"
    assert api(ana).post(f"{path}/accept").status_code == 404
    assert api(gus).post(f"{path}/decline").status_code == 200
    assert api(gus).get("/api/desk/invitations").json() == []
    assert api(gus).post(f"{path}/accept").status_code == 404
    invitations = f"/api/desk/accounts/{acme.pk}/invitations"
    [declined] = api(admin).get(invitations).json()
    assert declined["state"] == "declined"
    assert api(admin).post(in_account(acme, f"agents/{declined['user_id']}/invitation")).status_code == 200
    assert api(gus).post(f"{path}/accept").status_code == 200
    assert Membership.objects.get(account=acme, user=gus).invited_email == ""
    assert api(admin).get(invitations).json() == []


@pytest.mark.feature("A-10")
def test_who_only_claims_an_address_is_offered_nothing_and_keeps_nothing(
    acme: Account, admin: User, api: Any, mailoutbox: list[Any]
) -> None:
    """Someone made a user with the address of a person of acme's before acme invited that person."""
    squatter = create_user("vera@acme.example", name="V", password="Secreto-1", confirmed=True, by=None)
    held = AccessToken.objects.get(user=squatter).sealed
    invite(api, admin, acme, "vera@acme.example")
    assert api(squatter).get("/api/desk/invitations").json() == []
    token = mailed_token(mailoutbox)
    assert api().post("/api/desk/invitation", {"token": token}).json()["way"] == "password"
    assert api(squatter).post("/api/desk/invitation/accept", {"token": token}).status_code == 409
    assert api().post("/api/desk/password", {"token": token, "password": "Propia-12"}).status_code == 200
    assert api(headers={"api_access_token": held}).get("/api/v1/profile").status_code == 401
    assert api().post("/auth/sign_in", {"email": squatter.email, "password": "Secreto-1"}).status_code == 401


@pytest.mark.feature("A-10")
def test_a_copied_link_proves_no_address_and_lets_nobody_into_an_existing_user(
    acme: Account, admin: User, globex: Account, gus: User, api: Any
) -> None:
    for user in (
        gus,
        create_user("new@acme.example", name="N", password="Secreto-1", confirmed=True, by=None),
    ):
        stand_in = invite(api, admin, acme, user.email)
        token = copied_token(api, admin, acme, stand_in["id"])
        assert api().post("/api/desk/invitation", {"token": token}).json()["way"] == "either"
        assert api().post("/api/desk/password", {"token": token, "password": "Robada-12"}).status_code == 409
        assert User.objects.get(pk=user.pk).check_password("Secreto-1")
    unknown = invite(api, admin, acme, "nuria@acme.example")
    token = copied_token(api, admin, acme, unknown["id"])
    newer = copied_token(api, admin, acme, unknown["id"])
    assert api().post("/api/desk/password", {"token": token, "password": "Propia-12"}).status_code == 422
    assert api().post("/api/desk/password", {"token": newer, "password": "Propia-12"}).status_code == 200
    assert User.objects.get(email="nuria@acme.example").email_proven_at is None


@pytest.mark.feature("Z-22")
def test_the_state_of_each_mail_stands_with_its_invitation(
    acme: Account, admin: User, api: Any, settings: Any, mailoutbox: list[Any], count_queries: Any
) -> None:
    path = f"/api/desk/accounts/{acme.pk}/invitations"
    invite(api, admin, acme, "one@acme.example")
    assert [row["mail"]["state"] for row in api(admin).get(path).json()] == ["queued"]
    send_system_mail()
    settings.EMAIL_BACKEND = own_mail_server.BACKEND
    invite(api, admin, acme, "two@acme.example")
    two, first = api(admin).get(path).json()
    assert (first["mail"]["state"], two["mail"]["state"]) == ("sent", "not_sent")
    assert "mail server" in two["mail"]["reason"]
    two_cost = count_queries(lambda: api(admin).get(path))
    for number in range(5):
        invite(api, admin, acme, f"more{number}@acme.example")
    assert count_queries(lambda: api(admin).get(path)) == two_cost


def test_a_withdrawn_invitation_opens_nothing_and_its_mail_does_not_leave(
    acme: Account, admin: User, api: Any, mailoutbox: list[Any]
) -> None:
    first, second = (invite(api, admin, acme, f"{name}@acme.example") for name in ("one", "two"))
    token = copied_token(api, admin, acme, first["id"])
    for made in (first, second):
        assert api(admin).delete(in_account(acme, f"agents/{made['id']}")).status_code == 200
    assert api().post("/api/desk/password", {"token": token, "password": "Propia-12"}).status_code == 422
    assert send_system_mail() == 0
    assert not SystemMail.objects.exists()


@pytest.mark.feature("Z-22")
def test_where_no_mail_leaves_a_members_link_is_shown_unless_they_belong_elsewhere(
    acme: Account, admin: User, ana: User, globex: Account, gus: User, api: Any, settings: Any
) -> None:
    path = f"/api/desk/accounts/{acme.pk}/agents/{ana.pk}/link"
    assert api(admin).post(path).status_code == 409  # mail works
    settings.EMAIL_BACKEND = own_mail_server.BACKEND
    assert api(ana).post(path).status_code == 403
    assert api(gus).post(f"/api/desk/accounts/{globex.pk}/agents/{ana.pk}/link").status_code == 404
    token = copied_token(api, admin, acme, ana.pk)
    later = copied_token(api, admin, acme, ana.pk)
    assert api().post("/api/desk/password", {"token": token, "password": "Propia-12"}).status_code == 422
    # She joins another account before the link is used: it would open that one, too.
    Membership.objects.create(account=globex, user=ana)
    assert api().post("/api/desk/password", {"token": later, "password": "Propia-12"}).status_code == 422
    assert api(admin).post(path).status_code == 409
    assert User.objects.get(pk=ana.pk).check_password("Secreto-1")
