"""What an operator sees: commands, their refusals, and both languages."""

from __future__ import annotations

import json
import os
import re
import socket
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import PIPE

import pytest

from ventanilla.config.cli import texts
from ventanilla.config.cli.arguments import COMMANDS
from ventanilla.config.cli.tests.conftest import ROOT, Done, environment
from ventanilla.config.environment import OPTIONS, BadSetting, Option
from ventanilla.config.environment import read as read_settings

CLI = Path(texts.__file__).parent
PERSON = ("--name", "Ana", "--email", "Ana@acme.test", "--password", "Clave.123", "--role", "administrator")

Ventanilla = Callable[..., Done]


def test_every_sentence_used_is_there_in_spanish_and_english_with_the_same_blanks() -> None:
    catalogue = texts._catalogue()
    source = "\n".join(path.read_text() for path in CLI.glob("*.py"))
    used = set(re.findall(r'text\(\s*"(\w+)"', source)) | {
        f"stop_{code}" for code in re.findall(r'Stop\("(\w+)"', source)
    }
    assert used - set(catalogue) == set()
    for both in catalogue.values():
        assert re.findall(r"\{(\w+)\}", both["es"]) == re.findall(r"\{(\w+)\}", both["en"])


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("language", "word"), [("es_ES.UTF-8", "opciones"), ("en_US.UTF-8", "options")])
def test_each_command_explains_itself_without_touching_any_data(
    ventanilla: Ventanilla, data: Path, command: str, language: str, word: str
) -> None:
    done = ventanilla(command, "--help", LANG=language)
    assert (done.code, word in done.out) == (0, True)
    assert not data.exists()


def test_createuser_makes_the_account_once_and_says_the_token(ventanilla: Ventanilla) -> None:
    first = ventanilla("createuser", "--account", "Acme", *PERSON, "--json")
    second = ventanilla(
        "createuser",
        "--account",
        "ACME",
        "--name",
        "Bruno",
        "--email",
        "b@acme.test",
        "--password",
        "Clave.123",
        "--json",
    )
    assert set(first.json) == {"id", "account_id", "email", "role", "access_token"}
    assert (first.json["email"], first.json["role"]) == ("ana@acme.test", "administrator")
    assert (second.json["account_id"], second.json["role"]) == (first.json["account_id"], "agent")
    assert first.json["access_token"] != second.json["access_token"]


def test_createuser_refuses_the_same_person_an_unknown_account_and_a_weak_password(
    ventanilla: Ventanilla,
) -> None:
    assert ventanilla("createuser", "--account", "Acme", *PERSON).code == 0
    again = ventanilla("createuser", "--account", "Acme", *PERSON, "--json")
    unknown = ventanilla("createuser", "--account-id", "77", *PERSON, "--json")
    weak = ventanilla(
        "createuser", "--account", "Acme", "--name", "B", "--email", "b@x.test", "--password", "abc", "--json"
    )
    assert [done.code for done in (again, unknown, weak)] == [1, 1, 1]
    assert [done.error["code"] for done in (again, unknown, weak)] == ["refused", "no_account", "refused"]


def test_createplatformapp_says_its_token_and_may_touch_the_accounts_named(ventanilla: Ventanilla) -> None:
    acme = ventanilla("createuser", "--account", "Acme", *PERSON, "--json").json["account_id"]
    done = ventanilla("createplatformapp", "  Reseller ", "--account-id", str(acme), "--json")
    assert set(done.json) == {"id", "name", "account_ids", "access_token"}
    assert (done.json["name"], done.json["account_ids"]) == ("Reseller", [acme])
    assert len(done.json["access_token"]) >= 20
    plain = ventanilla("createplatformapp", "Other", LANG="en_US.UTF-8")
    assert (plain.code, "Other" in plain.out) == (0, True)


def test_createplatformapp_refuses_an_unknown_account_and_no_name_and_leaves_nothing(
    ventanilla: Ventanilla, data: Path
) -> None:
    unknown = ventanilla("createplatformapp", "Reseller", "--account-id", "77", "--json")
    nameless = ventanilla("createplatformapp", " ", "--json")
    assert [done.error["code"] for done in (unknown, nameless)] == ["no_account", "refused"]
    with sqlite3.connect(data / "ventanilla.sqlite3") as database:
        assert database.execute("SELECT count(*) FROM accounts_platformapp").fetchone() == (0,)


def test_the_data_folder_and_the_key_in_it_are_for_their_owner_alone(
    ventanilla: Ventanilla, tmp_path: Path
) -> None:
    fresh = tmp_path / "fresh"
    assert ventanilla("migrate", "--data", fresh).code == 0
    key = fresh / "secret_key"
    assert stat.S_IMODE(fresh.stat().st_mode) == 0o700
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_text()
    ventanilla("migrate", "--data", fresh)
    assert key.read_text() == before


