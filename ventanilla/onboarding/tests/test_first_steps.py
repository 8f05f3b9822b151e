"""The first hour: steps that are done when they are seen to be, and a conversation to practise in."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from django.test import Client

from ventanilla.accounts.commands.agents import add_agent
from ventanilla.accounts.models import Account, Membership
from ventanilla.contacts.commands.identities import create_contact_inbox
from ventanilla.contacts.models import Contact
from ventanilla.conversations.models import Conversation
from ventanilla.delivery.models import Outgoing
from ventanilla.events.models import Event
from ventanilla.inboxes.commands.inboxes import create_inbox, delete_inbox, update_inbox
from ventanilla.inboxes.models import Inbox
from ventanilla.onboarding.commands import end_first_steps, make_sample
from ventanilla.onboarding.registry import steps


def _path(account: Account, rest: str = "") -> str:
    return f"/api/desk/accounts/{account.pk}/first_steps{rest}"


def _done(answer: dict) -> dict[str, bool]:
    return {step["name"]: step["is_done"] for step in answer["steps"]}


@pytest.fixture
def page(settings) -> Iterator[list[str]]:
    """The company's page at an address of this machine; what it says is the list's first text."""
    settings.ALLOW_PRIVATE_ADDRESSES = True
    said = ["<html>no chat</html>"]

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = said[0].encode()
            self.send_response(200 if body else 503)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    Thread(target=server.serve_forever, daemon=True).start()
    said.append(f"http://127.0.0.1:{server.server_port}/")
    yield said
    server.shutdown()
    server.server_close()


def test_each_step_has_a_place_and_a_name_of_its_own():
    assert [step.name for step in steps()] == ["channel", "team", "website", "hours"]
    assert len({step.place for step in steps()}) == len(steps())


def test_a_step_is_done_when_what_it_asks_for_is_seen(acme, admin, api):
    answer = api(admin).get(_path(acme)).json()
    assert _done(answer) == {"channel": False, "team": False, "website": False, "hours": False}
    inbox = create_inbox(
        acme, name="Web", channel={"type": "web_widget", "website_url": "https://acme.example"}, by=admin
    )
    assert not any(_done(api(admin).get(_path(acme)).json()).values())  # made is not seen
    Client().get(f"/widget/look?website_token={inbox.identifier}&host=elsewhere.example")
    assert not _done(api(admin).get(_path(acme)).json())["website"]
    Client().get(f"/widget/look?website_token={inbox.identifier}&host=www.acme.example")
    update_inbox(inbox, by=admin, working_hours_enabled=True)
    add_agent(acme, email="nora@acme.example", name="Nora", by=admin)
    answer = api(admin).get(_path(acme)).json()
    assert _done(answer) == {"channel": True, "team": False, "website": True, "hours": True}
    team = next(step["facts"] for step in answer["steps"] if step["name"] == "team")
    assert [one["email"] for one in team["invited"]] == ["nora@acme.example"]
    Membership.objects.filter(account=acme, invited_email="nora@acme.example").update(invited_email="")
    assert all(_done(api(admin).get(_path(acme)).json()).values())


def test_the_page_is_looked_at_and_says_why_the_line_was_not_seen(acme, admin, api, page):
    inbox = create_inbox(acme, name="Web", channel={"type": "web_widget", "website_url": page[1]}, by=admin)
    look = lambda: api(admin).post(_path(acme, "/look"), {"inbox_id": inbox.pk})  # noqa: E731
    assert (look().status_code, look().json()["error"]) == (
        409,
        "The page responded, but the code isn't on it yet.",
    )
    page[0] = ""
    assert "didn't respond" in look().json()["error"]
    assert not _done(api(admin).get(_path(acme)).json())["website"]
    page[0] = f"<script>token = '{inbox.identifier}'</script>"
    assert look().status_code == 200
    assert _done(api(admin).get(_path(acme)).json())["website"]


def test_no_one_looks_into_the_house_through_it(acme, admin, api):
    inbox = create_inbox(
        acme, name="Web", channel={"type": "web_widget", "website_url": "http://127.0.0.1:1/"}, by=admin
    )
    assert api(admin).post(_path(acme, "/look"), {"inbox_id": inbox.pk}).status_code == 409


def test_the_sample_never_leaves_and_is_one(acme, admin, api, drain_log):
    first = api(admin).post(_path(acme, "/sample")).json()["sample"]
    assert api(admin).post(_path(acme, "/sample")).json()["sample"] == first
    conversation = Conversation.objects.get(account=acme, display_id=first)
    assert conversation.inbox.is_practice
    assert [one.content for one in conversation.messages.order_by("pk")][1] == (
        "Hi, Camila. Yes, six are left. Shall we wrap it?"
    )
    drain_log()
    assert not Outgoing.objects.exists()
    assert not any(_done(api(admin).get(_path(acme)).json()).values())  # nor is it a channel that works


def test_taking_the_page_away_takes_the_sample_and_can_be_undone(acme, admin, api):
    make_sample(acme, by=admin)
    assert api(admin).post(_path(acme, "/end")).status_code == 200
    assert api(admin).get(_path(acme)).json() == {"has_ended": True, "steps": [], "sample": None}
    assert not Contact.objects.filter(account=acme).exists()
    assert not Inbox.objects.filter(account=acme, deleted_at__isnull=True).exists()
    assert api(admin).post(_path(acme, "/end")).status_code == 200
    names = list(Event.objects.filter(account_id=acme.pk).values_list("name", flat=True))
    assert names.count("first_steps.ended") == 1 and names.count("first_steps.sample_removed") == 1
    assert api(admin).post(_path(acme, "/resume")).status_code == 200
    assert not api(admin).get(_path(acme)).json()["has_ended"]


def test_a_sample_customer_who_is_also_a_real_one_stays(acme, admin, carla, api_inbox):
    made = make_sample(acme, by=admin)
    create_contact_inbox(made.contact, inbox=api_inbox)
    end_first_steps(acme, by=admin)
    assert Contact.objects.filter(pk=made.contact_id).exists()


def test_the_sample_takes_no_place_among_an_accounts_inboxes(acme, admin):
    acme.limits = {"inboxes": 1}
    acme.save()
    make_sample(acme, by=admin)
    create_inbox(acme, name="API", channel={"type": "api"}, by=admin)


def test_only_administrators_see_it(acme, admin, ana, globex, gus, api):
    doors = (("get", ""), ("post", "/end"), ("post", "/resume"), ("post", "/sample"), ("post", "/look"))
    for method, rest in doors:
        assert getattr(api(ana), method)(_path(acme, rest)).status_code == 403
        assert getattr(api(gus), method)(_path(acme, rest)).status_code == 401
    theirs = {"type": "web_widget", "website_url": "https://globex.example"}
    inbox = create_inbox(globex, name="Web", channel=theirs, by=gus)
    assert api(admin).post(_path(acme, "/look"), {"inbox_id": inbox.pk}).status_code == 404


def test_a_deleted_inbox_is_no_channel(acme, admin, api):
    inbox = create_inbox(acme, name="API", channel={"type": "api"}, by=admin)
    Inbox.objects.filter(pk=inbox.pk).update(last_success_at="2026-01-01T00:00Z")
    assert _done(api(admin).get(_path(acme)).json())["channel"]
    delete_inbox(inbox, by=admin)
    assert not _done(api(admin).get(_path(acme)).json())["channel"]


def test_looking_costs_the_same_for_many(acme, admin, api, count_queries):
    create_inbox(acme, name="API", channel={"type": "api"}, by=admin)
    once = count_queries(lambda: api(admin).get(_path(acme)))
    for number in range(5):
        create_inbox(acme, name=f"API {number}", channel={"type": "api"}, by=admin)
    assert count_queries(lambda: api(admin).get(_path(acme))) == once
