"""`scripts/test`: everything. One closing line `N passed, N failed` sums all runners and checks."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor

import databases
import frontends
import python_env
import steps
from places import PYTHON, ROOT, STATE
from results import Results, Tally
from say import Problem, text
from word_check import statics

# Each is driven as Debian ships it (e2e/webdriver.py); what they need, and what gives it.
OTHER_ENGINES = {
    "Firefox": (["firefox-esr"], "firefox-esr"),
    "WebKit": (["WebKitWebDriver", "Xvfb"], "webkit2gtk-driver xvfb"),
}


def main(arguments: list[str]) -> int:
    """Run every check and test; arguments are not taken, so that everyone's run is the same run."""
    del arguments
    results = Results()
    STATE.mkdir(exist_ok=True)
    for old in STATE.glob("features-*.json"):
        old.unlink()
    try:
        python_env.prepare(dev=True)
        python_env.compile_languages()
        env = frontends.build()
    except Problem as problem:
        results.add(Tally("set-up", failed=1, output=text(problem.key, **problem.values)))
        return results.close()
    results.add(Tally("set-up and builds", passed=1))
    statics(results)
    with ThreadPoolExecutor() as pool:  # two cores: types beside the front ends' own tests
        typed = pool.submit(steps.types)
        for part in frontends.here():
            for tally in steps.frontend(part, env):
                results.add(tally)
        results.add(typed.result())
    backend(results)
    browser(results)
    return results.close()


def backend(results: Results) -> None:
    """The Python tests, on SQLite and again on PostgreSQL."""
    with databases.redis() as redis_url:
        extra = {"VENTANILLA_TEST_REDIS_URL": redis_url} if redis_url else {}
        if not redis_url:
            results.skip("Redis transport", "no Redis or Valkey answers and none is installed")
        plain = {"VENTANILLA_DATABASE_URL": "", **extra}
        first = steps.pytest("pytest on SQLite", run_name="sqlite", env=plain, limit=25 * steps.MINUTE)
        results.add(steps.once_more(first, run_name="sqlite", env=plain, limit=3 * steps.MINUTE))
        with databases.postgres(PYTHON, workers=steps.WORKERS) as urls:
            if not urls:
                results.skip("pytest on PostgreSQL", "no PostgreSQL answers and none is installed")
                return
            there = {"VENTANILLA_TEST_DATABASE_URLS": " ".join(urls), **extra}
            name = "pytest on PostgreSQL"
            first = steps.pytest(
                name, run_name="postgres", env=there, limit=25 * steps.MINUTE, workers=len(urls)
            )
            results.add(steps.once_more(first, run_name="postgres", env=there, limit=3 * steps.MINUTE))


def browser(results: Results) -> None:
    """Journeys through desk, widget and backend in Chromium, and a short one in Firefox and WebKit."""
    if not any(
        map(shutil.which, (os.environ.get("VENTANILLA_CHROMIUM", "chromium"), "chromium-headless-shell"))
    ):
        results.skip("browser journeys", "no Chromium here (Debian: apt install chromium)")
        return
    for engine, (programs, package) in OTHER_ENGINES.items():
        if not all(map(shutil.which, programs)):
            results.skip(f"journeys in {engine}", f"not all is here (Debian: apt install {package})")
    env = {"VENTANILLA_DATABASE_URL": ""}
    first = steps.pytest(
        "browser journeys", str(ROOT / "e2e"), "--timeout=180",
        run_name="e2e", env=env, limit=32 * steps.MINUTE,
    )  # fmt: skip
    results.add(steps.once_more(first, run_name="e2e", env=env, limit=5 * steps.MINUTE))
