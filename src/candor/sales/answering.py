"""One answer, from reading to the checked text: DESIGN 5, steps 3 to 6 and 9, without storage.

`AnswerWriter` is what production and rehearsals share. It is told what happened so far and gives
back a decision; storing and sending it is the caller's work.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

from candor.common.llm import (
    CALLS_PER_TURN,
    DraftReply,
    Language,
    LLMService,
    MessageAnalysis,
    Step,
    WritingRequest,
)
from candor.disclosure.claims import Proof
from candor.disclosure.identity import IdentityQuestion, asks_identity, truthful_answer
from candor.disclosure.vulnerable import find_cue, hand_over_text
from candor.messaging.reading import Turn
from candor.sales.answer import CODE_ANALYSIS, LED_ANALYSIS, Answer, Spent, provenance_of
from candor.sales.client_words import Occasion, words_for
from candor.sales.deciding import (
    Decision,
    Scene,
    calls_person,
    decide,
    if_it_fits,
    is_written_for,
    manner,
    needs_words,
    passes_of,
    reading_of,
    readings_of_anyone,
    reasons_of,
)
from candor.sales.drafts import Bar, complaints, is_repeated, proof_for, shortened
from candor.sales.memory import remembered
from candor.sales.questionnaires.talk import ANSWER
from candor.sales.script_records import Script
from candor.sales.spoken import evident_language
from candor.sales.stepping import Move, Position
from candor.sales.strategy import StrategySelectorService
from candor.sales.triggers import ActionPlan, with_settled, without_open
from candor.sales.views import (
    BusinessCard,
    fact_views,
    filled,
    rules_text,
    step_view,
    values_for,
)

_OCCASIONS: Final[Mapping[str, Occasion]] = {
    "open_group": "group_opens",
    "send_invoice": "invoice_follows",
    "close": "farewell",
    "hand_off": "person_follows",
}


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

    async def warm(self, script: Script) -> None:
        """Read something at every step, so that no client waits for the script's examples."""
        for reading in readings_of_anyone(script, self._business):
            await self._llm.analyze_message(reading)

    async def answer(
        self,
        turn: Turn,
        script: Script,
        position: Position,
        *,
        diagnosis: Mapping[str, object] | None = None,
        answered: Collection[str] = (),
        is_identity_told: bool = False,
    ) -> Answer:
        """Never raises for a model that is down; no unit of work may be open.

        `answered`: keys of the questionnaires that the client has answered.
        `is_identity_told`: the inbox has already answered "are you human?" beside another question.
        """
        values = values_for(
            script,
            turn.client,
            self._business,
            origin=turn.conversation.origin,
            diagnosis=diagnosis,
        )
        identity = asks_identity(turn.text)
        memory = await remembered(turn, self._llm, language=script.document.language)
        passes = passes_of(script.document, answered, values)
        read = spoken(turn)
        text = identity.rest if identity and identity.rest else read or turn.text
        is_led = any(line.kind == ANSWER for line in turn.unanswered)
        scene = Scene(turn, script, position, values, memory, text, is_led, passes)
        cue = find_cue(turn.text, year=turn.unanswered[-1].created_at.year)
        if cue is not None:
            return self._handed_over(scene, hand_over_text(cue, language=turn.client.language))
        if identity is not None and not identity.rest:
            return self._by_code(scene, self._truth(identity), identity.language)
        if all(not line.text.strip() for line in turn.unanswered):
            words = words_for("only_text", script.document.language, heard=scene.heard)
            return self._by_code(scene, words, script.document.language)
        answer = await self._by_script(scene)
        if identity is not None and not is_identity_told:
            return replace(answer, text=f"{self._truth(identity)}\n\n{answer.text}".strip())
        return answer

    # --- code

    def _truth(self, identity: IdentityQuestion) -> str:
        return truthful_answer(identity, business=self._business.name)

    def _handed_over(self, scene: Scene, text: str) -> Answer:
        """Somebody ill, in debt, under age or in danger: no selling, a person is called."""
        answer = self._by_code(scene, text, scene.turn.client.language)
        return replace(answer, plan=ActionPlan("hand_off", "vulnerable"))

    def _by_code(self, scene: Scene, text: str, language: Language) -> Answer:
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

    async def _by_script(self, scene: Scene) -> Answer:
        spent = Spent()
        is_only_led = scene.is_led and not spoken(scene.turn)
        if is_only_led:
            analysis = replace(LED_ANALYSIS, language=scene.document.language)
        else:
            analysis = await self._llm.analyze_message(reading_of(scene))
        spent.add(analysis.usage)
        decision = decide(scene, analysis, self._strategies)
        draft: DraftReply | None = None
        if needs_words(decision):
            draft = await self._write(scene, decision, spent)
            if calls_person(draft) and decision.strategy == "script_80":
                draft = await self._write(scene, decision, spent, by_script=True)
        elif (careful := self._without_open(scene, analysis)) is not None:
            draft = await self._write(scene, careful, spent)
            decision = careful if draft.analysis is not None else decision
        if draft is not None and draft.analysis is not None and not is_only_led:
            said = replace(draft.analysis, triggers=analysis.triggers)
            heard = with_settled(scene.document, scene.position.stage, analysis, said)
            settled = decide(scene, heard, self._strategies)
            fitting = if_it_fits(scene, decision, self._strategies)
            if needs_words(settled) and not is_written_for((decision, fitting), settled):
                draft = await self._write(scene, settled, spent)
            decision = settled
        return await self._worded(scene, decision, draft, spent)

    def _without_open(self, scene: Scene, analysis: MessageAnalysis) -> Decision | None:
        """What would be said if the intents that are told apart by a hair's breadth were not meant; None
        when an action follows all the same, this or another. A model that is at hand then settles them
        before anything is done; without one the reading counts as it stands."""
        if not analysis.open_intents:
            return None
        sure = without_open(scene.document, scene.position.stage, analysis)
        decision = decide(scene, sure, self._strategies)
        return decision if needs_words(decision) else None

    # --- writing

    async def _write(
        self, scene: Scene, decision: Decision, spent: Spent, *, by_script: bool = False
    ) -> DraftReply:
        """`by_script`: the step's words even where the client asked something else."""
        request = self._writing(scene, decision)
        if by_script:
            request = replace(request, strategy="script_80")
        return await self._drafted(request, spent)

    async def _drafted(self, request: WritingRequest, spent: Spent) -> DraftReply:
        left = CALLS_PER_TURN - spent.calls
        draft = await self._llm.write_reply(replace(request, calls_left=left))
        spent.write(draft)
        return draft

    def _writing(
        self, scene: Scene, decision: Decision, must_mend: tuple[str, ...] = ()
    ) -> WritingRequest:
        document = scene.document
        fitting = if_it_fits(scene, decision, self._strategies)
        return WritingRequest(
            strategy=manner(decision),
            language=decision.analysis.language,
            business=self._business.name,
            message=scene.text,
            analysis=decision.analysis,
            step=step_view(decision.move.step, scene.values),
            if_fits=step_view(fitting.move.step, scene.values) if fitting else None,
            stage=scene.position.stage or "",
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
        self, scene: Scene, decision: Decision, draft: DraftReply | None, spent: Spent
    ) -> Answer:
        """The decision with its final words."""
        if draft is None or not needs_words(decision):
            return self._by_plan(scene, decision, spent)
        if (foreign := _foreign(scene, draft)) is not None:
            words = words_for("other_language", foreign, heard=scene.heard)
            said = self._answer(scene, _called(scene, decision), None, spent, text=words)
            return replace(said, language=foreign)
        if calls_person(draft):
            return self._calling(scene, _called(scene, decision), draft, spent)
        return await self._checked(scene, decision, draft, spent)

    def _calling(self, scene: Scene, decision: Decision, draft: DraftReply, spent: Spent) -> Answer:
        """A person is called in the draft's words; in the standard ones where a model's may not be said."""
        bar = Bar("free_20", None, _proof(scene), scene.heard)
        wrong = tuple(complaints(draft, bar)) if draft.engine == "model" else ()
        if wrong:
            return self._answer(scene, decision, None, spent, text="", unsaid=wrong)
        return self._answer(scene, decision, draft, spent, text=draft.text)

    def _by_plan(self, scene: Scene, decision: Decision, spent: Spent) -> Answer:
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
        self, scene: Scene, decision: Decision, draft: DraftReply, spent: Spent
    ) -> Answer:
        """Asked again once for what is wrong, then replaced by the script's own words."""
        step = step_view(decision.move.step, scene.values)
        bar = Bar(manner(decision), step, _proof(scene), scene.heard)
        wrong = tuple(complaints(draft, bar))
        if wrong and draft.source == "model":
            request = self._writing(scene, decision, must_mend=wrong)
            again = await self._drafted(request, spent)
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
        scene: Scene,
        decision: Decision,
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
        called = _called(scene, decision)
        return self._answer(scene, called, None, spent, text="", asked_again=wrong)

    def _unlike_last(self, text: str, alternatives: tuple[str, ...], scene: Scene) -> str:
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
        scene: Scene,
        decision: Decision,
        draft: DraftReply | None,
        spent: Spent,
        *,
        text: str,
        written_by: str = "",
        asked_again: tuple[str, ...] = (),
        unsaid: tuple[str, ...] = (),
    ) -> Answer:
        is_models = draft is not None and draft.source == "model" and written_by != "script"
        reasons = (
            *reasons_of(decision),
            *(f"Asked again: {wrong}" for wrong in asked_again),
            *(f"Not said: {wrong}" for wrong in unsaid),
        )
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


def _proof(scene: Scene) -> Proof:
    """What may be stated in this turn."""
    said = [line.text for line in scene.turn.unanswered]
    return proof_for(scene.document, scene.values, said)


def _called(scene: Scene, decision: Decision) -> Decision:
    """A person goes on where the dialogue stands."""
    stay = Move(decision.move.step, scene.position, "stay")
    return replace(decision, plan=ActionPlan("hand_off", "nothing_fits"), move=stay)


def _foreign(scene: Scene, draft: DraftReply) -> Language | None:
    """The client's language where only approved lines of another one are at hand."""
    if draft.source == "model":
        return None
    language = evident_language(scene.text)
    return language if language not in (None, scene.document.language) else None


def spoken(turn: Turn) -> str:
    """What the client said beside answering a questionnaire; empty when that was all."""
    lines = [line for line in turn.unanswered if line.kind != ANSWER]
    return "\n".join(line.text or f"[{line.kind}]" for line in lines)
