"""The ways to install it: package, awkward folder, proxies in front, files for containers and services."""

from __future__ import annotations

import json
import os
import pwd
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import yaml
from websockets.sync.client import connect

from e2e.product import ROOT, Product, plain_environment

DEPLOY = ROOT / "deploy"


@contextmanager
def serving(command: list[str], *, cwd: Path, env: dict[str, str], user: str | None = None) -> Iterator[str]:
    """The address of `ventanilla serve`, started by `command`, once it is ready; `user` is whose process it is."""
    with subprocess.Popen(
        [*command, "--port", "0", "--json"],
        cwd=cwd,
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **_as(user),
    ) as process:
        try:
            assert process.stdout
            lines = []
            for line in process.stdout:
                lines.append(line)
                if line.startswith("{") and json.loads(line).get("event") == "ready":
                    yield json.loads(line)["url"]
                    break
            else:
                pytest.fail("".join(lines) + process.stderr.read())  # type: ignore[union-attr]
        finally:
            process.terminate()
            process.wait(30)


def _as(user: str | None) -> dict[str, Any]:
    """What makes subprocess start something as that user, with no rights of ours left."""
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}


def virtual_environment(place: Path, *, python: str = sys.executable) -> Path:
    """An environment of its own that borrows the libraries of this one; its Python."""
    subprocess.run([python, "-m", "venv", "--without-pip", place], check=True)
    libraries = next(path for path in sys.path if path.endswith("site-packages"))
    site = next(place.glob("lib/python*/site-packages"))
    (site / "libraries.pth").write_text(f"{libraries}\n", encoding="utf-8")
    return place / "bin" / "python"


def installed(wheel: Path, place: Path) -> Path:
    """The program of that package in an environment of its own."""
    python = virtual_environment(place)
    uv = Path(sys.executable).parent / "uv"
    install = [uv, "pip", "install", "--quiet", "--no-deps", "--python", python, wheel]
    subprocess.run(install, env=plain_environment(), check=True)
    return python.parent / "ventanilla"


@pytest.mark.feature("Z-30")
def test_the_package_is_complete_and_runs_without_node_wherever_it_is_started(
    wheel: Path, tmp_path: Path
) -> None:
    program = str(installed(wheel, tmp_path / "with space"))
    site = next((tmp_path / "with space").glob("lib/python*/site-packages"))
    # Started inside another checkout: what runs is still what was installed.
    (tmp_path / "elsewhere" / "ventanilla").mkdir(parents=True)
    (tmp_path / "elsewhere" / "ventanilla" / "__init__.py").write_text(
        "raise SystemExit('the wrong program')"
    )
    env = plain_environment(
        HOME=str(tmp_path / "home"), XDG_STATE_HOME=str(tmp_path / "state"), PATH="/usr/bin:/bin"
    )
    with serving(
        [program, "serve", "--data", str(tmp_path / "data")], cwd=tmp_path / "elsewhere", env=env
    ) as url:
        desk = httpx.get(f"{url}/app/", follow_redirects=True)
        script = re.search(r'src="(/packs/desk/[^"]+\.js)"', desk.text)
        assert script
        assert httpx.get(url + script[1]).status_code == 200
        assert httpx.get(f"{url}/packs/js/sdk.js").status_code == 200
        refused = httpx.post(f"{url}/auth/sign_in", json={}, headers={"Accept-Language": "es"})
        assert refused.status_code in {401, 422}
        checks = subprocess.run(
            [program, "doctor", "--json"], cwd=tmp_path, env=env, capture_output=True, text=True
        )
        told = {check["name"]: check["ok"] for check in json.loads(checks.stdout)["checks"]}
        assert (told["front_ends"], told["languages"]) == (True, True)
    # Without them doctor says so.
    shutil.rmtree(site / "ventanilla" / "static_built")
    for catalogue in site.glob("ventanilla/locale/*/LC_MESSAGES/*.mo"):
        catalogue.unlink()
    checks = subprocess.run(
        [program, "doctor", "--json"], cwd=tmp_path, env=env, capture_output=True, text=True
    )
    told = {check["name"]: check["ok"] for check in json.loads(checks.stdout)["checks"]}
    assert (told["front_ends"], told["languages"]) == (False, False)


