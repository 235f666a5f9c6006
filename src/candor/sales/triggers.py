"""Which trigger a message fires, and what follows from it, as data. Nothing is done here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from candor.common.llm import Intent, MessageAnalysis
from candor.sales.document import Action, Invoice, ScriptDocument, ScriptTrigger

OPEN_GROUP: Final = "education.open_group"
"""Kind of the lane that opens a study group; its key is the conversation's id."""

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
_HESITATION: Final[frozenset[Intent]] = frozenset({"postponement", "opt_out"})


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


def fired(
    document: ScriptDocument, analysis: MessageAnalysis, stage: str | None
) -> ScriptTrigger | None:
    """The one trigger that is acted on, the weightiest first: a person before a group before money.

    Nothing commits the client while the same message hesitates ("yes, but not now"), and a refusal
    beside an agreement ("expensive, but let's go") counts as the agreement.
    """
    named = [item for item in listening(document, stage) if item.key in analysis.triggers]
    sure = [item for item in named if not _is_premature(item.action, analysis.intents)]
    if "agreement" in analysis.intents and any(item.action in _COMMITTING for item in sure):
        sure = [item for item in sure if item.action not in ("close", "go_to")]
    return min(sure, key=lambda item: _RANK[item.action], default=None)


def _is_premature(action: Action, intents: Sequence[Intent]) -> bool:
    if action not in _COMMITTING:
        return False
    if _HESITATION & set(intents):
        return True
    return "refusal" in intents and "agreement" not in intents


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
    if "complaint" in analysis.intents:
        return ActionPlan("hand_off", "complaint")
    return None
