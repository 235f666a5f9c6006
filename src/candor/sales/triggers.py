"""Which trigger a message fires, and what follows from it, as data. Nothing is done here."""

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal

from candor.common.llm import Intent, MessageAnalysis
from candor.disclosure.figures import figures
from candor.disclosure.proof import MONEY
from candor.sales.document import Action, Invoice, ScriptDocument, ScriptTrigger
from candor.sales.stems import content_stems, is_word_for_word
from candor.sales.strategy import SCRIPT_FROM

OPEN_GROUP: Final = "education.open_group"
"""Kind of the lane that opens a study group; its key is the conversation's id."""
DECLINE_GROUP: Final = "education.decline_group"
"""Kind of the lane that ends an invitation that stands, if one does; its key is the conversation's id."""

CALLS_PERSON: Final[frozenset[Action]] = frozenset({"hand_off", "send_invoice"})
"""Actions after which a person goes on. Payments are a person's work: an invoice is his to send."""
ENDING: Final[frozenset[Action]] = CALLS_PERSON | {"close"}
"""Actions after which the AI keeps silent."""

Cause = Literal["trigger", "wish_for_person", "complaint", "opt_out", "vulnerable", "nothing_fits"]
_RANK: Final[dict[Action, int]] = {
    "hand_off": 0,
    "open_group": 1,
    "send_invoice": 2,
    "close": 3,
    "go_to": 4,
}
_COMMITTING: Final[frozenset[Action]] = frozenset({"open_group", "send_invoice"})
_ACTIONS_OF: Final[Mapping[Intent, frozenset[Action]]] = {
    "agreement": _COMMITTING,
    "wish_for_person": frozenset({"hand_off"}),
    "refusal": frozenset({"close"}),
    "opt_out": frozenset({"close"}),
}
"""What an intent sets off where a script has a trigger for it."""
_HESITATION: Final[frozenset[Intent]] = frozenset({"postponement", "opt_out"})


class Evidence(enum.IntEnum):
    """From strong to weak: an example said as it stands, a word of the examples that the step's
    expected replies lack, a stage that the author named, nothing but the reading."""

    WORD_FOR_WORD = 0
    A_WORD = 1
    THE_STAGE = 2
    NONE = 3


@dataclass(frozen=True, slots=True)
class ActionPlan:
    """What is to happen after the answer. `cause` says what it follows from."""

    action: Action
    cause: Cause
    trigger: str | None = None
    script: str | None = None
    """Key of the education script (`open_group`)."""
    step: str | None = None
    """Where to jump (`go_to`)."""
    say: str | None = None
    """The trigger's own words, a template still."""
    invoice: Invoice | None = None


def listening(document: ScriptDocument, stage: str | None) -> tuple[ScriptTrigger, ...]:
    """The triggers that count at this stage."""
    return tuple(item for item in document.triggers if not item.at or stage in item.at)


def is_invited(trigger: ScriptTrigger, stage: str | None) -> bool:
    """Whether the author named this stage as one that offers what the trigger does."""
    return stage is not None and stage in (*trigger.at, *trigger.invited_at)


def fired(
    document: ScriptDocument, analysis: MessageAnalysis, stage: str | None, text: str
) -> ScriptTrigger | None:
    """The one trigger that is acted on: best witnessed first, then a person before a group before
    money before a jump.

    Nothing commits the client while the same message hesitates ("yes, but not now"), a refusal
    beside an agreement ("expensive, but let's go") counts as the agreement, and a yes to the step's
    own question is no yes to the group.
    """
    heard = [item for item in listening(document, stage) if _is_heard(item, analysis, text)]
    sure = [item for item in heard if not _objection(document, item, analysis, stage, text)]
    weights = {item.key: _evidence(document, item, stage, text) for item in sure}
    commits = any(item.action in _COMMITTING and weights[item.key] < Evidence.NONE for item in sure)
    if commits and "agreement" in analysis.intents and "question" not in analysis.intents:
        sure = [item for item in sure if item.action not in ("close", "go_to")]

    def order(item: ScriptTrigger) -> tuple[bool, int, int]:
        return item.action != "hand_off", weights[item.key], _RANK[item.action]

    return min(sure, key=order, default=None)