@pytest.mark.feature("Z-30")
def test_a_hollow_package_is_refused(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "scripts").mkdir(parents=True)
    shutil.copytree(ROOT / "scripts" / "packaging", tree / "scripts" / "packaging")
    code = (
        "import sys, types; sys.path.insert(0, 'scripts/packaging');"
        " fake = types.ModuleType('setuptools'); fake.build_meta = types.ModuleType('setuptools.build_meta');"
        " sys.modules['setuptools'] = fake; sys.modules['setuptools.build_meta'] = fake.build_meta;"
        " import backend; backend.build_wheel('dist')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tree, capture_output=True, text=True)
    assert done.returncode != 0
    assert "static_built/desk" in done.stderr
    assert "scripts/wheel" in done.stderr


def copy_of_the_tree(tree: Path, *, python: str) -> None:
    """The tracked files and what was built of them, with an environment of its own, as a checkout that was started once."""
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    for name in tracked.decode().rstrip("\0").split("\0"):
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)
    for made in ("desk/dist", "desk/openapi.json", "desk/src/api/generated", "widget/dist", ".state/stamps"):
        if (ROOT / made).is_dir():
            shutil.copytree(ROOT / made, tree / made, dirs_exist_ok=True)
        else:
            shutil.copy2(ROOT / made, tree / made)
    for part in ("desk", "widget"):
        (tree / part / "node_modules").symlink_to(ROOT / part / "node_modules")
    for catalogue in (ROOT / "ventanilla").glob("locale/*/LC_MESSAGES/*.mo"):
        shutil.copy2(catalogue, tree / catalogue.relative_to(ROOT))
    virtual_environment(tree / ".venv", python=python)
    code = (
        "import sys; sys.path.insert(0, 'scripts/tooling'); import python_env; python_env._link_the_product()"
    )
    subprocess.run([tree / ".venv" / "bin" / "python", "-c", code], cwd=tree, check=True)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users may enter, as `tmp_path` is none."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        folder.chmod(0o755)
        yield folder


def python_for(user: str) -> str:
    """A Python like this one that the user may start; skips where there is none."""
    if os.geteuid() != 0:
        pytest.skip("only root may become somebody else")
    like_this = f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}"
    libraries = next(path for path in sys.path if path.endswith("site-packages"))
    look = f"import os; os.listdir({libraries!r}); os.listdir({str(ROOT)!r})"
    for python in (os.path.realpath(sys.executable), like_this):
        try:
            if subprocess.run([python, "-c", look], check=False, cwd="/", **_as(user)).returncode == 0:
                return python
        except OSError:
            continue
    pytest.skip(f"{user} may start no Python {sys.version_info.major}.{sys.version_info.minor} here")


