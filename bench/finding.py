"""Lists, filters, counts of folders and search on a desk of 100,000 conversations with 2,000,000 messages.

    python -m bench.finding --keep FOLDER      on SQLite; with VENTANILLA_DATABASE_URL, on that PostgreSQL database

The desk is made once, in the folder or the database, and used again the next time. Each question is answered in this
process by the view that answers it in production; no answer of a query is kept from one to the next. Beside it stand
the same answer's statements by themselves, in the same run. Times are CPU of this process and of the database's
together, since the machine may be shared: p50 and p95, p50 of the statements, and how many times as much the answer
costs; last the clock's p95. `--indexed` enters that many of the newest messages and no more, where time is short.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from bench.growth import forget_answers, noted, of_backend, run_again

CONVERSATIONS, EACH = 100_000, 20
SENTENCES, VOCABULARY = 60_000, 40_000
RARE, MIDDLE = "singularisimo", "palabramediana"
ROUNDS = 20
_API, _DESK = "/api/v1/accounts/1", "/api/desk/accounts/1"


def _condition(key: str, operator: str, *values: object, joint: str = "and") -> dict[str, Any]:
    said = {"attribute_key": key, "filter_operator": operator, "values": values, "query_operator": joint}
    return said | ({"custom_attribute_type": "conversation_attribute"} if key in {"plan", "order"} else {})


LISTS = {
    "list, open": f"{_API}/conversations?assignee_type=all&status=open",
    "list, mine": f"{_API}/conversations?assignee_type=me&status=open",
    "list, resolved": f"{_API}/conversations?assignee_type=all&status=resolved",
    "contacts": f"{_API}/contacts?sort=-last_activity_at",
}
FILTERS = {
    "filter, open in an inbox": [_condition("status", "equal_to", "open"), _condition("inbox_id", "equal_to", 3)],
    "filter, resolved with a label": [
        _condition("status", "equal_to", "resolved"), _condition("labels", "equal_to", "label-3"),
    ],
    "filter, open on a gold plan": [_condition("status", "equal_to", "open"), _condition("plan", "equal_to", "gold")],
    "filter, gold plan": [_condition("plan", "equal_to", "gold")],
    "filter, one order": [_condition("order", "equal_to", 77_777)],
    "filter, orders above": [_condition("order", "is_greater_than", 50_000)],
    "filter, not a team": [_condition("team_id", "not_equal_to", 3)],
}  # fmt: skip
WORDS = {
    "absent word": "xilofonista",
    "rare word": RARE,
    "one in a thousand": MIDDLE,
    "common word": "pedido",
    "two common words": "pedido gracias",
    "three letters": "ped",
    "misspelt": "palabramedianq",
    "phrase": '"el pedido"',
    "phone": "56911112222",
    "common, open alone": "pedido status:open",
    "common without common": "pedido -gracias",
    "common, by one contact": 'pedido from:"contact 777"',
    "operators alone": "inbox:3 status:open",
    "contact's name": "contact 777",
}
LIMITS = {"list": 25.0, "contacts": 25.0, "filter": 60.0, "folders": 60.0, "search": 120.0, "facets": 120.0}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--keep", type=Path, required=True, help="where the desk on SQLite is, and stays")
    parser.add_argument("--conversations", type=int, default=CONVERSATIONS)
    parser.add_argument("--each", type=int, default=EACH)
    parser.add_argument(
        "--indexed", type=int, help="how many of the newest messages are entered; else all are"
    )
    parser.add_argument("--only", default="", help="questions whose name begins so")
    given = parser.parse_args()
    given.keep.mkdir(parents=True, exist_ok=True)
    os.environ |= {"VENTANILLA_DATA": str(given.keep), "VENTANILLA_RATE_LIMITS": "off"}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ventanilla.config.settings")
    import django

    django.setup()
    _fill(given.conversations, given.each)
    _index(given.indexed)
    _ask_all(given.only)


# ── the desk ──────────────────────────────────────────────────────────────────────────────────────────


def _fill(conversations: int, each: int) -> None:
    from django.core.management import call_command

    from ventanilla.accounts.models import Account
    from ventanilla.kit import statistics
    from ventanilla.testing import grown

    call_command("migrate", verbosity=0)
    if Account.objects.exists():
        return
    began = time.monotonic()
    grown.fill(conversations, each=each, sentences=_sentences())
    _say_what_is_looked_for(conversations * each)
    _attributes()
    _folders()
    statistics.refresh(thoroughly=True)
    print(f"filled in {time.monotonic() - began:.0f} s")


def _sentences() -> list[str]:
    """As people write: some words in nearly every sentence, most in hardly any."""
    draw = random.Random(7)
    syllables = [c + v for c in "bcdfglmnprstvz" for v in "aeiou"]
    words = {"".join(draw.choices(syllables, k=draw.randint(2, 5))) for _ in range(VOCABULARY)}
    ordered = ["el", "pedido", "gracias", "de", "que", *sorted(words)]
    weights = [1 / (rank + 8) for rank in range(len(ordered))]
    drawn = iter(draw.choices(ordered, weights, k=SENTENCES * 11))
    return [" ".join(next(drawn) for _ in range(draw.randint(2, 11))).capitalize() for _ in range(SENTENCES)]


def _say_what_is_looked_for(messages: int) -> None:
    from ventanilla.conversations.models import Message

    Message.objects.filter(pk=messages // 3).update(content=f"un {RARE} florero, llama al +56 9 1111 2222")
    Message.objects.filter(pk__in=range(1, messages, 1000)).update(content=f"una {MIDDLE} en la mitad")


def _attributes() -> None:
    from ventanilla.accounts.models import Account
    from ventanilla.attributes.models import AttributeDefinition, AttributeModel, DisplayType

    for key, kind in (("plan", DisplayType.LIST), ("order", DisplayType.NUMBER)):
        AttributeDefinition.objects.create(
            account=Account.objects.get(), attribute_model=AttributeModel.CONVERSATION, key=key,
            display_name=key, display_type=kind, values=["gold", "silver", "basic"] if key == "plan" else [],
        )  # fmt: skip


def _folders() -> None:
    """What the agents of a desk make for themselves, each with a live count."""
    from ventanilla.accounts.models import Account, User
    from ventanilla.boards.models import CustomFilter

    for name, conditions in FILTERS.items():
        CustomFilter.objects.create(
            account=Account.objects.get(), user=User.objects.get(pk=1), name=name, query={"payload": conditions},
            filter_type=CustomFilter.Type.CONVERSATION,
        )  # fmt: skip


def _index(most: int | None) -> None:
    """Enter what is missing; with `most`, until that many messages are entered."""
    from ventanilla.kit import statistics
    from ventanilla.search import commands
    from ventanilla.search.commands import Progress
    from ventanilla.search.selectors import missing

    if not any(one.rest for one in missing()):
        return
    began, entered = time.process_time() + of_backend(), 0

    class Enough(Exception):
        pass

    def told(progress: Progress) -> None:
        nonlocal entered
        entered = progress.done if progress.document == "message" else entered
        if most is not None and entered >= most:
            raise Enough

    before = {one.document: one.rest for one in missing()}.get("message", 0)
    with suppress(Enough):
        commands.build(told)
    spent = time.process_time() + of_backend() - began
    entered = before - {one.document: one.rest for one in missing()}.get("message", 0)
    print(f"built: {entered:,} messages, {entered / spent:,.0f} a CPU-second")
    statistics.refresh(thoroughly=True)


# ── asking ────────────────────────────────────────────────────────────────────────────────────────────


def _ask_all(only: str) -> None:
    from django.db import connection
    from django.test import Client

    from ventanilla.testing import grown

    client = Client(headers={"api_access_token": grown.TOKEN, "host": "localhost"})
    questions: dict[str, Callable[[], Any]] = {
        name: partial(client.get, path) for name, path in LISTS.items()
    }
    for name, conditions in FILTERS.items():
        asked = json.dumps({"payload": conditions})
        questions[name] = partial(
            client.post, f"{_API}/conversations/filter", asked, content_type="application/json"
        )
    questions["folders' counts"] = partial(client.get, f"{_DESK}/folders/counts")
    for name, text in WORDS.items():
        questions[f"search, {name}"] = partial(client.get, f"{_DESK}/search", {"q": text})
        questions[f"facets, {name}"] = partial(client.get, f"{_DESK}/search/facets", {"q": text})
    questions["search, contacts of the contract"] = partial(
        client.get, f"{_API}/contacts/search", {"q": "act 777"}
    )
    print(f"{connection.vendor}: CPU ms p50 / p95, statements p50, ratio, clock p95")
    for name, ask in questions.items():
        if name.startswith(only):
            print(_line(name, ask), flush=True)


def _line(name: str, ask: Callable[[], Any]) -> str:
    def answer() -> None:
        forget_answers()
        reply = ask()
        if reply.status_code != 200:
            raise RuntimeError(f"{name}: {reply.status_code} {reply.content[:300]!r}")

    answer()
    with noted() as asked:
        answer()
    spent, clock = _times(answer)
    bare, _clock = _times(partial(run_again, asked))
    middle, late = spent[len(spent) // 2], spent[int(len(spent) * 0.95)]
    statements = bare[len(bare) // 2]
    limit = next(most for kind, most in LIMITS.items() if name.startswith(kind))
    missed = "  MISSED" if late > limit else ""
    return (
        f"{name:34} {middle:8.1f} / {late:8.1f}  {statements:8.1f}  {middle / statements:5.1f}"
        f"  {clock[int(len(clock) * 0.95)]:8.1f}{missed}"
    )


def _times(act: Callable[[], Any]) -> tuple[list[float], list[float]]:
    """In milliseconds, sorted: CPU of this process and the database's, and the clock."""
    act()
    spent, clock = [], []
    rounds = ROUNDS
    while len(spent) < rounds:
        began, before = time.perf_counter(), time.process_time() + of_backend()
        act()
        spent.append((time.process_time() + of_backend() - before) * 1000)
        clock.append((time.perf_counter() - began) * 1000)
        if sum(spent) > _PATIENCE_MS:
            break
    return sorted(spent), sorted(clock)


_PATIENCE_MS = 4_000  # of CPU for one question


if __name__ == "__main__":
    main()
