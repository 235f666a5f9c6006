"""From a message that was read to what follows: strategy, trigger, step. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from candor.common.llm import DraftReply, Language, MessageAnalysis, ReadingRequest, Strategy
from candor.messaging.reading import Turn
from candor.sales.document import ScriptDocument
from candor.sales.memory import Memory
from candor.sales.script_records import Script
from candor.sales.stepping import Move, Position, Reply, go_to, led_move, next_move
from candor.sales.strategy import StrategySelectorService
from candor.sales.templates import holds
from candor.sales.triggers import ActionPlan, fired, plan_by_intent, plan_of
from candor.sales.views import (
    BusinessCard,
    ScriptValues,
    Values,
    conditions_of,
    step_views_of_anyone,
    trigger_views,
    values_for,
)


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything about this turn that does not change while it is answered."""

    turn: Turn
    script: Script
    position: Position
    values: ScriptValues
    memory: Memory
    text: str
    """What is to be read: the burst without a question that code has answered."""
    is_led: bool = False
    """A questionnaire has just ended: its last answer is what is answered."""
    passes: Mapping[str, str] = field(default_factory=dict)
    """Steps whose questionnaire is answered already, and what follows them."""

    @property
    def document(self) -> ScriptDocument:
        return self.script.document

    @property
    def heard(self) -> tuple[str, ...]:
        said = [line.text for line in self.turn.history if line.direction == "out"]
        return tuple(reversed(said[-3:]))


@dataclass(frozen=True, slots=True)
class Decision:
    analysis: MessageAnalysis
    strategy: Strategy
    plan: ActionPlan | None
    move: Move


def decide(
    scene: Scene, analysis: MessageAnalysis, strategies: StrategySelectorService
) -> Decision:
    """Strategy, trigger and step for a message that was read."""
    document, position = scene.document, scene.position
    strategy = strategies.select(analysis.script_fit_score)
    trigger = fired(document, analysis, position.stage, scene.text)
    plan = plan_of(trigger) if trigger is not None else None
    wished = plan_by_intent(analysis)
    if wished is not None and _outweighs(wished, plan):
        plan = wished
    move = _move(scene, analysis, strategy, plan)
    return Decision(analysis, strategy, plan, move)


def _move(
    scene: Scene,
    analysis: MessageAnalysis,
    strategy: Strategy,
    plan: ActionPlan | None,
) -> Move:
    document, position = scene.document, scene.position
    here = document.step(position.stage)
    if plan is not None and plan.action == "go_to" and plan.step is not None:
        jump = go_to(document, position, plan.step)
        if jump is not None:
            return jump
    if plan is not None and here is not None and plan.action != "go_to":
        return Move(here, position, "stay")
    conditions = conditions_of(here, scene.values, text=scene.text, analysis=analysis)
    reply = Reply(scene.text, analysis, strategy, conditions, scene.passes)
    move = led_move if scene.is_led else next_move
    return move(document, position, reply, said=scene.memory.stages)


def passes_of(
    document: ScriptDocument, answered: Collection[str], values: Values
) -> dict[str, str]:
    """What follows each step whose questionnaire the client has answered."""
    found: dict[str, str] = {}
    for step in document.steps:
        if step.questionnaire not in answered:
            continue
        for rule in step.next:
            if rule.is_default or (rule.when and holds(rule.when, values)):
                found[step.key] = rule.to
                break
    return found


def needs_words(decision: Decision) -> bool:
    """Whether an engine writes: triggers other than a jump without words bring their own."""
    plan = decision.plan
    return plan is None or (plan.action == "go_to" and not plan.say)


def manner(decision: Decision) -> Strategy:
    """How to write: as the score says, save that a jump is answered by the step it jumps to, and that
    whoever puts off, or asks at the dialogue's beginning or the script's end, is answered first."""
    reason = decision.move.reason
    if reason == "go_to":
        return "script_80"
    if reason == "lead_back":
        return "free_20"
    is_question = "question" in decision.analysis.intents
    if is_question and reason in ("first_message", "end"):
        return "free_20"
    return decision.strategy


def _outweighs(wished: ActionPlan, plan: ActionPlan | None) -> bool:
    """A wish for a person or for silence goes before the script's triggers, save for their own
    words for the same thing."""
    if plan is None:
        return True
    return wished.cause in ("wish_for_person", "opt_out") and plan.action != wished.action


def if_it_fits(
    scene: Scene, decision: Decision, strategies: StrategySelectorService
) -> Decision | None:
    """What follows when a model finds that the message fits; None where that is not left to it, brings
    its own words or comes to the same."""
    if not decision.analysis.is_fit_open:
        return None
    fitting = decide(scene, decision.analysis.with_fit(fits=True), strategies)
    return fitting if needs_words(fitting) and outcome(fitting) != outcome(decision) else None


def is_written_for(draft_of: Sequence[Decision | None], settled: Decision) -> bool:
    """Whether a draft written for these decisions has the words for what the model settled."""
    return any(one is not None and outcome(one) == outcome(settled) for one in draft_of)


def outcome(decision: Decision) -> tuple[object, ...]:
    """Decisions with the same one may have the same words."""
    return (manner(decision), decision.plan, decision.move.step.key)


def calls_person(draft: DraftReply) -> bool:
    return draft.source == "hand_off" or draft.action == "hand_off"


def reading_of(scene: Scene) -> ReadingRequest:
    document = scene.document
    # The same words for every client: encoded and calibrated once per script, not once per name.
    steps = step_views_of_anyone(scene.values)
    stage = scene.position.stage
    return ReadingRequest(
        text=scene.text,
        script_key=document.key,
        script_version=scene.script.version,
        script_language=document.language,
        step=next((step for step in steps if step.key == stage), None),
        steps=steps,
        triggers=trigger_views(document, stage),
        history=scene.memory.lines,
        client_id=scene.turn.client.id,
    )


@dataclass(frozen=True, slots=True)
class _Anyone:
    language: Language
    first_name: str = ""
    last_name: str = ""
    username: str | None = None


def readings_of_anyone(script: Script, business: BusinessCard) -> Iterator[ReadingRequest]:
    """A message at the beginning and at every step: all that reading compares with, once."""
    document = script.document
    values = values_for(script, _Anyone(document.language), business)
    steps = step_views_of_anyone(values)
    for step in (None, *steps):
        yield ReadingRequest(
            text=document.title,
            script_key=document.key,
            script_version=script.version,
            script_language=document.language,
            step=step,
            steps=steps,
            triggers=trigger_views(document, step.key if step is not None else None),
        )


def reasons_of(decision: Decision) -> list[str]:
    score = decision.analysis.script_fit_score
    sign = ">" if decision.strategy == "script_80" else "≤"
    reasons = [f"{decision.strategy}: score {score:.2f} {sign} 0.7"]
    if decision.plan is not None:
        name = decision.plan.trigger or decision.plan.cause
        reasons.append(f"trigger {name}: {decision.plan.action}")
    reasons.append(f"step {decision.move.step.key}: {decision.move.reason}")
    return reasons
