"""Dry runs: a script answered as in production, with the dialogue kept in memory.

The same `AnswerWriter` reads, chooses, writes and checks; only the storing is left out. No client is
touched, nothing is sent, no group is opened.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from candor.clients.profile import ClientProfile
from candor.common.clock import Clock
from candor.common.errors import FieldError, InvalidInputError
from candor.common.ids import (
    AccountId,
    ChatRowId,
    ClientId,
    ConversationId,
    MessageRowId,
    ScriptId,
    TelegramChatId,
    TelegramUserId,
)
from candor.common.llm import Strategy
from candor.disclosure.labels import LabelKind, compose
from candor.messaging.conversation import Conversation, ConversationMessage
from candor.messaging.reading import Turn
from candor.messaging.texts import notice
from candor.sales.answer import Answer
from candor.sales.answering import AnswerWriter
from candor.sales.document import Expectation, ScriptDocument, ScriptTest
from candor.sales.script_records import Script
from candor.sales.stepping import Position
from candor.sales.triggers import ENDING, why_silent

MODEL_RUNS: Final = 3
"""How often a test runs with a model, whose answers differ; more than half must pass."""
MAX_MESSAGES: Final = 50
MAX_TEXT: Final = 4_096
_LENGTHS: Final = f"Each message must hold between 1 and {MAX_TEXT} characters."
_NUMBER: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True)
class RehearsedReply:
    """What one message would lead to."""

    message: str
    text: str
    """The answer as the client would read it, label included."""
    stage: str | None
    strategy: Strategy
    script_fit_score: float
    trigger: str | None
    action: str | None
    """`open_group`, `hand_off`, ...: what would be done, and is not."""
    reasons: tuple[str, ...]
    is_calibrated: bool
    source: str
    """Who wrote it: `model`, `script`, `knowledge` or `code`."""
    answer: str
    """The answer without its label."""
    silent: Mapping[str, str]
    """Why each trigger that was not acted on was not."""


@dataclass(frozen=True, slots=True)
class Miss:
    """One expectation of a test that was not met."""

    message: str
    """The client's sentence after which it failed; "" when the test could not go on."""
    field: str
    expected: str
    found: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """`misses` and `replies` are those of the last run that failed, of the last one if none did."""

    name: str
    misses: tuple[Miss, ...]
    replies: tuple[RehearsedReply, ...]
    passes: int
    needed: int = 1
    runs: int = 1

    @property
    def passed(self) -> bool:
        return self.passes >= self.needed


class Rehearsal:
    """Tries scripts out: free messages (`try_messages`) or the tests in the script (`run_tests`)."""

    def __init__(self, *, writer: AnswerWriter, clock: Clock, business: str) -> None:
        self._writer = writer
        self._clock = clock
        self._business = business

    async def try_messages(
        self,
        script: Script,
        messages: Sequence[str],
        *,
        first_name: str = "",
        diagnosis: Mapping[str, object] | None = None,
    ) -> tuple[RehearsedReply, ...]:
        """One reply per message. After a hand-off or a closing the AI would keep silent, so the run
        ends there. `diagnosis`: what a questionnaire has told of the invented client.
        Raises InvalidInputError for no messages, too many or empty ones."""
        _check(messages)
        known = diagnosis_of(diagnosis or {})
        answered = (str(known["questionnaire"]),) if known.get("questionnaire") else ()
        scene = _Stage(script, self._clock, first_name=first_name)
        replies: list[RehearsedReply] = []
        for message in messages:
            turn, stage = scene.hear(message), scene.position.stage
            answer = await self._writer.answer(
                turn, script, scene.position, diagnosis=known, answered=answered
            )
            reply = self._reply(message, answer, is_first=not replies)
            replies.append(replace(reply, silent=_silences(script, answer, stage, message)))
            scene.say(answer)
            if answer.plan is not None and answer.plan.action in ENDING:
                break
        return tuple(replies)

    async def run_tests(
        self, script: Script, *, runs: int = 1, needed: int = 1
    ) -> tuple[CaseOutcome, ...]:
        """Every test of the script, each `runs` times; it passes when `needed` of them do. The offline
        engine answers the same every time; a model does not."""
        tests = script.document.tests
        return tuple(
            [await self.run_test(script, test, runs=runs, needed=needed) for test in tests]
        )

    async def run_test(
        self, script: Script, test: ScriptTest, *, runs: int = 1, needed: int = 1
    ) -> CaseOutcome:
        found = await asyncio.gather(*(self._run_once(script, test) for _ in range(runs)))
        failed = [run for run in found if run[0]]
        misses, replies = (failed or found)[-1]
        return CaseOutcome(test.name, misses, replies, len(found) - len(failed), needed, runs)

    async def _run_once(
        self, script: Script, test: ScriptTest
    ) -> tuple[tuple[Miss, ...], tuple[RehearsedReply, ...]]:
        replies = await self.try_messages(script, test.says, diagnosis=test.diagnosis)
        misses: list[Miss] = []
        for place, expected in enumerate(test.expects):
            if place >= len(replies):
                misses.append(
                    Miss(test.says[place], "reply", "an answer", "the dialogue had ended")
                )
                break
            misses += _misses(expected, replies[place])
        return tuple(misses), replies

    def _reply(self, message: str, answer: Answer, *, is_first: bool) -> RehearsedReply:
        kind = LabelKind.FIRST_CONTACT if is_first else None
        words = answer.text or notice("person_called", answer.language, business=self._business)
        shown = compose(words, kind, business=self._business, language=answer.language).text
        return RehearsedReply(
            message=message,
            text=shown,
            stage=answer.position.stage,
            strategy=answer.strategy,
            script_fit_score=answer.score,
            trigger=answer.trigger,
            action=answer.plan.action if answer.plan else None,
            reasons=(*answer.analysis.reasons, *answer.reasons),
            is_calibrated=answer.analysis.is_calibrated,
            source=answer.provenance.written_by,
            answer=words,
            silent={},
        )


