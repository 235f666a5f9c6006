"""What authors keep beside the published versions: unfinished texts, and corrections from dialogues.

A draft is one person's and may be full of mistakes. A correction says what an answer of the AI
should have been; the author of the script makes a test case of it.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NewType, Protocol

from candor.clients.profile import ClientProfile
from candor.common.clock import Clock
from candor.common.errors import FieldError, InvalidInputError, NotFoundError
from candor.common.ids import ConversationId, MessageRowId, OperatorId, ScriptId
from candor.messaging.conversation import ConversationMessage
from candor.messaging.ports import ConversationRepository
from candor.sales.anonymous import without_names, without_person
from candor.sales.source import MAX_BYTES

CorrectionId = NewType("CorrectionId", int)
NEW_SCRIPT = ScriptId(0)
"""Drafts of a script that was never saved are kept under this."""
MOST_TURNS = 50
MAX_TEXT = 4000


@dataclass(frozen=True, slots=True)
class ScriptDraft:
    operator_id: OperatorId
    script_id: ScriptId
    base_version: int
    """The version that it began from; 0 for a new script."""
    source: str
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the answer should have shown; at least one of them."""

    stage: str = ""
    trigger: str = ""
    contains: str = ""

    def as_data(self) -> dict[str, str]:
        known = {"stage": self.stage, "trigger": self.trigger, "contains": self.contains}
        return {name: value.strip() for name, value in known.items() if value.strip()}


@dataclass(frozen=True, slots=True)
class Correction:
    id: CorrectionId
    conversation_id: ConversationId
    message: MessageRowId
    script_id: ScriptId
    author: str
    said: tuple[tuple[str, str], ...]
    """What the client had said up to that answer, turn by turn, each with the step that answered;
    names, addresses and numbers of the client are left out."""
    expected: Mapping[str, str]
    better: str
    """How a person would have answered; may be empty."""
    created_at: datetime

    def worded(self, says: Sequence[str], names: Sequence[str]) -> "Correction":
        """With the client's turns in other words, without their names; see `ScriptWorkbench.take`."""
        turns = [without_person(text.strip(), names) for text in says]
        if len(turns) != len(self.said) or not all(turns):
            told = f"Word each of the {len(self.said)} messages of the client; none may be empty."
            raise InvalidInputError(told, errors=(FieldError("says", told),))
        stages = [stage for _, stage in self.said]
        return replace(self, said=tuple(zip(turns, stages, strict=True)))

    def as_case(self) -> dict[str, object]:
        """A test case of the script format."""
        return {
            "name": f"Dialogue {self.conversation_id}, answer {self.message}",
            "says": [text for text, _ in self.said],
            "expects": [*(_as_it_was(stage) for _, stage in self.said[:-1]), dict(self.expected)],
        }


def _as_it_was(stage: str) -> dict[str, object]:
    """Earlier answers were right; where no step is known, any answer is."""
    return {"stage": stage} if stage else {"score_below": 1}


class Workbench(Protocol):
    """Storage for drafts and corrections."""

    async def draft(self, operator_id: OperatorId, script_id: ScriptId) -> ScriptDraft | None: ...

    async def keep_draft(self, draft: ScriptDraft) -> None: ...

    async def drop_draft(self, operator_id: OperatorId, script_id: ScriptId) -> None: ...

    async def add_correction(self, correction: Correction) -> Correction: ...

    async def open_corrections(self, script_id: ScriptId) -> tuple[Correction, ...]:
        """Oldest first, 100 at most."""
        ...

    async def correction(self, correction_id: CorrectionId) -> Correction | None:
        """Only one that is still open."""
        ...

    async def settle_correction(self, correction_id: CorrectionId, *, now: datetime) -> bool:
        """Also forgets what was said: the test case has words of its own."""
        ...


class WorkbenchUnit(Protocol):
    """The slice of a unit of work that the workbench needs."""

    @property
    def workbench(self) -> Workbench: ...

    @property
    def conversations(self) -> ConversationRepository: ...


class WorkbenchUnits(Protocol):
    def __call__(self) -> AbstractAsyncContextManager[WorkbenchUnit]: ...


