"""What happened at Alameda in the last ninety days, before any row is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from ventanilla.config.demo import slots
from ventanilla.config.demo.dialogues import Dialogue, Line, dialogues
from ventanilla.config.demo.people import AGENTS, LINES, Person

DAYS = 90
ZONE = ZoneInfo("Europe/Madrid")
_HOURS = (
    1,
    0,
    0,
    0,
    0,
    0,
    1,
    2,
    5,
    9,
    11,
    12,
    10,
    7,
    5,
    6,
    9,
    11,
    10,
    8,
    6,
    4,
    3,
    2,
)  # how busy each hour is
_WEEKDAYS = (10, 9, 9, 9, 8, 4, 3)
_FRESH = timedelta(days=6)
_RECENT = timedelta(days=21)
_JUST_NOW = 0.025  # of all conversations began in the last hours, whatever the hour: a desk in use
ADMINISTRATOR = 0


@dataclass
class Said:
    """One message: `kind` is c, a, n, greeting or an activity's name; `agent` an index of AGENTS."""

    kind: str
    text: str
    at: datetime
    agent: int | None = None
    file: str = ""
    mentions: int | None = None
    variables: dict[str, str] = field(default_factory=dict)


@dataclass
class Talk:
    """One conversation as it stands today."""

    line: int
    person: int
    through_app: bool
    started_at: datetime
    messages: list[Said]
    labels: list[str]
    order: str
    status: str = "open"
    close_reason: str = ""
    snoozed_until: datetime | None = None
    priority: str = ""
    assignee: int | None = None
    seen_at: datetime | None = None
    contact_seen_at: datetime | None = None


def plan(people: list[Person], *, count: int, today: datetime, random: Random) -> list[Talk]:
    """`count` conversations, oldest first."""
    starts = sorted(_moment(today, random) for _ in range(count))
    writers = _writers(len(people), count, random)
    return [_talk(start, writers[i], people, today, random) for i, start in enumerate(starts)]


def _writers(people: int, count: int, random: Random) -> list[int]:
    """Who began each conversation: everyone at least one, most few, some many."""
    eager = [random.paretovariate(1.6) for _ in range(people)]
    writers = [*range(people), *random.choices(range(people), weights=eager, k=count - people)]
    random.shuffle(writers)
    return writers


def _moment(today: datetime, random: Random) -> datetime:
    """A moment of the last ninety days, in the hours and days people write, and a little more often of late."""
    if random.random() < _JUST_NOW:
        return today - timedelta(minutes=6 + min(random.expovariate(1 / 300), 2400))
    while True:
        back = DAYS * random.random() ** 1.15
        day = (today - timedelta(days=back)).astimezone(ZONE)
        if random.random() * max(_WEEKDAYS) > _WEEKDAYS[day.weekday()]:
            continue
        hour = random.choices(range(24), weights=_HOURS)[0]
        moment = day.replace(
            hour=hour, minute=random.randrange(60), second=random.randrange(60), microsecond=0
        )
        if today - timedelta(days=DAYS) < moment < today - timedelta(minutes=4):
            return moment.astimezone(UTC)


def _talk(start: datetime, person: int, people: list[Person], today: datetime, random: Random) -> Talk:
    line = random.choices(range(len(LINES)), weights=[row.weight for row in LINES])[0]
    known = dialogues(LINES[line].key)
    dialogue = random.choices(known, weights=[1 if row.is_ignored else 3 for row in known])[0]
    agent = _agent_for(line, random, is_fresh=today - start < _FRESH)
    colleague = random.choice([i for i in range(len(AGENTS)) if i != agent])
    words = slots.words(
        people[person],
        agent=AGENTS[agent].name,
        colleague=f"{{mention:{colleague}}}",
        at=start,
        random=random,
    )
    through_app = line == 0 and random.random() < 0.2
    talk = Talk(line, person, through_app, start, [], list(dialogue.labels), words["pedido"])
    talk.status = _status(today - start, dialogue, random)
    said = _cut(dialogue.play(random), talk, dialogue, random)
    _speak(talk, said, words, agent, colleague, today, random)
    _mark(talk, dialogue, agent, random)
    _end(talk, agent, today, random)
    return talk


def _agent_for(line: int, random: Random, *, is_fresh: bool) -> int:
    """The administrator helps out of late, so that whoever looks around first finds work of their own."""
    able = [i for i, agent in enumerate(AGENTS) if LINES[line].key in agent.lines]
    hers = 4 if is_fresh else 1
    return random.choices(able, weights=[hers if i == ADMINISTRATOR else 3 for i in able])[0]


def _status(age: timedelta, dialogue: Dialogue, random: Random) -> str:
    if dialogue.is_ignored and age > timedelta(days=1):
        return "resolved"
    states = ("resolved", "open", "pending", "snoozed")
    weights = (22, 62, 8, 8) if age < _FRESH else (81, 11, 3, 5) if age < _RECENT else (97.2, 0.5, 0.7, 1.6)
    return random.choices(states, weights=weights)[0]


