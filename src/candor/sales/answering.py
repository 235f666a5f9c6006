"""One answer, from reading to the checked text: DESIGN 5, steps 3 to 6 and 9, without storage.

`AnswerWriter` is what production and rehearsals share. It is told what happened so far and gives
back a decision; storing and sending it is the caller's work.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from candor.common.llm import (
    DraftReply,
    Language,
    LLMService,
    MessageAnalysis,
    ReadingRequest,
    Step,
    Strategy,
    WritingRequest,
)
from candor.disclosure.identity import IdentityQuestion, asks_identity, truthful_answer
from candor.messaging.reading import Turn
from candor.sales.answer import CODE_ANALYSIS, Answer, Spent, provenance_of
from candor.sales.client_words import Occasion, words_for
from candor.sales.document import ScriptDocument
from candor.sales.drafts import Bar, complaints, is_repeated, proof_for, shortened
from candor.sales.memory import Memory, remembered
from candor.sales.script_records import Script
from candor.sales.stepping import Move, Position, Reply, go_to, next_move
from candor.sales.strategy import StrategySelectorService
from candor.sales.triggers import ActionPlan, fired, plan_by_intent, plan_of
from candor.sales.views import (
    BusinessCard,
    Values,
    conditions_of,
    fact_views,
    filled,
    rules_text,
    step_view,
    step_views,
    trigger_views,
    values_for,
)

_OCCASIONS: Final[Mapping[str, Occasion]] = {
    "open_group": "group_opens",
    "send_invoice": "invoice_follows",
    "close": "farewell",
    "hand_off": "person_follows",
}


@dataclass(frozen=True, slots=True)
class _Scene:
    """Everything about this turn that does not change while it is answered."""

    turn: Turn
    script: Script
    position: Position
    values: Values
    memory: Memory
    text: str
    """What is to be read: the burst without a question that code has answered."""

    @property
    def document(self) -> ScriptDocument:
        return self.script.document

    @property
    def heard(self) -> tuple[str, ...]:
        said = [line.text for line in self.turn.history if line.direction == "out"]
        return tuple(reversed(said[-3:]))


@dataclass(frozen=True, slots=True)
class _Decision:
    analysis: MessageAnalysis
    strategy: Strategy
    plan: ActionPlan | None
    move: Move


class AnswerWriter:
    """Reads a turn, chooses the strategy and the step, has the words written and checks them."""

    def __init__(
        self,
        *,
        llm: LLMService,
        business: BusinessCard,
        strategies: StrategySelectorService | None = None,
    ) -> None:
        self._llm = llm
        self._business = business
        self._strategies = strategies or StrategySelectorService()
        self._rules: dict[tuple[int, int], str] = {}

    async def answer(
        self,
        turn: Turn,
        script: Script,
        position: Position,
        *,
        diagnosis: Mapping[str, object] | None = None,
    ) -> Answer:
        """Never raises for a model that is down; no unit of work may be open."""
        values = values_for(
            script,
            turn.client,
            self._business,
            origin=turn.conversation.origin,
            diagnosis=diagnosis,
        )
        identity = asks_identity(turn.text)
        memory = await remembered(turn, self._llm, language=script.document.language)
        text = identity.rest if identity and identity.rest else turn.text
        scene = _Scene(turn, script, position, values, memory, text)
        if identity is not None and not identity.rest:
            return self._by_code(scene, self._truth(identity), identity.language)
        if all(not line.text.strip() for line in turn.unanswered):
            words = words_for("only_text", script.document.language, heard=scene.heard)
            return self._by_code(scene, words, script.document.language)
        answer = await self._by_script(scene)
        if identity is not None:
            return replace(answer, text=f"{self._truth(identity)}\n\n{answer.text}".strip())
        return answer

    # --- code

    def _truth(self, identity: IdentityQuestion) -> str:
        return truthful_answer(identity, business=self._business.name)

    def _by_code(self, scene: _Scene, text: str, language: Language) -> Answer:
        analysis = replace(CODE_ANALYSIS, language=language, main_idea=scene.text[:200])
        return Answer(
            text=text,
            language=language,
            position=scene.position,
            strategy="free_20",
            analysis=analysis,
            provenance=provenance_of(scene.script, written_by="code"),
        )

    # --- reading and deciding

    async def _by_script(self, scene: _Scene) -> Answer:
        spent = Spent()
        analysis = await self._llm.analyze_message(_reading(scene))
        spent.add(analysis.usage)
        decision = self._decide(scene, analysis)
        draft: DraftReply | None = None
        if _needs_words(decision):
            draft = await self._write(scene, decision, spent)
            if draft.analysis is not None:
                settled = self._decide(scene, draft.analysis)
                if _outcome(settled) != _outcome(decision) and _needs_words(settled):
                    draft = await self._write(scene, settled, spent)
                decision = replace(settled, analysis=draft.analysis or settled.analysis)
        return await self._worded(scene, decision, draft, spent)

    def _decide(self, scene: _Scene, analysis: MessageAnalysis) -> _Decision:
        document, position = scene.document, scene.position
        strategy = self._strategies.select(analysis.script_fit_score)
        trigger = fired(document, analysis, position.stage, scene.text)
        plan = plan_of(trigger) if trigger is not None else None
        wished = plan_by_intent(analysis)
        if wished is not None and _outweighs(wished, plan):
            plan = wished
        move = self._move(scene, analysis, strategy, plan)
        return _Decision(analysis, strategy, plan, move)

    def _move(
        self,
        scene: _Scene,
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
        reply = Reply(scene.text, analysis, strategy, conditions)
        return next_move(document, position, reply, said=scene.memory.stages)

    # --- writing

    async def _write(self, scene: _Scene, decision: _Decision, spent: Spent) -> DraftReply:
        draft = await self._llm.write_reply(self._writing(scene, decision))
        spent.add(draft.usage)
        return draft

    def _writing(
        self, scene: _Scene, decision: _Decision, must_mend: tuple[str, ...] = ()
    ) -> WritingRequest:
        document = scene.document
        is_jump = decision.move.reason == "go_to"
        return WritingRequest(
            strategy="script_80" if is_jump else decision.strategy,
            language=decision.analysis.language,
            business=self._business.name,
            message=scene.text,
            analysis=decision.analysis,
            step=step_view(decision.move.step, scene.values),
            facts=fact_views(document),
            knowledge=document.knowledge,
            personality=document.personality,
            history=scene.memory.lines,
            summary=scene.memory.summary,
            script_key=document.key,
            script_version=scene.script.version,
            script_rules=self._rules_of(scene.script),
            must_mend=must_mend,
            client_id=scene.turn.client.id,
        )

    def _rules_of(self, script: Script) -> str:
        key = (script.id, script.version)
        if key not in self._rules:
            if len(self._rules) > 200:
                self._rules.clear()
            self._rules[key] = rules_text(script.document)
        return self._rules[key]

    async def _worded(
        self, scene: _Scene, decision: _Decision, draft: DraftReply | None, spent: Spent
    ) -> Answer:
        """The decision with its final words."""
        if draft is None or not _needs_words(decision):
            return self._by_plan(scene, decision, spent)
        if _calls_person(draft):
            plan = ActionPlan("hand_off", "nothing_fits")
            stay = Move(decision.move.step, scene.position, "stay")
            called = replace(decision, plan=plan, move=stay)
            return self._answer(scene, called, draft, spent, text=draft.text)
        return await self._checked(scene, decision, draft, spent)

    def _by_plan(self, scene: _Scene, decision: _Decision, spent: Spent) -> Answer:
        """A trigger's own words, or code's for its action. A wish for a person has its notice."""
        plan = decision.plan
        language = scene.document.language
        own = filled(plan.say, scene.values) if plan else ""
        if plan is None or (plan.cause in ("wish_for_person", "complaint") and not own):
            return self._answer(scene, decision, None, spent, text="")
        if own:
            text = self._unlike_last(own, (), scene)
            return self._answer(scene, decision, None, spent, text=text, written_by="script")
        occasion = "opt_out" if plan.cause == "opt_out" else _OCCASIONS[plan.action]
        words = words_for(occasion, language, heard=scene.heard)
        return self._answer(scene, decision, None, spent, text=words)

    async def _checked(
        self, scene: _Scene, decision: _Decision, draft: DraftReply, spent: Spent
    ) -> Answer:
        """Asked again once for what is wrong, then replaced by the script's own words."""
        step = step_view(decision.move.step, scene.values)
        proof = proof_for(
            scene.document, scene.values, [line.text for line in scene.turn.unanswered]
        )
        bar = Bar(decision.strategy, step, proof, scene.heard)
        wrong = tuple(complaints(draft, bar))
        if wrong and draft.source == "model":
            request = self._writing(scene, decision, must_mend=wrong)
            again = await self._llm.write_reply(request)
            spent.add(again.usage)
            wrong_again = tuple(complaints(again, bar))
            if not wrong_again:
                return self._answer(
                    scene, decision, again, spent, text=again.text, asked_again=wrong
                )
            wrong = wrong_again
        if not wrong:
            return self._answer(scene, decision, draft, spent, text=draft.text)
        return self._own_words(scene, decision, draft, spent, bar, wrong)

    def _own_words(
        self,
        scene: _Scene,
        decision: _Decision,
        draft: DraftReply,
        spent: Spent,
        bar: Bar,
        wrong: tuple[str, ...],
    ) -> Answer:
        """The step's approved words; a person is called when even they may not be said."""
        step = bar.step or Step(key="", say="")
        fresh = draft.text if draft.source != "model" and is_repeated(draft.text, bar.heard) else ""
        text = self._unlike_last(step.say or fresh, step.alternatives, scene)
        own = DraftReply(text=text, source="script", engine=draft.engine, note=draft.note)
        if not list(complaints(own, bar)):
            return self._answer(
                scene, decision, own, spent, text=text, written_by="script", asked_again=wrong
            )
        plan = ActionPlan("hand_off", "nothing_fits")
        stay = Move(decision.move.step, scene.position, "stay")
        called = replace(decision, plan=plan, move=stay)
        return self._answer(scene, called, None, spent, text="", asked_again=wrong)

    def _unlike_last(self, text: str, alternatives: tuple[str, ...], scene: _Scene) -> str:
        """The text, or an approved other wording when it would be said twice in a row."""
        heard = scene.heard
        for wording in (text, *alternatives):
            if wording and not any(is_repeated(wording, (line,)) for line in heard):
                return wording
        if not is_repeated(text, heard):
            return text
        return words_for("once_more", scene.document.language, text=text, heard=heard)

    def _answer(
        self,
        scene: _Scene,
        decision: _Decision,
        draft: DraftReply | None,
        spent: Spent,
        *,
        text: str,
        written_by: str = "",
        asked_again: tuple[str, ...] = (),
    ) -> Answer:
        is_models = draft is not None and draft.source == "model" and written_by != "script"
        reasons = (*_reasons(decision), *(f"Asked again: {wrong}" for wrong in asked_again))
        return Answer(
            text=shortened(text.strip()),
            language=decision.analysis.language if is_models else scene.document.language,
            position=decision.move.position,
            strategy=decision.strategy,
            analysis=decision.analysis,
            provenance=provenance_of(
                scene.script, draft=draft, written_by=written_by, cost=spent.cost
            ),
            plan=decision.plan,
            reasons=reasons,
            summary=scene.memory.new_summary,
            summary_up_to=scene.memory.new_summary_up_to,
        )


