"""Where in the script a dialogue is and where it goes next. Pure.

`stage` is the step whose words were said last. A fitting reply moves along the step's `next`; a
`go_to` trigger or an answer to another step's question jumps, and the dialogue returns to the step
it left with the next fitting reply.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from candor.common.llm import Intent, MessageAnalysis, Strategy
from candor.sales.document import NextRule, Policy, ScriptDocument, ScriptStep
from candor.sales.stems import content_stems, is_word_for_word

WAY_PREFIX: Final = "way:"
"""Examples of a way on are read like triggers, under keys that begin so."""

KEEPS_THE_STEP: Final[frozenset[Intent]] = frozenset(get_args(Intent)) - {"agreement"}
"""Whoever asks, objects or postpones is answered first, and led back to the same step."""

_PUTS_OFF: Final[frozenset[Intent]] = frozenset({"refusal", "postponement"})

Reason = Literal[
    "first_message", "next", "way", "jump", "go_to", "return", "stay", "lead_back", "end"
]


@dataclass(frozen=True, slots=True)
class Position:
    stage: str | None = None
    return_stage: str | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """The step whose words are said now (or led back to), and the position afterwards."""

    step: ScriptStep
    position: Position
    reason: Reason


@dataclass(frozen=True, slots=True)
class Reply:
    """What stepping has to know of the client's message."""

    text: str
    analysis: MessageAnalysis
    strategy: Strategy
    conditions: Mapping[str, bool]
    """Way key (`way:STEP:0`) of each `when` condition and whether it holds."""
    passes: Mapping[str, str] = field(default_factory=dict)
    """Steps whose questionnaire the client has answered before, and the step that follows each."""


def way_key(step: str, place: int) -> str:
    return f"{WAY_PREFIX}{step}:{place}"


def position_in(
    document: ScriptDocument,
    position: Position,
    *,
    policy: Policy,
    is_other_version: bool,
    old_order: tuple[str, ...] = (),
) -> Position:
    """The position carried over to a version of the script.

    `restart` begins anew when the version is another one. A step that is gone is replaced by the
    nearest earlier one that still exists (by `old_order`, the keys of the version before).
    """
    if policy == "restart" and is_other_version:
        return Position()
    stage = _surviving(document, position.stage, old_order)
    back = position.return_stage if document.step(position.return_stage) else None
    return Position(stage, back if back != stage else None)


def next_move(
    document: ScriptDocument,
    position: Position,
    reply: Reply,
    *,
    said: Collection[str] = (),
) -> Move:
    """Where a client's message leads. `said`: stages whose words this dialogue has heard."""
    here = document.step(position.stage)
    if here is None:
        first = document.step(passed(document.steps[0].key, reply.passes)) or document.steps[0]
        return Move(first, Position(first.key), "first_message")
    if reply.strategy == "free_20":
        return _aside(document, here, position, reply, said)
    if _puts_off(here, reply):
        return Move(here, position, "lead_back")
    return _along(document, here, position, reply, said)


def _aside(
    document: ScriptDocument,
    here: ScriptStep,
    position: Position,
    reply: Reply,
    said: Collection[str],
) -> Move:
    """What fits no expected reply: it may answer another step, or is answered and led back from."""
    jumped = _answered_elsewhere(document, here, position, reply)
    if jumped is not None and jumped.key == position.return_stage:
        return _along(document, jumped, Position(jumped.key), reply, said)
    if jumped is not None:
        return _jump(document, here, jumped, position, reply, said)
    if _can_not_be_judged(here, reply):
        return _along(document, here, position, reply, said)
    return Move(here, position, "lead_back")


def led_move(
    document: ScriptDocument, position: Position, reply: Reply, *, said: Collection[str] = ()
) -> Move:
    """Where the end of a questionnaire leads: on from the step that asked, else back to the step at
    which the client was."""
    here = document.step(position.stage)
    if here is None:
        return next_move(document, position, reply, said=said)
    if here.questionnaire is None:
        return Move(here, position, "stay")
    return _along(document, here, position, reply, said)


def passed(key: str, passes: Mapping[str, str]) -> str:
    """The step, or the first behind it whose questionnaire is still to be asked."""
    seen: set[str] = set()
    while key in passes and key not in seen:
        seen.add(key)
        key = passes[key]
    return key


def _puts_off(here: ScriptStep, reply: Reply) -> bool:
    """A sure no or "later" that the author expected nowhere: however well it fits, nobody is sold to on it."""
    analysis = reply.analysis
    sure = set(analysis.intents) - set(analysis.open_intents)
    if not _PUTS_OFF & sure or "agreement" in analysis.intents:
        return False
    way = _way_on(here, reply)
    is_expected = way is not None and not way.is_default
    return not is_expected and not is_word_for_word(reply.text, here.fits)


def _can_not_be_judged(here: ScriptStep, reply: Reply) -> bool:
    """The script gives too few examples to tell what fits, and the client asks and refuses nothing:
    staying would repeat one step forever, so the way declared as `default` is taken."""
    analysis = reply.analysis
    may_object = set(analysis.open_intents) - {"agreement"}
    is_objecting = bool(may_object or KEEPS_THE_STEP & set(analysis.intents))
    has_default = any(rule.is_default for rule in here.next)
    return has_default and not analysis.is_calibrated and not is_objecting


