"""WebDriver to Firefox and WebKit as Debian ships them, which Playwright does not drive.

Both speak the commands of https://www.w3.org/TR/webdriver2/; only the wire differs: WebKit has a program that takes them
over HTTP, Firefox takes them itself (Marionette, the protocol beneath geckodriver). Scrollbars are the classic ones, which
take their room: drivers hide them, and with them what a second bar gives away.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx

START_SECONDS = 40
WAIT_SECONDS = 15
MINI_BROWSER = "/usr/lib/*/webkit2gtk-4.*/MiniBrowser"
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
_KEYS = {"Enter": "\ue007", "Control": "\ue009", "Escape": "\ue00c"}
# Over HTTP: where each command goes below the session.
_PATHS = {
    "Navigate": "url", "Refresh": "refresh", "FindElement": "element", "SwitchToFrame": "frame",
    "ExecuteScript": "execute/sync", "PerformActions": "actions", "SetWindowRect": "window/rect",
    "ElementClick": "element/{id}/click", "DeleteAllCookies": "cookie", "TakeScreenshot": "screenshot",
}  # fmt: skip
_PREFERENCES = {
    "intl.accept_languages": "es-ES,es",
    "intl.locale.requested": "es-ES",
    "widget.gtk.overlay-scrollbars.enabled": False,
    "widget.non-native-theme.scrollbar.size.override": 16,
    "ui.useOverlayScrollbars": 0,
    "marionette.port": 0,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
}


class Refused(Exception):
    """The browser did not do it; the sentence is its own."""


class Window:
    """What a journey does in a window: by real keys and clicks, and by looking until it is so."""

    def call(self, command: str, **words: Any) -> Any:
        """One command of WebDriver, named as in Marionette; its value. Raises Refused."""
        raise NotImplementedError

    def go(self, url: str) -> None:
        self.call("Navigate", url=url)

    def reload(self) -> None:
        self.call("Refresh")

    def into_chat(self) -> None:
        """From now on all is about the chat's frame, the only one of the page."""
        self.until("return frames.length === 1")
        self.call("SwitchToFrame", id=0)

    def out(self) -> None:
        """From now on all is about the page itself."""
        self.call("SwitchToFrame", id=None)

    def evaluate(self, script: str, *given: Any) -> Any:
        return self.call("ExecuteScript", script=script, args=list(given))

    def until(self, script: str, *given: Any, seconds: float = WAIT_SECONDS) -> Any:
        """What the script returns as soon as it is something."""
        end = time.monotonic() + seconds
        while True:
            try:
                found = self.evaluate(script, *given)
            except (Refused, httpx.TransportError) as error:  # between two pages
                found, script_error = None, str(error)
            else:
                script_error = ""
            if found:
                return found
            assert time.monotonic() < end, f"never came: {script} {given} {script_error}"
            time.sleep(0.1)

    def sees(self, selector: str, text: str = "") -> None:
        """Until an element that the selector finds is shown and says `text`."""
        self.until(
            "return [...document.querySelectorAll(arguments[0])].some((one) =>"
            " one.textContent.includes(arguments[1]) && one.getClientRects().length > 0)",
            selector,
            text,
        )

    def click(self, selector: str) -> None:
        """A click of the mouse, once the element is there and takes it."""
        self.sees(selector)
        end = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                self.call("ElementClick", id=self._find(selector))
                return
            except Refused:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)

    def type(self, text: str) -> None:
        """Keys, one after the other, to whatever has the focus."""
        self._keys([(kind, key) for key in text for kind in ("keyDown", "keyUp")])

    def press(self, *keys: str) -> None:
        """Keys together: `press("Control", "b")`."""
        down = [("keyDown", _KEYS.get(key, key)) for key in keys]
        self._keys(down + [("keyUp", key) for _, key in reversed(down)])

    def undo(self) -> None:
        """Take back the last writing."""
        self.press("Control", "z")

    def has_focus(self, selector: str) -> None:
        """Until the element has the focus, and the keys."""
        self.until("return document.hasFocus() && document.activeElement.matches(arguments[0])", selector)

    def picture(self, path: Path) -> None:
        """A screenshot of the window."""
        path.write_bytes(base64.b64decode(self.call("TakeScreenshot")))

    def _find(self, selector: str) -> str:
        return str(self.call("FindElement", using="css selector", value=selector)[_ELEMENT])

    def _keys(self, steps: list[tuple[str, str]]) -> None:
        keys = [{"type": kind, "value": key} for kind, key in steps]
        self.call("PerformActions", actions=[{"type": "key", "id": "keyboard", "actions": keys}])


