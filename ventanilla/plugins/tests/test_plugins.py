"""A package from outside brings a channel and an action, is switched off and on, and stops nothing when it is broken."""

from __future__ import annotations

import json
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from ventanilla.accounts.commands.installation import adopt_first_account
from ventanilla.accounts.models import Account, User
from ventanilla.automation import registry as actions
from ventanilla.automation.registry import _announced as action_registry
from ventanilla.conversations.commands.messages import post_message
from ventanilla.conversations.commands.new_message import NewMessage
from ventanilla.conversations.models import Conversation, Message, MessageStatus
from ventanilla.delivery import in_tray, out_tray
from ventanilla.inboxes.channel import _registry as channel_registry
from ventanilla.inboxes.channel import registry
from ventanilla.inboxes.models import Inbox
from ventanilla.kit import announced
from ventanilla.plugins.selectors import forget_states
from ventanilla.testing.cast import ApiClient, in_account
from ventanilla.testing.plugins import install_example

pytestmark = [pytest.mark.feature("Z-32"), pytest.mark.django_db]
Api = Callable[..., ApiClient]


@pytest.fixture(scope="session")
def pigeons(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("site")
    install_example(target, tmp_path_factory.mktemp("build"))
    return target


def look_anew() -> None:
    for kept in (announced.packages, channel_registry, action_registry):
        kept.cache_clear()
    forget_states()


@pytest.fixture
def on_path(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], None]]:
    """Puts a folder of packages where Python looks for them."""

    def put(folder: Path) -> None:
        monkeypatch.syspath_prepend(str(folder))
        look_anew()

    yield put
    monkeypatch.undo()
    for name in [name for name in sys.modules if name.startswith("ventanilla_pigeon")]:
        del sys.modules[name]
    look_anew()


@pytest.fixture
def installed(pigeons: Path, on_path: Callable[[Path], None]) -> None:
    on_path(pigeons)


@pytest.fixture
def page(acme: Account, admin: User) -> str:
    """acme looks after the installation; where its plug-ins are."""
    adopt_first_account(acme, by=admin)
    return f"/api/desk/accounts/{acme.pk}/plugins"


class Loft(BaseHTTPRequestHandler):
    flown: list[dict[str, Any]] = []

    def do_POST(self) -> None:
        self.flown.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_said: object) -> None:
        pass


@pytest.fixture
def loft(loopback: None) -> Iterator[str]:
    Loft.flown.clear()
    server = HTTPServer(("127.0.0.1", 0), Loft)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/fly"
    server.shutdown()
    server.server_close()


def shown(client: ApiClient, page: str) -> dict[str, Any]:
    [one] = client.get(page).json()["payload"]
    return dict(one)


def make_inbox(client: ApiClient, account: Account, loft: str) -> Inbox:
    channel = {"type": "pigeon", "loft_url": loft, "loft_key": "coo"}
    made = client.post(in_account(account, "inboxes"), {"name": "Palomas", "channel": channel})
    assert made.status_code == 200, made.content
    return Inbox.objects.get(pk=made.json()["id"])


def test_nothing_is_there_before_it_is_installed(admin: User, page: str, api: Api) -> None:
    assert api(admin).get(page).json() == {"payload": []}
    assert "pigeon" not in registry()


def test_it_is_listed_with_its_version_to_who_looks_after_the_installation(
    installed: None, admin: User, page: str, ana: User, gus: User, api: Api
) -> None:
    one = shown(api(admin), page)
    assert (one["name"], one["version"], one["state"]) == ("ventanilla-pigeon", "1.0.0", "on")
    assert {(given["group"], given["name"]) for given in one["gives"]} == {
        ("channels", "pigeon"),
        ("actions", "feed_pigeons"),
    }
    assert api(ana).get(page).status_code == 403
    assert api(gus).get(page).status_code == 401
    assert api(admin).patch(f"{page}/ventanilla-nobody", {"on": False}).status_code == 404