@pytest.mark.feature("Z-30")
@pytest.mark.parametrize("user", [None, "nobody"], ids=["who-builds", "another-user"])
def test_it_starts_from_a_folder_with_an_awkward_name_and_another_working_directory(
    user: str | None, open_folder: Path
) -> None:
    python = python_for(user) if user else sys.executable
    tree, home = open_folder / "my folder" / "ñandú's", open_folder / "home"
    copy_of_the_tree(tree, python=python)
    home.mkdir()
    if user:
        for path in [open_folder, *open_folder.rglob("*")]:
            shutil.chown(path, user, pwd.getpwnam(user).pw_gid) if not path.is_symlink() else None
    env = plain_environment(HOME=str(home))
    with serving([str(tree / "scripts" / "run")], cwd=Path("/"), env=env, user=user) as url:
        assert httpx.get(f"{url}/app/", follow_redirects=True).status_code == 200
        database = tree / "data" / "ventanilla.sqlite3"
        assert database.owner() == (user or pwd.getpwuid(os.geteuid()).pw_name)
        launcher = [tree / ".venv" / "bin" / "ventanilla", "doctor", "--json"]
        done = subprocess.run(launcher, cwd="/", env=env, capture_output=True, text=True, **_as(user))
        checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
        assert str(tree / "data") in checks["data"]["detail"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate of our own, `cert.pem` and `key.pem`."""
    folder = tmp_path_factory.mktemp("tls")
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    files = [
        "-addext",
        "subjectAltName=DNS:localhost",
        "-keyout",
        folder / "key.pem",
        "-out",
        folder / "cert.pem",
    ]
    subprocess.run(["openssl", *words.split(), *files], check=True, capture_output=True)
    return folder


def nginx(port: int, product: Product, certificate: Path, folder: Path) -> list[str]:
    """nginx with our example, in which only names, ports and the certificate are others."""
    example = (DEPLOY / "proxy" / "nginx.conf").read_text()
    for ours, theirs in {
        "server 127.0.0.1:8000;": f"server {product.url.removeprefix('http://')};",
        "/etc/letsencrypt/live/help.example.com/fullchain.pem": str(certificate / "cert.pem"),
        "/etc/letsencrypt/live/help.example.com/privkey.pem": str(certificate / "key.pem"),
        "help.example.com": "localhost",
        "listen 80;": f"listen 127.0.0.1:{free_port()};",
        "listen [::]:80;": "",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{port} ssl http2;",
        "listen [::]:443 ssl http2;": "",
    }.items():
        assert ours in example
        example = example.replace(ours, theirs)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""  # its workers must reach the test's folder
    main = f"{user} daemon off; pid {folder}/pid; error_log stderr; events {{}}"
    whole = f"{main} http {{ access_log off; {temporary} {example} }}"
    (folder / "nginx.conf").write_text(whole)
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    return [program or "nginx", "-c", str(folder / "nginx.conf")]


def caddy(port: int, product: Product, certificate: Path, folder: Path) -> list[str]:
    """Caddy with our example; the certificate is ours, since none is to be had here."""
    example = (DEPLOY / "proxy" / "Caddyfile").read_text()
    tls = f"\ttls {certificate}/cert.pem {certificate}/key.pem\n"
    head = "{$VENTANILLA_BASE_URL} {\n"
    assert head in example
    options = "{\n\tadmin off\n\tauto_https disable_redirects\n}\n"
    (folder / "Caddyfile").write_text(options + example.replace(head, head + tls))
    return [
        shutil.which("caddy") or "caddy",
        "run",
        "--config",
        str(folder / "Caddyfile"),
        "--adapter",
        "caddyfile",
    ]


@pytest.mark.feature("Z-30")
@pytest.mark.parametrize("proxy", [nginx, caddy], ids=["nginx", "caddy"])
def test_desk_sockets_widget_token_and_upload_pass_the_proxy(
    proxy: object, product: Product, certificate: Path, tmp_path: Path
) -> None:
    name = proxy.__name__  # type: ignore[attr-defined]
    if not (shutil.which(name) or shutil.which(name, path="/usr/sbin")):
        pytest.skip(f"no {name} here (Debian: apt install {name})")
    person = product.add_person(
        f"Proxy {name}", name="Ana", email=f"ana@{name}.example", role="administrator"
    )
    port = free_port()
    url = f"https://localhost:{port}"
    env = plain_environment(
        VENTANILLA_BASE_URL=url, VENTANILLA_UPSTREAM=product.url.removeprefix("http://"), HOME=str(tmp_path)
    )
    command = proxy(port, product, certificate, tmp_path)  # type: ignore[operator]
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) as running:
        try:
            _goes_through(url, person.token, person.account_id)
        finally:
            running.terminate()
            print(running.communicate(timeout=10)[1])


def _goes_through(url: str, token: str, account: int) -> None:
    with httpx.Client(base_url=url, verify=False, headers={"api_access_token": token}, timeout=20) as client:
        end = time.monotonic() + 20
        while True:
            try:
                assert client.get("/app/", follow_redirects=True).status_code == 200
                break
            except httpx.TransportError:
                assert time.monotonic() < end
                time.sleep(0.1)
        profile = client.get("/api/v1/profile").raise_for_status().json()
        channel = {"type": "api"}
        inbox = client.post(
            f"/api/v1/accounts/{account}/inboxes", json={"name": "P", "channel": channel}
        ).json()
        contact = client.post(
            f"/public/api/v1/inboxes/{inbox['inbox_identifier']}/contacts", json={"name": "C"}
        ).json()
        base = f"/public/api/v1/inboxes/{inbox['inbox_identifier']}/contacts/{contact['source_id']}"
        number = client.post(f"{base}/conversations", json={}).json()["id"]
        content = os.urandom(6_000_000)
        sent = client.post(
            f"/api/v1/accounts/{account}/conversations/{number}/messages",
            data={"content": "file"}, files={"attachments[]": ("big.bin", content)},
        )  # fmt: skip
        assert sent.status_code == 200, sent.text
        stored = urlsplit(sent.json()["attachments"][0]["data_url"])
        assert client.get(f"{stored.path}?{stored.query}", follow_redirects=True).content == content
        website = {"type": "web_widget", "website_url": "https://tienda.example"}
        widget = client.post(
            f"/api/v1/accounts/{account}/inboxes", json={"name": "W", "channel": website}
        ).json()
        assert client.get(f"/widget?website_token={widget['website_token']}").status_code == 200
    trusting = ssl._create_unverified_context()
    with connect(
        url.replace("https", "wss") + "/cable", ssl=trusting, subprotocols=["actioncable-v1-json"]
    ) as cable:
        assert json.loads(cable.recv(10))["type"] == "welcome"
        identifier = {
            "channel": "RoomChannel",
            "pubsub_token": profile["pubsub_token"],
            "account_id": account,
            "user_id": profile["id"],
        }
        cable.send(json.dumps({"command": "subscribe", "identifier": json.dumps(identifier)}))
        while (said := json.loads(cable.recv(10))).get("type") == "ping":
            pass
        assert said.get("type") == "confirm_subscription" or "message" in said


@pytest.mark.feature("Z-30")
def test_what_the_container_files_name_is_there() -> None:
    containerfile = (DEPLOY / "container" / "Containerfile").read_text()
    for path in ("scripts/wheel", "scripts/node.lock", "requirements.lock"):
        assert path in containerfile
        assert (ROOT / path).exists()
    last = containerfile.rsplit("\nFROM ", 1)[1]
    assert re.search(r"^USER ventanilla$", last, re.MULTILINE)
    for name in ("compose.yaml", "compose.large.yaml"):
        whole = yaml.safe_load((DEPLOY / "container" / name).read_text())
        volumes = set(whole["volumes"])
        for service, said in whole["services"].items():
            assert said.get("restart") or said.get("build"), service
            if "build" in said:
                assert (
                    DEPLOY / "container" / said["build"]["context"] / said["build"]["dockerfile"]
                ).exists()
            for volume in said.get("volumes", []):
                source = volume.split(":")[0]
                assert source in volumes or (DEPLOY / "container" / source).exists(), volume
            assert set(said.get("depends_on", [])) <= set(whole["services"])
            for variable in said.get("environment", {}):
                if variable.startswith("VENTANILLA_") and variable != "VENTANILLA_UPSTREAM":
                    assert variable in (ROOT / "docs" / "howto" / "settings.md").read_text(), variable


@pytest.mark.feature("Z-30")
def test_the_images_build_file_and_the_chart_pass_their_own_linters(tmp_path: Path) -> None:
    chart = DEPLOY / "helm" / "ventanilla"
    described, values = (yaml.safe_load((chart / name).read_text()) for name in ("Chart.yaml", "values.yaml"))
    assert described["appVersion"] == described["version"]
    used = set(
        re.findall(r"\.Values\.([\w.]+)", "".join(path.read_text() for path in chart.glob("templates/*")))
    )
    for name in used:
        place = values
        for part in name.split("."):
            assert part in place, name
            place = place[part]
    checked = []
    if helm := shutil.which("helm"):
        given = [
            "--set",
            "baseUrl=https://help.example.com",
            "--set",
            "existingSecret=x",
            "--set",
            "ingress.enabled=true",
        ]
        subprocess.run([helm, "lint", "--strict", chart, *given], check=True, capture_output=True)
        checked.append("helm")
    if verify := shutil.which("systemd-analyze"):
        unit = (DEPLOY / "systemd" / "ventanilla.service").read_text()
        (tmp_path / "ventanilla.service").write_text(
            unit.replace("/opt/ventanilla/bin/ventanilla", "/bin/true")
        )
        done = subprocess.run(
            [verify, "verify", tmp_path / "ventanilla.service"], capture_output=True, text=True
        )
        assert "ventanilla.service" not in done.stderr, done.stderr
        checked.append("systemd")
    if not checked:
        pytest.skip("neither helm nor systemd-analyze here; names and values were compared")