def _needs_words(decision: _Decision) -> bool:
    """Whether an engine writes: triggers other than a jump without words bring their own."""
    plan = decision.plan
    return plan is None or (plan.action == "go_to" and not plan.say)


def _outweighs(wished: ActionPlan, plan: ActionPlan | None) -> bool:
    """A wish for a person or for silence goes before the script's triggers, save for their own
    words for the same thing."""
    if plan is None:
        return True
    return wished.cause in ("wish_for_person", "opt_out") and plan.action != wished.action


def _outcome(decision: _Decision) -> tuple[object, ...]:
    return (decision.strategy, decision.plan, decision.move.step.key)


def _calls_person(draft: DraftReply) -> bool:
    return draft.source == "hand_off" or draft.action == "hand_off"


def _reading(scene: _Scene) -> ReadingRequest:
    document = scene.document
    steps = step_views(document, scene.values)
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


def _reasons(decision: _Decision) -> list[str]:
    score = decision.analysis.script_fit_score
    sign = ">" if decision.strategy == "script_80" else "≤"
    reasons = [f"{decision.strategy}: score {score:.2f} {sign} 0.7"]
    if decision.plan is not None:
        name = decision.plan.trigger or decision.plan.cause
        reasons.append(f"trigger {name}: {decision.plan.action}")
    reasons.append(f"step {decision.move.step.key}: {decision.move.reason}")
    return reasons