def go_to(document: ScriptDocument, position: Position, step: str) -> Move | None:
    """A trigger's jump: the dialogue comes back to where it was, also after several jumps."""
    target = document.step(step)
    if target is None:
        return None
    back = position.return_stage or position.stage or document.steps[0].key
    return Move(target, Position(step, back if back != step else None), "go_to")


def _along(
    document: ScriptDocument,
    here: ScriptStep,
    position: Position,
    reply: Reply,
    said: Collection[str],
) -> Move:
    chosen = _way_on(here, reply)
    if chosen is not None and not chosen.is_default:
        return _arrive(document, passed(chosen.to, reply.passes), None, "way", here)
    back = document.step(position.return_stage)
    if back is not None:
        return Move(back, Position(back.key), "return")
    if chosen is None:
        return Move(here, Position(here.key), "end")
    answered = _answered_besides(document, here, chosen.to, reply.text)
    target = _first_unsaid(document, passed(chosen.to, reply.passes), {*said, *answered})
    return _arrive(document, passed(target, reply.passes), None, "next", here)


def _arrive(
    document: ScriptDocument, key: str, back: str | None, reason: Reason, here: ScriptStep
) -> Move:
    target = document.step(key) or here
    return Move(target, Position(target.key, back), reason)


def _way_on(here: ScriptStep, reply: Reply) -> NextRule | None:
    """The first rule that holds; examples hold when the reading found them."""
    for place, rule in enumerate(here.next):
        key = way_key(here.key, place)
        if rule.is_default:
            return rule
        if rule.fits and key in reply.analysis.triggers:
            return rule
        if rule.when and reply.conditions.get(key, False):
            return rule
    return None


def _first_unsaid(document: ScriptDocument, key: str, said: Collection[str]) -> str:
    """Along default ways past steps whose words were said already; the last one if all were."""
    seen: set[str] = set()
    current = key
    while current in said and current not in seen:
        seen.add(current)
        step = document.step(current)
        default = next((rule for rule in step.next if rule.is_default), None) if step else None
        if default is None:
            return key
        current = default.to
    return current if current not in seen else key


def _jump(
    document: ScriptDocument,
    here: ScriptStep,
    answered: ScriptStep,
    position: Position,
    reply: Reply,
    said: Collection[str],
) -> Move:
    """The client answered a question that comes later: go on behind it, come back to this one."""
    chosen = _way_on(answered, reply)
    target = _first_unsaid(document, chosen.to, {*said, answered.key}) if chosen else answered.key
    if target == here.key:
        return Move(here, position, "lead_back")
    back = position.return_stage or here.key
    return _arrive(document, target, back if back != target else None, "jump", here)


def _answered_elsewhere(
    document: ScriptDocument, here: ScriptStep, position: Position, reply: Reply
) -> ScriptStep | None:
    """The other step that the message answers: similarity plus a second witness, or a model.

    Similarity alone chooses wrongly in a quarter of cases, so a word of that step's examples which
    this step's examples lack must be in the message too.
    """
    analysis = reply.analysis
    other = document.step(analysis.step)
    if other is None or other.key == here.key or "question" in analysis.intents:
        return None
    if other.key != position.return_stage and not _lies_ahead(document, here, other.key):
        return None
    if analysis.source == "model" and analysis.is_sure:
        return other
    telling = content_stems(other.fits) - content_stems(here.fits)
    return other if content_stems((reply.text,)) & telling else None


def _answered_besides(
    document: ScriptDocument, here: ScriptStep, key: str, text: str
) -> frozenset[str]:
    """Following steps whose questions the same message answers in so many words ("for work, I am a
    beginner, evenings"): a part that is one of their examples as it stands, or two words and most of one,
    none of them expected here."""
    said = content_stems((text,)) - content_stems(here.fits)
    parts = [part for part in _PARTS.split(text) if not is_word_for_word(part, here.fits)]
    answered: set[str] = set()
    step = document.step(key)
    while step is not None and step.key not in answered and _is_answered(step, said, parts):
        answered.add(step.key)
        default = next((rule for rule in step.next if rule.is_default), None)
        step = document.step(default.to) if default else None
    return frozenset(answered)


_PARTS: Final = re.compile(r"[,;.\n]+")


def _is_answered(step: ScriptStep, said: set[str], parts: Sequence[str]) -> bool:
    if len(parts) > 1 and any(is_word_for_word(part, step.fits) for part in parts):
        return True
    for example in step.fits:
        stems = content_stems((example,))
        common = stems & said
        if len(common) >= 2 and len(common) * 3 >= len(stems) * 2:
            return True
    return False


def _lies_ahead(document: ScriptDocument, here: ScriptStep, key: str) -> bool:
    waiting = [rule.to for rule in here.next]
    seen: set[str] = set()
    while waiting:
        current = waiting.pop()
        if current == key:
            return True
        step = document.step(current)
        if step is not None and current not in seen:
            seen.add(current)
            waiting += [rule.to for rule in step.next]
    return False


def _surviving(
    document: ScriptDocument, stage: str | None, old_order: tuple[str, ...]
) -> str | None:
    if stage is None or document.step(stage) is not None:
        return stage
    earlier = old_order[: old_order.index(stage)] if stage in old_order else ()
    return next((key for key in reversed(earlier) if document.step(key) is not None), None)