def _cut(
    said: list[tuple[Line, str]], talk: Talk, dialogue: Dialogue, random: Random
) -> list[tuple[Line, str]]:
    """An unfinished conversation stops in the middle, more often where the customer waits."""
    if talk.status == "resolved" or dialogue.is_ignored:
        return said
    if talk.status == "open" and random.random() < 0.25:
        return said[:1]  # just arrived, no one has answered
    waits = [i for i, (line, _) in enumerate(said) if line.who == "c"]
    answered = [i for i, (line, _) in enumerate(said) if line.who == "a"]
    places = waits if talk.status == "open" and random.random() < 0.6 else answered
    return said[: random.choice(places or waits) + 1]


def _speak(
    talk: Talk,
    said: list[tuple[Line, str]],
    words: dict[str, str],
    agent: int,
    colleague: int,
    today: datetime,
    random: Random,
) -> None:
    at = talk.started_at
    for number, (line, way) in enumerate(said):
        if number:
            at += timedelta(seconds=_pause(line.who, is_first_answer=talk.assignee is None, random=random))
        if at >= today - timedelta(seconds=30):
            break
        if line.who == "a" and talk.assignee is None:
            _assign(talk, agent, at - timedelta(seconds=random.randint(5, 90)), random)
        text = way.format_map(words)
        mentions = colleague if "{mention:" in text else None
        who = None if line.who == "c" else agent
        talk.messages.append(Said(line.who, text, at, agent=who, file=line.file, mentions=mentions))
        if number == 0 and not talk.through_app:
            talk.messages.append(Said("greeting", LINES[talk.line].greeting, at + timedelta(milliseconds=40)))


def _pause(who: str, *, is_first_answer: bool, random: Random) -> float:
    """Seconds until the next line is said."""
    if who == "a" and is_first_answer:
        return min(random.lognormvariate(5.9, 1.1), 6 * 3600) + 20
    return min(random.lognormvariate({"c": 4.9, "a": 4.6, "n": 4.2}[who], 0.9), 3 * 3600) + 8


def _assign(talk: Talk, agent: int, at: datetime, random: Random) -> None:
    at = max(at, talk.messages[-1].at + timedelta(seconds=1)) if talk.messages else at
    talk.assignee = agent
    if agent != ADMINISTRATOR and random.random() < 0.3:
        variables = {"actor": AGENTS[ADMINISTRATOR].name, "assignee": AGENTS[agent].name}
        talk.messages.append(Said("assigned", "", at, variables=variables))
    else:
        talk.messages.append(Said("self_assigned", "", at, variables={"actor": AGENTS[agent].name}))


def _mark(talk: Talk, dialogue: Dialogue, agent: int, random: Random) -> None:
    """Labels and priority, put on by the agent along the way; what no one has looked at has none."""
    if talk.assignee is None and not dialogue.is_ignored:
        talk.labels = []
        return
    if random.random() < 0.08:
        talk.labels.append("vip")
    last = talk.messages[-1].at
    actor = AGENTS[agent].name
    if talk.labels and random.random() < 0.7:
        variables = {"actor": actor, "labels": ", ".join(talk.labels)}
        talk.messages.append(Said("labels_added", "", last + timedelta(seconds=6), variables=variables))
    if dialogue.priority and random.random() < 0.8:
        talk.priority = dialogue.priority
        variables = {"actor": actor, "new": dialogue.priority}
        talk.messages.append(Said("priority_added", "", last + timedelta(seconds=11), variables=variables))


def _end(talk: Talk, agent: int, today: datetime, random: Random) -> None:
    """Bring it to its state of today, and say who has read how far."""
    last = talk.messages[-1].at
    answered = any(message.kind == "a" for message in talk.messages)
    closed_at = last + timedelta(minutes=random.randint(2, 240) if answered else random.randint(600, 2000))
    if talk.status != "open" and closed_at >= today:
        talk.status = "open"
    if talk.status == "resolved" and not answered:
        talk.close_reason = "ignored"
    elif talk.status == "resolved":
        talk.close_reason = "archived" if random.random() < 0.04 else "resolved"
    if talk.status != "open":
        kind = "status.archived" if talk.close_reason == "archived" else f"status.{talk.status}"
        talk.messages.append(Said(kind, "", closed_at, variables={"actor": AGENTS[agent].name}))
    if talk.status == "snoozed" and random.random() < 0.75:
        morning = (today + timedelta(days=random.randint(1, 9))).astimezone(ZONE)
        talk.snoozed_until = morning.replace(hour=9, minute=0, second=0, microsecond=0).astimezone(UTC)
    waiting = next((m for m in reversed(talk.messages) if m.kind in "ca"), talk.messages[-1]).kind == "c"
    unread = talk.status == "open" and waiting and random.random() < 0.65
    talk.seen_at = _before_last_incoming(talk) if unread else talk.messages[-1].at + timedelta(seconds=20)
    if not waiting and random.random() < 0.85:
        talk.contact_seen_at = last + timedelta(seconds=random.randint(5, 900))
        talk.contact_seen_at = min(talk.contact_seen_at, today)


def _before_last_incoming(talk: Talk) -> datetime | None:
    """The moment of the last thing an agent did, or never."""
    done = [message.at for message in talk.messages if message.kind in "an"]
    return done[-1] if done else None
