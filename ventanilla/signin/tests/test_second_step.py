"""The authenticator app and recovery codes, at the contract's doors and at the desk's."""

from __future__ import annotations

import time

import msgspec
import pytest

from ventanilla.accounts.commands.one_time import Purpose, issue_one_time_token
from ventanilla.accounts.commands.users import change_password
from ventanilla.accounts.models import ClientSession
from ventanilla.api.tests.test_desk_session import Browser
from ventanilla.events.models import Event
from ventanilla.signin import codes
from ventanilla.signin.commands.unlocking import unlock
from ventanilla.signin.models import Authenticator, RecoveryCode
from ventanilla.testing.cast import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.feature("Z-15")]
SIGN_IN = {"email": "ana@acme.example", "password": PASSWORD}


def events(name):
    found = Event.objects.filter(name=name).order_by("id").values_list("payload", flat=True)
    return [msgspec.json.decode(payload) for payload in found]


def first_step(api):
    answer = api().post("/auth/sign_in", SIGN_IN)
    assert answer.status_code == 206, answer.content
    assert set(answer.json()) == {"mfa_required", "mfa_token"}
    assert "access-token" not in answer
    return answer.json()["mfa_token"]


def test_the_codes_are_those_of_the_standard():
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # RFC 6238, appendix B, of whose codes six digits are shown
    for moment, code in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        assert codes.code_at(secret, moment // 30) == code
        assert codes.step_of(f" {code[:3]} {code[3:]}", secret=secret, at=moment + 30) == moment // 30
        assert codes.step_of(code, secret=secret, at=moment + 90) is None
    for other in ("", "12345", "1234567", "١٢٣٤٥٦", "abcdef"):
        assert codes.step_of(other, secret=secret, at=59) is None


def test_setting_an_app_up_takes_its_first_code_and_gives_ten_recovery_codes_once(ana, api):
    phone = api(headers=headers_of(api().post("/auth/sign_in", SIGN_IN)))
    assert phone.get("/api/v1/profile/mfa").json()["enabled"] is False
    proposed = phone.post("/api/v1/profile/mfa").json()
    assert proposed["provisioning_url"].startswith("otpauth://totp/Ventanilla:ana%40acme.example?secret=")
    assert proposed["qr_code"].startswith("data:image/svg+xml")
    assert api().post("/auth/sign_in", SIGN_IN).status_code == 200, "proposed is not set up"
    wrong = phone.post("/api/v1/profile/mfa/verify", {"otp_code": "000000"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "wrong_code")
    code = codes.code_at(proposed["secret"], int(time.time()) // 30)
    made = phone.post("/api/v1/profile/mfa/verify", {"otp_code": code}).json()["backup_codes"]
    assert len(set(made)) == 10
    assert phone.get("/api/v1/profile/mfa").json() == {
        "feature_available": True, "enabled": True, "backup_codes_generated": True,
    }  # fmt: skip
    assert phone.post("/api/v1/profile/mfa").status_code == 422, "one app"
    assert events("user.factor_added") == [{"user_id": ana.pk, "kind": "authenticator"}]
    secret = Authenticator.objects.values_list("secret").query
    assert proposed["secret"] not in str(secret)


def headers_of(answer):
    assert answer.status_code == 200, answer.content
    return {name: answer[name] for name in ("access-token", "client", "uid")}


def test_a_phone_comes_in_by_password_and_code(ana, api, app):
    mine = app(ana)
    token = first_step(api)
    answer = api().post("/auth/sign_in", {"mfa_token": token, "otp_code": mine.code()})
    assert api(headers=headers_of(answer)).get("/api/v1/profile").status_code == 200
    assert answer.json()["data"]["email"] == ana.email
    assert events("user.signed_in")[-1]["how"] == "authenticator"


def test_a_wrong_code_is_a_400_that_does_not_sign_the_contracts_client_out(ana, api, app):
    app(ana)
    answer = api().post("/auth/sign_in", {"mfa_token": first_step(api), "otp_code": "123456"})
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert not ClientSession.objects.exists()


def test_no_code_is_taken_twice(ana, api, app):
    mine = app(ana)
    code = mine.code()
    given = {"mfa_token": first_step(api), "otp_code": code}
    assert api().post("/auth/sign_in", given).status_code == 200
    assert api().post("/auth/sign_in", given).status_code == 400


def test_a_recovery_code_works_once_however_it_is_typed(ana, api, app):
    mine = app(ana)
    typed = mine.recovery_codes[3].replace("-", " ").upper()
    given = {"mfa_token": first_step(api), "backup_code": typed}
    assert api().post("/auth/sign_in", given).status_code == 200
    assert api().post("/auth/sign_in", given).status_code == 400
    assert events("user.recovery_code_used") == [{"user_id": ana.pk, "left": 9}]
    kept = list(RecoveryCode.objects.values_list("digest", flat=True))
    assert not any(code.replace("-", "") in digest for code in mine.recovery_codes for digest in kept)


def test_the_token_of_the_first_step_opens_nothing_and_ends_with_the_password(ana, bruno, api, app):
    mine, other = app(ana), app(bruno)
    token = first_step(api)
    sign_in = lambda **given: api().post("/auth/sign_in", {"mfa_token": token, **given}).status_code  # noqa: E731
    assert sign_in() == 400
    assert sign_in(otp_code=other.code()) == 400, "another person's code"
    assert sign_in(backup_code=other.recovery_codes[0]) == 400
    assert api().post("/auth/sign_in", {"mfa_token": token + "x", "otp_code": mine.code()}).status_code == 401
    change_password(ana, password="Another-2")
    assert sign_in(otp_code=mine.code()) == 401


def test_a_mailed_link_does_not_stand_in_for_the_second_step(ana, api, app):
    mine = app(ana)
    token = issue_one_time_token(ana, purpose=Purpose.PASSWORD)
    answer = api().patch("/auth/password", {"reset_password_token": token, "password": "Another-2"})
    assert answer.status_code == 206, "who reads the mail has not got the phone"
    given = {"mfa_token": answer.json()["mfa_token"], "otp_code": mine.code()}
    assert api().post("/auth/sign_in", given).status_code == 200


def test_the_desk_asks_for_the_second_step_and_says_which_ways_there_are(ana, app):
    mine, browser = app(ana), Browser()
    browser.send("GET", "/api/desk/boot")
    asked = browser.send("POST", "/api/desk/session", SIGN_IN)
    assert asked.status_code == 206
    assert asked.json()["ways"] == ["authenticator", "recovery_code"]
    assert browser.send("GET", "/api/desk/boot").json()["signed_in"] is False
    given = {"mfa_token": asked.json()["mfa_token"], "otp_code": "000000"}
    assert browser.send("POST", "/api/desk/session/second-step", given).status_code == 422
    given["otp_code"] = mine.code()
    assert browser.send("POST", "/api/desk/session/second-step", given).json()["signed_in"] is True


def test_a_programs_token_works_on_and_changes_nothing_of_the_second_step(ana, api, app):
    assert api(ana).post("/api/v1/profile/mfa").status_code == 401
    mine = app(ana)
    assert api(ana).get("/api/v1/profile").status_code == 200
    leaving = {"password": PASSWORD, "otp_code": mine.code()}
    assert api(ana).delete("/api/v1/profile/mfa", leaving).status_code == 401
    assert api(ana).post("/api/v1/profile/mfa/backup_codes", {"otp_code": mine.code()}).status_code == 401


def test_leaving_the_app_takes_the_password_and_a_code(ana, api, app):
    mine = app(ana)
    answer = api().post("/auth/sign_in", {"mfa_token": first_step(api), "otp_code": mine.code()})
    phone = api(headers=headers_of(answer))
    recovery = mine.recovery_codes
    for wrong in (
        {"password": "Nope-1", "backup_code": recovery[0]},
        {"password": PASSWORD, "otp_code": "1"},
    ):
        assert phone.delete("/api/v1/profile/mfa", wrong).status_code == 422
    left = phone.delete("/api/v1/profile/mfa", {"password": PASSWORD, "backup_code": recovery[0]})
    assert left.json()["enabled"] is False
    assert not RecoveryCode.objects.exists(), "codes of nothing"
    assert api().post("/auth/sign_in", SIGN_IN).status_code == 200
    assert events("user.factor_removed") == [{"user_id": ana.pk, "kind": "authenticator"}]


def test_fresh_recovery_codes_end_those_before(ana, api, app):
    mine = app(ana)
    answer = api().post(
        "/auth/sign_in", {"mfa_token": first_step(api), "backup_code": mine.recovery_codes[0]}
    )
    phone = api(headers=headers_of(answer))
    made = phone.post("/api/v1/profile/mfa/backup_codes", {"otp_code": mine.code()}).json()["backup_codes"]
    give = lambda code: api().post("/auth/sign_in", {"mfa_token": first_step(api), "backup_code": code})  # noqa: E731
    assert give(mine.recovery_codes[1]).status_code == 400
    assert give(made[0]).status_code == 200


def test_guessing_codes_ends_after_a_few_and_does_not_lock_their_owner_out(ana, api, app, settings, tmp_path):
    settings.DATA, settings.RATE_LIMITS_ENABLED = tmp_path, True
    mine, home = app(ana), Browser()
    home.send("GET", "/api/desk/boot")
    asked = home.send("POST", "/api/desk/session", SIGN_IN).json()
    given = {"mfa_token": asked["mfa_token"], "otp_code": mine.code()}
    assert home.send("POST", "/api/desk/session/second-step", given).status_code == 200

    def guess(place: int) -> int:
        with_password = {"mfa_token": token, "otp_code": "000000"}
        thief = Browser()
        thief.client.defaults["REMOTE_ADDR"] = f"198.51.100.{place}"
        return thief.send("POST", "/auth/sign_in", with_password).status_code

    thief = Browser()
    thief.client.defaults["REMOTE_ADDR"] = "198.51.100.250"
    token = thief.send("POST", "/auth/sign_in", SIGN_IN).json()["mfa_token"]
    answers = [guess(place) for place in range(1, 20)]
    assert answers == [400] * 10 + [429] * 9, "from however many addresses"
    assert [one["step"] for one in events("user.sign_in_failed_often")] == ["second_step"], "told once"

    asked = home.send("POST", "/api/desk/session", SIGN_IN).json()
    given = {"mfa_token": asked["mfa_token"], "backup_code": mine.recovery_codes[0]}
    assert home.send("POST", "/api/desk/session/second-step", given).status_code == 200


def test_the_right_password_alone_makes_no_place_a_known_one(ana, api, app, settings, tmp_path):
    settings.DATA, settings.RATE_LIMITS_ENABLED = tmp_path, True
    app(ana)
    thief = Browser()
    thief.client.defaults["REMOTE_ADDR"] = "198.51.100.9"
    token = thief.send("POST", "/auth/sign_in", SIGN_IN).json()["mfa_token"]
    given = {"mfa_token": token, "otp_code": "000000"}
    answers = [thief.send("POST", "/auth/sign_in", given).status_code for _ in range(6)]
    assert answers == [400] * 5 + [429], "a stranger's five, not a known device's ten"


def test_dangerous_acts_ask_anew_after_a_quarter_of_an_hour_and_a_stolen_cookie_is_refused(ana, app, travel):
    browser = Browser()
    browser.send("GET", "/api/desk/boot")
    browser.send("POST", "/api/desk/session", SIGN_IN)
    assert browser.send("POST", "/api/v1/profile/mfa").status_code == 200
    travel(minutes=16)
    refused = browser.send("POST", "/api/v1/profile/mfa")
    assert (refused.status_code, refused.json()["code"]) == (403, "proof_needed")
    assert browser.send("GET", "/api/desk/security/proof").json() == {
        "ways": ["password"],
        "providers": [],
    }
    assert browser.send("POST", "/api/desk/security/proof", {"password": "Nope-1"}).status_code == 422
    assert events("user.step_up_failed") == [{"user_id": ana.pk}]
    assert browser.send("POST", "/api/desk/security/proof", {"password": PASSWORD}).status_code == 200
    assert browser.send("POST", "/api/v1/profile/mfa").status_code == 200
    assert events("user.step_up_passed") == [{"user_id": ana.pk, "how": "password"}]
    mine = app(ana)
    travel(minutes=16)
    for act in (
        ("DELETE", "/api/desk/security/authenticator"),
        ("POST", "/api/desk/security/recovery-codes"),
    ):
        assert browser.send(*act).status_code == 403
    assert browser.send("POST", "/api/desk/security/proof", {"password": PASSWORD}).status_code == 422
    given = {"backup_code": mine.recovery_codes[0]}
    assert browser.send("POST", "/api/desk/security/proof", given).status_code == 200
    assert browser.send("DELETE", "/api/desk/security/authenticator").status_code == 200


def test_the_operator_lets_someone_in_again(ana, api, app):
    app(ana)
    unlock(ana)
    assert api().post("/auth/sign_in", SIGN_IN).status_code == 200
    assert events("user.unlocked") == [{"user_id": ana.pk}]
