"""Script No. 2 as data, and the pure rules of leading it: what is due now, and what comes next."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from candor.common.llm import Fact, Language
from candor.disclosure.claims import Proof

PartnerRole = Literal["curious", "methodical", "cautious"]
ReactionKind = Literal["question", "worked_example", "encouragement"]
Medium = Literal["voice", "photo", "video", "document"]

MAX_REMINDERS = 2
"""Per task. After the last one the operator sees the group as stuck; nobody writes again."""
REMIND_AFTER = (timedelta(hours=24), timedelta(hours=72))
QUIET_FROM, QUIET_TO = time(21, 0), time(9, 0)
"""No lesson, reaction or reminder starts in these hours of the client's day."""
REACTION_GAP = timedelta(seconds=40)
"""Between a task and a partner's reaction, and between two reactions: one speaker at a time."""
BARE_QUESTION_WORDS = 4
"""A question of fewer words is never an answer to a task, whatever its language."""
_OWN_WORDS: dict[Language, re.Pattern[str]] = {
    "ru": re.compile(r"[а-яё]{2,}"),
    "en": re.compile(
        r"\b(?:the|is|are|do|does|did|can|could|how|what|why|when|which|where|who|should|i|my|it|and)\b"
    ),
}
"""Enough of the group's language to call a question asked in it: foreign words are quoted in one."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """One thing a partner says after a task, written by the script's author."""

    partner: str
    """The partner's role; a role that no partner of the group has stays silent."""
    kind: ReactionKind
    text: str
    """Empty: the engine writes it, and without a model the partner stays silent."""


@dataclass(frozen=True, slots=True)
class DoneRule:
    """When a message hands a task in. An empty rule takes any answer."""

    min_words: int = 0
    media: tuple[Medium, ...] = ()
    """These media hand it in, whatever the caption."""
    text: str = ""
    """The rule in the author's words, for the client and the operator."""


@dataclass(frozen=True, slots=True)
class LessonStep:
    """A step of the education script with its templates rendered for this client."""

    key: str
    say: str
    task: str = ""
    reactions: tuple[Reaction, ...] = ()
    done_when: DoneRule = DoneRule()
    send_at: str = ""
    """`HH:MM` in the client's zone, `+1d 10:00` for days after the step before; empty: at once."""
    next: str | None = None

    @property
    def waits_for_answer(self) -> bool:
        """A step without a task is a story: the next one follows by its own time."""
        return bool(self.task)


@dataclass(frozen=True, slots=True)
class LessonScript:
    """A version of an education script."""

    key: str
    version: int
    script_id: int
    title: str
    language: Language
    steps: tuple[LessonStep, ...]
    facts: tuple[Fact, ...] = ()
    knowledge: tuple[str, ...] = ()

    @property
    def proof(self) -> Proof:
        """What may be stated in this group: the facts, and the words that the author approved."""
        own = [part for step in self.steps for part in (step.say, step.task) if part]
        return Proof(
            facts=tuple(fact.text for fact in self.facts), approved=(*own, *self.knowledge)
        )

    def step(self, key: str | None) -> LessonStep | None:
        """The step of that key; None when it is gone in this version."""
        return next((step for step in self.steps if step.key == key), None)

    def after(self, key: str | None) -> LessonStep | None:
        """The step to lead next: the first for None, None after the last."""
        if key is None:
            return self.steps[0] if self.steps else None
        keys = [step.key for step in self.steps]
        current = self.step(key)
        if current is None:
            return self.steps[0] if self.steps else None
        if current.next:
            return self.step(current.next)
        position = keys.index(key) + 1
        return self.steps[position] if position < len(self.steps) else None

    def before(self, key: str) -> str | None:
        """A step after which this one is led; None for the first."""
        if self.steps and self.steps[0].key == key:
            return None
        ways = (step.key for step in self.steps if (n := self.after(step.key)) and n.key == key)
        return next(ways, None)


_VOICE_KINDS = frozenset({"voice", "audio", "video_note"})
_FILE_KINDS = frozenset({"photo", "video", "document", *_VOICE_KINDS})


def is_submission(step: LessonStep, *, kind: str, text: str) -> bool:
    """Whether a client's message hands this step's task in. Says received or not, never how good."""
    if not step.waits_for_answer:
        return False
    rule = step.done_when
    if kind in rule.media or ("voice" in rule.media and kind in _VOICE_KINDS):
        return True
    if rule.media and not rule.min_words:
        return False
    if kind in _FILE_KINDS:
        return not rule.media
    return len(text.split()) >= max(1, rule.min_words)


def is_only_question(step: LessonStep, text: str, *, language: Language) -> bool:
    """Whether a text that ends with a question mark asks us something and hands nothing in.

    An exercise may end with a question too ("A soup, please. How much is it?"): sentences in another
    language than the group's, or enough words before the question, are an answer to the task.
    """
    if not text.strip().endswith("?"):
        return False
    enough = max(step.done_when.min_words, BARE_QUESTION_WORDS)
    sentences = re.split(r"(?<=[.!?…])\s+", text.strip())
    if len(sentences) > 1 and len(text.split()) >= enough and not _is_in(language, text):
        return False
    told = sum(len(part.split()) for part in sentences if not part.endswith("?"))
    return told < enough


def due_time(send_at: str, *, since: datetime, zone: str) -> datetime:
    """When a step with this `send_at` is due, counted from `since` (aware UTC), as aware UTC.

    Empty means at once, but never inside the client's quiet hours. Raises ValueError for a text that
    is neither empty nor `HH:MM` nor `+Nd HH:MM`.
    """
    local = since.astimezone(ZoneInfo(zone))
    if not send_at.strip():
        return after_quiet_hours(since, zone=zone)
    days, clock = _parsed(send_at)
    due = local.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)
    due += timedelta(days=days)
    if due < local:
        due += timedelta(days=1)
    return due.astimezone(UTC)


def after_quiet_hours(moment: datetime, *, zone: str) -> datetime:
    """`moment` itself, or the end of the client's quiet hours when it falls into them."""
    local = moment.astimezone(ZoneInfo(zone))
    if QUIET_TO <= local.time() < QUIET_FROM:
        return moment
    morning = local.replace(hour=QUIET_TO.hour, minute=QUIET_TO.minute, second=0, microsecond=0)
    if morning <= local:
        morning += timedelta(days=1)
    return morning.astimezone(UTC)


def next_reminder(*, task_sent_at: datetime, reminders_sent: int) -> datetime | None:
    """When to remind of an open task; None when the ceiling is reached."""
    if reminders_sent >= MAX_REMINDERS:
        return None
    return task_sent_at + REMIND_AFTER[reminders_sent]


def _is_in(language: Language, text: str) -> bool:
    return len(_OWN_WORDS[language].findall(text.lower())) > 1


def _parsed(send_at: str) -> tuple[int, time]:
    parts = send_at.split()
    days = 0
    if len(parts) == 2 and parts[0].startswith("+") and parts[0].endswith("d"):
        days = int(parts[0][1:-1])
    elif len(parts) != 1:
        raise ValueError(f"{send_at!r} is no sending time; write 10:00 or +1d 10:00")
    return days, time.fromisoformat(parts[-1])