class ScriptWorkbench:
    """Drafts and corrections of scripts."""

    def __init__(self, units: WorkbenchUnits, clock: Clock) -> None:
        self._units = units
        self._clock = clock

    async def draft(self, operator: OperatorId, script: ScriptId) -> ScriptDraft | None:
        async with self._units() as unit:
            return await unit.workbench.draft(operator, script)

    async def keep(
        self, operator: OperatorId, script: ScriptId, *, source: str, base_version: int
    ) -> ScriptDraft:
        """Valid or not; raises InvalidInputError when it is too large for any script."""
        if len(source.encode("utf-8", "replace")) > MAX_BYTES:
            raise InvalidInputError(f"A script has at most {MAX_BYTES} bytes.")
        draft = ScriptDraft(operator, script, base_version, source, self._clock.now())
        async with self._units() as unit:
            await unit.workbench.keep_draft(draft)
        return draft

    async def drop(self, operator: OperatorId, script: ScriptId) -> None:
        async with self._units() as unit:
            await unit.workbench.drop_draft(operator, script)

    async def correct(
        self,
        conversation_id: ConversationId,
        message: MessageRowId,
        expected: Expected,
        *,
        author: str,
        better: str = "",
    ) -> Correction:
        """Raises NotFoundError for an answer that is not the AI's, InvalidInputError for no wish."""
        wanted = expected.as_data()
        _check(wanted, better)
        async with self._units() as unit:
            found = await unit.conversations.detail(conversation_id, limit=400)
            if found is None:
                raise NotFoundError("There is no such conversation.")
            if found.conversation.script_id is None:
                raise InvalidInputError("This dialogue follows no script.")
            names = _names(found.client)
            _check_nameless(wanted, names)
            said = tuple(
                (without_person(text, names), stage)
                for text, stage in said_before(found.messages, message)
            )
            return await unit.workbench.add_correction(
                Correction(
                    CorrectionId(0),
                    conversation_id,
                    message,
                    found.conversation.script_id,
                    author,
                    said,
                    wanted,
                    without_person(better.strip(), names),
                    self._clock.now(),
                )
            )

    async def corrections(self, script: ScriptId) -> tuple[Correction, ...]:
        async with self._units() as unit:
            return await unit.workbench.open_corrections(script)

    async def take(
        self, correction_id: CorrectionId, *, of: ScriptId, says: Sequence[str] | None = None
    ) -> Correction:
        """It is settled from now on, and what the client said is forgotten here.

        `says`: the turns as a person has worded them for the test, as many as there were. Raises
        NotFoundError, InvalidInputError for another number of turns or an empty one.
        """
        async with self._units() as unit:
            found = await unit.workbench.correction(correction_id)
            if found is None or found.script_id != of:
                raise NotFoundError("There is no such correction, or somebody was faster.")
            if says is not None:
                dialogue = await unit.conversations.detail(found.conversation_id, limit=1)
                found = found.worded(says, _names(dialogue.client) if dialogue else ())
            await unit.workbench.settle_correction(correction_id, now=self._clock.now())
            return found


def _check_nameless(wanted: Mapping[str, str], names: Sequence[str]) -> None:
    words = wanted.get("contains", "")
    if without_names(words, names) != words:
        told = "Leave the client's name out of the words: the test stays when the client's data go."
        raise InvalidInputError(told, errors=(FieldError("expected", told),))


def _names(client: ClientProfile) -> tuple[str, ...]:
    return (client.first_name, client.last_name, client.username or "")


def said_before(
    messages: Sequence[ConversationMessage], answer: MessageRowId
) -> tuple[tuple[str, str], ...]:
    """The client's turns up to that answer, with the step of each one's answer.

    What came in a row is one turn. Raises NotFoundError when there is no such answer of the AI.
    """
    turns: list[tuple[str, str]] = []
    heard: list[str] = []
    for message in messages:
        if message.author == "client":
            heard.append(message.text.strip() or f"[{message.kind}]")
            continue
        if heard:
            turns.append(("\n".join(heard), message.stage or ""))
            heard = []
        if message.id == answer and message.author == "ai" and turns:
            return tuple(turns[-MOST_TURNS:])
    raise NotFoundError("There is no answer of the AI with this number.")


def _check(wanted: Mapping[str, str], better: str) -> None:
    if not wanted:
        told = "Say what the answer should have shown: a step, a trigger, or words."
        raise InvalidInputError(told, errors=(FieldError("expected", told),))
    if len(better) > MAX_TEXT or any(len(value) > 500 for value in wanted.values()):
        raise InvalidInputError(f"At most {MAX_TEXT} characters.")