def test_a_database_newer_than_the_program_is_left_alone(ventanilla: Ventanilla, data: Path) -> None:
    ventanilla("migrate")
    with sqlite3.connect(data / "ventanilla.sqlite3") as database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('accounts', '9999_future', '2030-01-01')"
        )
    done = ventanilla("migrate", "--json")
    started = ventanilla("serve", "--port", "0", "--json")
    assert (done.code, done.error["code"]) == (1, "newer_database")
    assert "accounts.9999_future" in done.error["message"]
    assert (started.code, started.error) == (1, done.error)


def test_a_taken_port_is_named_before_anything_else_starts(ventanilla: Ventanilla) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        done = ventanilla("serve", "--port", str(port), LANG="es_ES.UTF-8")
    assert done.code == 1
    assert f"El puerto {port} está ocupado" in done.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_named(ventanilla: Ventanilla, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    assert ventanilla("migrate", "--data", closed / "data", "--json").error["code"] == "no_write"


def test_a_data_folder_that_is_a_file_is_named(ventanilla: Ventanilla, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = ventanilla("migrate", "--data", tmp_path / "file", "--json")
    assert done.error["code"] == "no_write"
    assert str(tmp_path / "file") in done.error["message"]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("MAX_UPLOAD_MB", "lots", "whole"),
        ("MAX_UPLOAD_MB", "-1", "whole"),
        ("BASE_URL", "help.example.com", "address"),
        ("BASE_URL", "ftp://help.example.com", "address"),
        ("BASE_URL", "https://help.example.com/desk", "address"),
        ("DATABASE_URL", "mysql://localhost/x", "address"),
        ("REDIS_URL", "localhost:6379", "address"),
        ("STORAGE_URL", "https://bucket", "address"),
        ("MAIL_URL", "mail.example.com:25", "address"),
        ("MAIL_URL", "smtp://mail.example.com:port", "address"),
        ("MAIL_FROM", "Support", "sender"),
        ("MAIL_LISTEN", "0.0.0.0", "listener"),
        ("ALLOWED_HOSTS", "help.example.com, what is this", "host"),
        ("NAME_SERVERS", "300.1.1.1", "host"),
        ("TRUSTED_PROXIES", "bogus", "network"),
        ("LOCALE", "fr", "choice"),
        ("LOG_LEVEL", "chatty", "choice"),
        ("RATE_LIMITS", "perhaps", "switch"),
        ("MAIL_WEBHOOK_SECRET", "only-a-user", "user_and_password"),
        ("DATABSE_URL", "postgres://localhost/x", "near"),
        ("FAVOURITE_COLOUR", "teal", "unknown"),
    ],
)
def test_a_setting_that_cannot_be_right_is_refused_by_name(name: str, value: str, said: str) -> None:
    with pytest.raises(BadSetting) as refused:
        read_settings({f"VENTANILLA_{name}": value})
    assert (refused.value.variable, refused.value.key) == (f"VENTANILLA_{name}", f"setting_{said}")
    assert refused.value.key in texts._catalogue()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BASE_URL", "https://help.example.com:8443/"),
        ("BASE_URL", "http://[::1]:8000"),
        ("DATABASE_URL", "postgres:///ventanilla?host=/run/postgresql"),
        ("REDIS_URL", "rediss://:secret@cache.example.com:6380/0"),
        ("MAIL_FROM", '"Acme, S.L." <ayuda@acme.example>'),
        ("MAIL_LISTEN", "[::]:25"),
        ("ALLOWED_HOSTS", "*, .example.com, [::1], 10.0.0.5"),
        ("NAME_SERVERS", "127.0.0.1:5353, 9.9.9.9, [2620:fe::fe]:53"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, 2001:db8::/32, 127.0.0.1"),
        ("TEST_RUN", "anything"),
    ],
)
def test_what_can_be_right_is_read(name: str, value: str) -> None:
    read_settings({f"VENTANILLA_{name}": value})


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_each_default_is_a_value_that_could_be_given(option: Option) -> None:
    assert option.name in read_settings({option.variable: option.default})


def test_a_wrong_setting_stops_the_start_with_its_name_and_an_example(ventanilla: Ventanilla) -> None:
    done = ventanilla("serve", "--json", VENTANILLA_BASE_URL="help.example.com")
    assert done.error["code"] == "bad_setting"
    assert "VENTANILLA_BASE_URL" in done.error["message"]
    assert "https://help.example.com" in done.error["message"]


def test_doctor_names_what_is_wrong(ventanilla: Ventanilla, data: Path) -> None:
    ventanilla("migrate")
    with sqlite3.connect(data / "ventanilla.sqlite3") as database:
        database.execute("DELETE FROM django_migrations WHERE app = 'surveys'")
    behind = {check["name"]: check["ok"] for check in ventanilla("doctor", "--json").json["checks"]}
    assert [name for name, ok in behind.items() if ok is False] == ["migrations"]
    (data / "ventanilla.sqlite3").unlink()
    ventanilla("migrate")
    healthy = ventanilla("doctor", "--json")
    assert (healthy.code, healthy.json["ok"]) == (0, True)
    unreachable = ventanilla("doctor", "--json", VENTANILLA_REDIS_URL="redis://127.0.0.1:1/0")
    assert unreachable.code == 1
    assert [c["name"] for c in unreachable.json["checks"] if c["ok"] is False] == ["redis"]