def test_its_channel_hears_and_answers_like_one_of_ours(
    installed: None, acme: Account, admin: User, loft: str, api: Api, drain_log: Callable[[], int]
) -> None:
    listed = api(admin).get(f"/api/desk/accounts/{acme.pk}/channels").json()
    assert [one["name"] for one in listed if one["kind"] == "pigeon"] == ["Carrier pigeon"]
    inbox = make_inbox(api(admin), acme, loft)
    url = f"/webhooks/pigeons/{inbox.identifier}"
    brought = json.dumps({"from": "ring-7", "ring": 1, "text": "Land in sight"})
    assert Client().post(url, brought, content_type="application/json").status_code == 401
    for _twice in range(2):
        key = {"Authorization": "Bearer coo"}
        answer = Client().post(url, brought, content_type="application/json", headers=key)
        assert answer.status_code == 200
    in_tray.read_due()
    assert Message.objects.get().content == "Land in sight"
    message = post_message(Conversation.objects.get(), NewMessage("Hold course"), by=admin)
    drain_log()
    out_tray.send_due()
    message.refresh_from_db()
    assert message.status == MessageStatus.SENT
    assert [(one["to"], one["text"]) for one in Loft.flown] == [("ring-7", "Hold course")]


def test_its_action_is_offered_and_done(
    installed: None, acme: Account, admin: User, loft: str, api: Api
) -> None:
    offered = api(admin).get(f"/api/desk/accounts/{acme.pk}/actions").json()["payload"]
    [one] = [action for action in offered if action["name"] == "feed_pigeons"]
    assert one["form"]["required"] == ["seeds"]
    inbox = make_inbox(api(admin), acme, loft)
    in_tray.keep_and_read(
        json.dumps({"from": "ring-7", "ring": 2, "text": "Hungry"}).encode(), channel="pigeon", inbox=inbox
    )
    conversation = Conversation.objects.get()
    acting = actions.Acting(account=acme, by=None)
    for action in actions.plan([actions.Step(name="feed_pigeons", given={"seeds": "maize"})], acting=acting):
        action.apply(conversation)
    assert Message.objects.latest("pk").content == "The pigeons had maize."


def test_switched_off_it_gives_nothing_and_what_it_made_stays(
    installed: None, acme: Account, admin: User, page: str, loft: str, api: Api
) -> None:
    inbox = make_inbox(api(admin), acme, loft)
    answer = api(admin).patch(f"{page}/ventanilla-pigeon", {"on": False}).json()
    assert answer["payload"][0]["state"] == "off"
    assert "pigeon" not in registry()
    assert "feed_pigeons" not in {action.name for action in actions.actions()}
    listed = api(admin).get(in_account(acme, "inboxes")).json()["payload"]
    assert [(one["id"], one["channel_type"]) for one in listed] == [(inbox.pk, "Channel::Pigeon")]
    assert Client().post(f"/webhooks/pigeons/{inbox.identifier}").status_code == 404
    look_anew()  # as another process would
    assert shown(api(admin), page)["state"] == "off"
    api(admin).patch(f"{page}/ventanilla-pigeon", {"on": True})
    assert "pigeon" in registry()


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("raise RuntimeError('no seeds')", "no seeds"),
        ("import a_library_that_is_not_there", "a_library_that_is_not_there"),
        ("channel = object()", "TypeError"),
        ("from ventanilla.channels.api import channel", "there is a channel api already"),
        ("raise SystemExit(3)", "SystemExit"),
    ],
)
def test_a_broken_one_is_disabled_with_a_notice_and_stops_nothing(
    broken: str,
    said: str,
    pigeons: Path,
    tmp_path: Path,
    on_path: Callable[[Path], None],
    acme: Account,
    admin: User,
    page: str,
    api: Api,
) -> None:
    folder = tmp_path / "site"
    shutil.copytree(pigeons, folder)
    module = folder / "ventanilla_pigeon" / "channel.py"
    whole = module.read_text()
    module.write_text(broken)
    shutil.rmtree(module.parent / "__pycache__", ignore_errors=True)
    on_path(folder)
    assert {"webchat", "email", "api"} == set(registry())
    assert api(admin).get(in_account(acme, "inboxes")).status_code == 200
    one = shown(api(admin), page)
    assert (one["state"], said in one["reason"]) == ("failed", True)
    warned = api(admin).get(f"/api/desk/accounts/{acme.pk}/warnings").json()["payload"]
    of_plugins = [row["values"] for row in warned if row["kind"] == "failed_plugins"]
    assert of_plugins == [{"names": "ventanilla-pigeon"}]
    # Mended and switched on again, it is there.
    module.write_text(whole)
    sys.modules.pop("ventanilla_pigeon.channel", None)
    api(admin).patch(f"{page}/ventanilla-pigeon", {"on": True})
    assert "pigeon" in registry()
    assert shown(api(admin), page)["state"] == "on"