def diagnosis_of(told: Mapping[str, object]) -> dict[str, object]:
    """As a questionnaire's result is stored: what reads as a number is one, so that a condition can
    compare it; the labels are words."""
    return {name: value if name == "labels" else _stored(value) for name, value in told.items()}


def _stored(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(name): _stored(inner) for name, inner in value.items()}
    found = _NUMBER.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return value
    return float(found[0]) if "." in found[0] else int(found[0])


def script_for_rehearsal(document: ScriptDocument, *, clock: Clock) -> Script:
    """A document that is not saved (yet), as the rehearsal takes it."""
    return Script(ScriptId(0), 0, clock.now(), document)


class _Stage:
    """A dialogue in memory, with an invented client."""

    def __init__(self, script: Script, clock: Clock, *, first_name: str) -> None:
        now = clock.now()
        self._clock = clock
        self._script = script
        self._history: list[ConversationMessage] = []
        self._pending: ConversationMessage | None = None
        self._summary = ""
        self.position = Position()
        self._client = ClientProfile(
            id=ClientId(0),
            telegram_user_id=TelegramUserId(0),
            first_name=first_name,
            last_name="",
            username=None,
            language=script.document.language,
            created_at=now,
            last_seen_at=now,
        )
        self._conversation = Conversation(
            id=ConversationId(0),
            client_id=ClientId(0),
            account_id=AccountId(0),
            chat=ChatRowId(0),
            chat_id=TelegramChatId(0),
            handling="ai",
            created_at=now,
            script_id=script.id,
            script_version=script.version,
        )

    def hear(self, text: str) -> Turn:
        self._pending = self._message("in", text)
        conversation = replace(
            self._conversation,
            stage=self.position.stage,
            return_stage=self.position.return_stage,
            summary=self._summary,
        )
        return Turn(conversation, self._client, (self._pending,), tuple(self._history[-24:]))

    def say(self, answer: Answer) -> None:
        if self._pending is not None:
            self._history.append(replace(self._pending, analysis=answer.analysis_data()))
        self.position = answer.position
        self._summary = answer.summary if answer.summary is not None else self._summary
        if answer.text:
            spoken = self._message("out", answer.text)
            self._history.append(
                replace(spoken, stage=answer.position.stage, strategy=answer.strategy)
            )

    def _message(self, direction: str, text: str) -> ConversationMessage:
        number = len(self._history) + 1
        return ConversationMessage(
            id=MessageRowId(number),
            conversation_id=ConversationId(0),
            direction="in" if direction == "in" else "out",
            author="client" if direction == "in" else "ai",
            text=text,
            kind="text",
            created_at=self._clock.now() + timedelta(seconds=number),
        )


def _check(messages: Sequence[str]) -> None:
    if not messages:
        raise _refused("messages", "Give at least one message to try the script with.")
    if len(messages) > MAX_MESSAGES:
        raise _refused("messages", f"{MAX_MESSAGES} messages are the most for one try.")
    wrong = [
        FieldError(f"messages.{place}", _LENGTHS)
        for place, message in enumerate(messages)
        if not message.strip() or len(message) > MAX_TEXT
    ]
    if wrong:
        raise InvalidInputError(_LENGTHS, errors=tuple(wrong))


def _refused(path: str, told: str) -> InvalidInputError:
    return InvalidInputError(told, errors=(FieldError(path, told),))


def _misses(expected: Expectation, reply: RehearsedReply) -> list[Miss]:
    wanted = expected.model_dump(exclude_none=True)
    found = {
        "stage": reply.stage,
        "trigger": reply.trigger,
        "strategy": reply.strategy,
        "contains": reply.answer,
        "score_above": reply.script_fit_score,
        "score_below": reply.script_fit_score,
    }
    return [
        Miss(reply.message, name, str(value), str(found[name]), _why(name, str(value), reply))
        for name, value in wanted.items()
        if not _is_met(name, value, found[name])
    ]


def _why(field: str, wanted: str, reply: RehearsedReply) -> tuple[str, ...]:
    """What led to the answer; of a trigger also why it stayed silent."""
    silence = reply.silent.get(wanted) if field == "trigger" else None
    return (f"Trigger {wanted} is silent: {silence}.", *reply.reasons) if silence else reply.reasons


def _silences(script: Script, answer: Answer, stage: str | None, message: str) -> Mapping[str, str]:
    """`stage`: where the dialogue stood when the message came."""
    document = script.document
    others = [item.key for item in document.triggers if item.key != answer.trigger]
    if answer.provenance.written_by == "code" and not answer.analysis.silent:
        return dict.fromkeys(others, "code answered before the script was read")
    found = {key: why_silent(document, key, answer.analysis, stage, message) for key in others}
    cause = answer.plan.cause if answer.plan is not None else "something else"
    return {key: why or f"{cause} comes before it" for key, why in found.items()}


def _is_met(name: str, wanted: object, found: object) -> bool:
    if name == "contains":
        return str(wanted).casefold() in str(found).casefold()
    if name == "score_above":
        return isinstance(found, float) and isinstance(wanted, float) and found > wanted
    if name == "score_below":
        return isinstance(found, float) and isinstance(wanted, float) and found < wanted
    return wanted == found