@pytest.mark.feature("I-02")
def test_doctor_looks_at_the_certificate_of_our_mail_door(ventanilla: Ventanilla, tmp_path: Path) -> None:
    def said(**given: str) -> tuple[bool | None, str]:
        settings = {f"VENTANILLA_MAIL_{name}": value for name, value in given.items()}
        checks = ventanilla("doctor", "--json", **settings).json["checks"]
        return next((one["ok"], one["detail"]) for one in checks if one["name"] == "listener")

    ventanilla("migrate")
    assert said()[0] is None
    ok, detail = said(LISTEN="127.0.0.1:2525")
    assert ok is None
    assert "VENTANILLA_MAIL_LISTEN_CERTIFICATE" in detail
    missing = str(tmp_path / "none.pem")
    ok, detail = said(LISTEN="127.0.0.1:2525", LISTEN_CERTIFICATE=missing)
    assert ok is False
    assert missing in detail


def test_doctor_has_words_for_whatever_a_certificate_lacks() -> None:
    for code in ("missing", "not_a_certificate", "no_match", "expired"):
        assert {"es", "en"} == set(texts._catalogue()[f"doctor_certificate_{code}"])


@pytest.mark.feature("Z-28")
def test_the_address_is_set_by_a_command_and_missed_by_doctor(ventanilla: Ventanilla) -> None:
    ventanilla("createuser", "--account", "Acme", *PERSON)
    checks = ventanilla("doctor", "--json").json["checks"]
    assert [check["name"] for check in checks if check["ok"] is False] == ["address"]
    wrong = ventanilla("address", "help.example.com", "--json")
    assert (wrong.code, "https://help.example.com" in wrong.error["message"]) == (1, True)
    assert ventanilla("address", "HTTP://localhost:9/", "--json").json["address"] == "http://localhost:9"
    fixed = ventanilla("address", "https://a.example", "--json", VENTANILLA_BASE_URL="https://b.example")
    assert (fixed.code, fixed.error["code"]) == (1, "address_by_setting")


def test_demo_fills_only_an_empty_installation(ventanilla: Ventanilla) -> None:
    ventanilla("createuser", "--account", "Acme", *PERSON)
    assert ventanilla("demo", "--json").json == {"filled": False}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nonsense",), "COMANDO no admite 'nonsense'; elige "),
        (("serve", "--port", "abc"), "--port necesita un número entero, no 'abc'"),
        (("serve", "--processes", "0"), "--processes necesita un número entero, no '0'"),
        (("createuser", "--account", "A"), "falta --name, --email"),
        (("restore",), "falta ARCHIVO"),
        (("doctor", "--nope"), "no conozco --nope"),
    ],
)
def test_a_line_that_cannot_be_read_is_explained_in_the_operators_language(
    ventanilla: Ventanilla, words: tuple[str, ...], said: str
) -> None:
    done = ventanilla(*words, LANG="es_ES.UTF-8")
    assert (done.code, said in done.err) == (2, True), done.err
    for_programs = ventanilla(*words, "--json", LANG="es_ES.UTF-8")
    assert (for_programs.code, for_programs.out, for_programs.error["code"]) == (2, "", "usage")
    assert said in for_programs.error["message"]


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_running_server_says_its_own_lines_on_one_stream_and_logs_on_the_other(
    data: Path, options: tuple[str, ...]
) -> None:
    serve = [sys.executable, "-m", "ventanilla", "serve", "--port", "0", *options]
    everything = environment(data, VENTANILLA_LOG_LEVEL="info")
    running = subprocess.Popen(serve, cwd=ROOT, env=everything, stdout=PIPE, stderr=PIPE, text=True)
    assert running.stdout
    ready = running.stdout.readline()
    running.terminate()
    rest, logged = running.communicate(timeout=50)
    assert json.loads(ready)["event"] == "ready" if options else "http://localhost:" in ready
    assert "{" not in rest
    assert "worker.started" in {json.loads(line)["event"] for line in logged.splitlines()}


def test_every_complaint_about_a_password_is_a_sentence(ventanilla: Ventanilla) -> None:
    person = ("--name", "B", "--email", "b@x.test", "--password", "abc")
    done = ventanilla("createuser", "--account", "Acme", *person, LANG="es_ES.UTF-8")
    assert "caracteres. La contraseña" in done.err


@pytest.mark.feature("A-11")
def test_a_forgotten_password_is_set_on_the_server_without_any_mail(ventanilla: Ventanilla) -> None:
    ventanilla("createuser", "--account", "Acme", *PERSON)
    weak = ventanilla("password", "ana@acme.test", "--password", "abc", "--json")
    nobody = ventanilla("password", "otto@acme.test", "--password", "Otra.1234", "--json")
    silent = ventanilla("password", "ana@acme.test", "--json")
    done = ventanilla("password", " Ana@acme.test", "--password", "Otra.1234", "--json")
    assert [one.error["code"] for one in (weak, nobody, silent)] == ["refused", "no_user", "no_password"]
    assert done.json["email"] == "ana@acme.test"