def why_silent(
    document: ScriptDocument, key: str, analysis: MessageAnalysis, stage: str | None, text: str
) -> str:
    """Why the trigger `key` was not acted on after a message; "" when nothing spoke against it."""
    trigger = next(item for item in document.triggers if item.key == key)
    if trigger not in listening(document, stage):
        return f"it listens only at {', '.join(trigger.at)}"
    if not _is_heard(trigger, analysis, text):
        return analysis.silent.get(key, "it was not heard")
    if objection := _objection(document, trigger, analysis, stage, text):
        return objection
    taken = fired(document, analysis, stage, text)
    return f"{taken.key} comes before it" if taken and taken.key != key else ""


def with_settled(
    document: ScriptDocument,
    stage: str | None,
    local: MessageAnalysis,
    settled: MessageAnalysis,
) -> MessageAnalysis:
    """A reading that the model settled, with the triggers that its new intents set off, and without
    those of intents that it did not hear.

    The triggers were matched before the model spoke; `fired` still asks for their evidence.
    """
    new = set(settled.intents) - set(local.intents)
    gone = set(local.intents) - set(settled.intents)
    actions = {action for intent in new for action in _ACTIONS_OF.get(intent, ())}
    added = (item.key for item in listening(document, stage) if item.action in actions)
    kept = (key for key in settled.triggers if local.set_off.get(key) not in gone)
    return replace(settled, triggers=tuple(dict.fromkeys((*kept, *added))))


def without_open(
    document: ScriptDocument, stage: str | None, analysis: MessageAnalysis
) -> MessageAnalysis:
    """The reading without what was told apart by a hair's breadth, and without what that set off."""
    sure = tuple(intent for intent in analysis.intents if intent not in analysis.open_intents)
    return with_settled(document, stage, analysis, replace(analysis, intents=sure))


def _is_heard(trigger: ScriptTrigger, analysis: MessageAnalysis, text: str) -> bool:
    if is_word_for_word(text, trigger.unless):
        return False
    return trigger.key in analysis.triggers or is_word_for_word(text, trigger.fits)


def _objection(
    document: ScriptDocument,
    trigger: ScriptTrigger,
    analysis: MessageAnalysis,
    stage: str | None,
    text: str,
) -> str | None:
    """Why what sounds like a trigger is not meant for it; None when it is."""
    evidence = _evidence(document, trigger, stage, text)
    if evidence is Evidence.WORD_FOR_WORD:
        return None
    if trigger.action == "go_to" and trigger.step == stage:
        is_asked = "question" in analysis.intents
        return None if is_asked else "the dialogue is at its step already, and nothing is asked"
    if trigger.action not in _COMMITTING:
        return None
    held = _held_back(document, analysis, text)
    is_meant = evidence is Evidence.A_WORD
    if held or is_meant or _is_yes_to_offer(document, trigger, analysis, stage, text):
        return held
    return "a yes to something else: nothing of what it does has been offered at this step"


def _held_back(document: ScriptDocument, analysis: MessageAnalysis, text: str) -> str | None:
    """Why a yes commits to nothing."""
    if _is_premature(analysis.intents):
        return "the same message hesitates or refuses"
    if _bargains(document, text):
        return "the message names a sum that the script doesn't name"
    return None


def _is_yes_to_offer(
    document: ScriptDocument,
    trigger: ScriptTrigger,
    analysis: MessageAnalysis,
    stage: str | None,
    text: str,
) -> bool:
    """Whether a yes without a word of its own can be meant for this offer at this stage.

    Where the author named the steps that invite, nothing has been offered at any other.
    """
    here = document.step(stage)
    if _speaks_of_another_step(document, trigger, stage, text):
        return False
    if is_invited(trigger, stage):
        return True
    if here is None or trigger.invited_at or trigger.action == "send_invoice":
        return False
    answers_step = bool(here.next) and analysis.script_fit_score > SCRIPT_FROM
    return not answers_step