class _OverHttp(Window):
    def __init__(self, url: str, capabilities: dict[str, Any]) -> None:
        self.client = httpx.Client(base_url=url, timeout=60)
        made = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})
        self.session = f"/session/{made['sessionId']}"

    def undo(self) -> None:
        # MiniBrowser has no key for it; the engine is asked what a key would ask.
        self.evaluate("document.execCommand('undo')")

    def call(self, command: str, **words: Any) -> Any:
        path = f"{self.session}/{_PATHS[command].format(id=words.pop('id', '') if '{id}' in _PATHS[command] else '')}"
        method = {"DeleteAllCookies": "DELETE", "TakeScreenshot": "GET"}.get(command, "POST")
        return self._ask(method, path, words)

    def _ask(self, method: str, path: str, body: dict[str, Any]) -> Any:
        answer = self.client.request(method, path, json=None if method == "GET" else body)
        value = answer.json()["value"]
        if answer.is_error:
            raise Refused(f"{value['error']}: {value['message']}")
        return value


class _Marionette(Window):
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.stream = self.socket.makefile("rb")
        self._read()  # who is there
        self.number = 0
        self.call("NewSession", capabilities={})

    def call(self, command: str, **words: Any) -> Any:
        self.number += 1
        said = json.dumps([0, self.number, f"WebDriver:{command}", words])
        self.socket.sendall(f"{len(said.encode())}:{said}".encode())
        _, _, error, answer = self._read()
        if error:
            raise Refused(f"{error['error']}: {error['message']}")
        return answer.get("value", answer) if isinstance(answer, dict) else answer

    def _read(self) -> Any:
        size = b""
        while (byte := self.stream.read(1)) != b":":
            size += byte
        return json.loads(self.stream.read(int(size)))


@contextmanager
def _running(*command: str, **more: Any) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _firefox(stack: ExitStack, folder: Path) -> Window:
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in _PREFERENCES.items()]
    (folder / "user.js").write_text("\n".join(lines))
    command = ["firefox-esr", "--headless", "--marionette", "--no-remote", "--profile", str(folder)]
    stack.enter_context(
        _running(*command, env=os.environ | {"HOME": str(folder), "MOZ_CRASHREPORTER_DISABLE": "1"})
    )
    told = folder / "MarionetteActivePort"
    end = time.monotonic() + START_SECONDS
    while not told.exists() or not told.read_text():
        assert time.monotonic() < end, "Firefox did not start"
        time.sleep(0.1)
    return _Marionette(int(told.read_text()))


def _webkit(stack: ExitStack, folder: Path) -> Window:
    display = stack.enter_context(_screen())
    port = _free_port()
    environment = os.environ | {
        "DISPLAY": display,
        "HOME": str(folder),
        "XDG_CACHE_HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
        "GDK_BACKEND": "x11",
        "GTK_OVERLAY_SCROLLING": "0",
        "LIBGL_ALWAYS_SOFTWARE": "1",
        # Its sandbox wants namespaces that a container does not give; what it opens here is ours.
        "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
    }
    stack.enter_context(_running("WebKitWebDriver", f"--port={port}", env=environment))
    _wait_for(port)
    program = next(str(path) for path in Path("/").glob(MINI_BROWSER.lstrip("/")))
    options = {"binary": program, "args": ["--automation"], "useOverlayScrollbars": False}
    made = _OverHttp(f"http://127.0.0.1:{port}", {"webkitgtk:browserOptions": options})
    # Closed by its driver, or the browser stays.
    stack.callback(made.client.delete, made.session)
    return made


@contextmanager
def _screen() -> Iterator[str]:
    """A display for a browser that knows no life without one."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1400x900x24", "-nolisten", "tcp"]
    with _running(*command, pass_fds=(writing,)):
        os.close(writing)
        with os.fdopen(reading) as told:
            yield f":{told.readline().strip()}"


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _wait_for(port: int) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < end, "the driver did not start"
            time.sleep(0.1)


ENGINES = {"firefox": (_firefox, ("firefox-esr",)), "webkit": (_webkit, ("WebKitWebDriver", "Xvfb"))}


def missing(engine: str) -> list[str]:
    """The programs this machine would need."""
    return [program for program in ENGINES[engine][1] if shutil.which(program) is None]


@contextmanager
def window(engine: str, folder: Path, *, width: int = 1280, height: int = 800) -> Iterator[Window]:
    """A window of a browser that no one has used yet; `folder` is where it lives."""
    with ExitStack() as stack:
        opened = ENGINES[engine][0](stack, folder)
        opened.call("SetWindowRect", width=width, height=height)
        yield opened