def _is_premature(intents: Sequence[Intent]) -> bool:
    if _HESITATION & set(intents):
        return True
    return "refusal" in intents and "agreement" not in intents


def _bargains(document: ScriptDocument, text: str) -> bool:
    """A sum or a share that the script doesn't name: a yes to it would bind the business to it."""
    named = {one.value for one in figures(text) if one.unit in (*MONEY, "percent")}
    return bool(named) and not named <= _sums_of(tuple(_told(document)))


def _told(document: ScriptDocument) -> Iterator[str]:
    yield from (fact.text for fact in document.facts)
    yield from (*document.knowledge, *document.variables.values())
    for step in document.steps:
        yield from filter(None, (step.say, *step.alternatives, *step.must_say))
    yield from (trigger.say for trigger in document.triggers if trigger.say)


@lru_cache(maxsize=128)
def _sums_of(texts: tuple[str, ...]) -> frozenset[float]:
    return frozenset(one.value for text in texts for one in figures(text))


def _speaks_of_another_step(
    document: ScriptDocument, trigger: ScriptTrigger, stage: str | None, text: str
) -> bool:
    """Words that only another step's expected replies hold: the yes is an answer over there."""
    here = document.step(stage)
    near = content_stems((*trigger.fits, *(here.fits if here else ())))
    others = (fit for step in document.steps if step.key != stage for fit in step.fits)
    return bool((content_stems((text,)) - near) & content_stems(tuple(others)))


def _evidence(
    document: ScriptDocument, trigger: ScriptTrigger, stage: str | None, text: str
) -> Evidence:
    """What stands behind a trigger beside the reading."""
    if is_word_for_word(text, trigger.fits):
        return Evidence.WORD_FOR_WORD
    here = document.step(stage) or document.steps[0]
    telling = content_stems(trigger.fits) - content_stems(here.fits)
    if trigger.action == "send_invoice":
        telling -= _said_of_other_things(document, trigger)
    if telling & content_stems((text,)):
        return Evidence.A_WORD
    if is_invited(trigger, stage):
        return Evidence.THE_STAGE
    return Evidence.NONE


def _said_of_other_things(document: ScriptDocument, trigger: ScriptTrigger) -> set[str]:
    """Words of what is sold and of other triggers: "the course suits me" is no order to pay."""
    sold = (trigger.invoice.title, trigger.invoice.description) if trigger.invoice else ()
    others = [item for item in document.triggers if item.key != trigger.key]
    return content_stems(
        (*sold, *(words for item in others for words in (*item.fits, *item.unless)))
    )


def is_refusal(analysis: MessageAnalysis) -> bool:
    """A plain no: not "no, but", and not a question."""
    return "refusal" in analysis.intents and not {"agreement", "question"} & set(analysis.intents)


def plan_of(trigger: ScriptTrigger) -> ActionPlan:
    return ActionPlan(
        action=trigger.action,
        cause="trigger",
        trigger=trigger.key,
        script=trigger.script,
        step=trigger.step,
        say=trigger.say,
        invoice=trigger.invoice,
    )


def plan_by_intent(analysis: MessageAnalysis) -> ActionPlan | None:
    """What a wish for a person, a complaint or an opt-out leads to, whatever the script says."""
    if "wish_for_person" in analysis.intents:
        return ActionPlan("hand_off", "wish_for_person")
    if "opt_out" in analysis.intents:
        return ActionPlan("close", "opt_out")
    if "complaint" in analysis.intents and not _names_a_fault(analysis):
        return ActionPlan("hand_off", "complaint")
    return None


def _names_a_fault(analysis: MessageAnalysis) -> bool:
    """What hardly sounds like a complaint and is just what the step asked for: "my brake makes a noise"."""
    return "complaint" in analysis.open_intents and analysis.script_fit_score > SCRIPT_FROM
