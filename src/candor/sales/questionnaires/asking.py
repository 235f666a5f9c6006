"""Putting questions and ending runs: what the desk does once it knows what a client meant."""

from dataclasses import replace
from datetime import datetime
from typing import Literal

from candor.clients.activity import Activity
from candor.clients.diagnostics import QuestionnaireRun, StartedBy
from candor.clients.journey import DiagnosticResult
from candor.clients.profile import ClientProfile
from candor.common.clock import Clock
from candor.common.ids import ConversationId, OutboxId
from candor.messaging.conversation import Provenance
from candor.messaging.gateway import Keyboard
from candor.messaging.outbox import Outbox
from candor.messaging.outgoing import Outgoing
from candor.sales.questionnaires.going import result_of
from candor.sales.questionnaires.keeping import QuestionnaireService
from candor.sales.questionnaires.ports import AskingUnit
from candor.sales.questionnaires.records import Questionnaire
from candor.sales.questionnaires.reminding import plan_for_question
from candor.sales.questionnaires.talk import Place, Talk
from candor.sales.questionnaires.telling import finish_text, keyboard_for, question_text
from candor.sales.questionnaires.wording import phrase
from candor.sales.views import BusinessCard

Ending = Literal["done", "skipped"]


class Asking:
    """In the caller's unit, all of it."""

    def __init__(
        self, *, questionnaires: QuestionnaireService, business: BusinessCard, clock: Clock
    ) -> None:
        self._questionnaires = questionnaires
        self._business = business
        self._clock = clock
        self._outbox = Outbox(clock)

    async def run_of(
        self,
        unit: AskingUnit,
        found: Questionnaire,
        conversation_id: ConversationId,
        client: ClientProfile,
        *,
        by: StartedBy,
    ) -> QuestionnaireRun:
        """The live run of this questionnaire, or a new one in the place of another."""
        now = self._clock.now()
        live = await unit.questionnaire_runs.live(conversation_id)
        if live is not None and live.questionnaire_id == found.id:
            return replace(live, status="active", misses=0)
        if live is not None:
            await unit.questionnaire_runs.save(replace(live, status="ended", ended_at=now))
        run = QuestionnaireRun(
            client_id=client.id,
            conversation_id=conversation_id,
            questionnaire_id=found.id,
            version=found.version,
            started_by=by,
            question=found.document.questions[0].key,
            asked_at=now,
            started_at=now,
        )
        number = await unit.questionnaire_runs.add(run)
        await self._log(unit, "questionnaire.started", replace(run, id=number), found, now)
        return replace(run, id=number)

    async def end(self, unit: AskingUnit, talk: Talk, how: Ending) -> None:
        now = self._clock.now()
        run = replace(talk.run, status=how, ended_at=now)
        await unit.questionnaire_runs.save(run)
        await self._no_reminder(unit, run)
        await self._log(unit, f"questionnaire.{how}", run, talk.found, now)
        if how == "skipped":
            await self.say(unit, talk, phrase("left", talk.language))
            return
        document = talk.found.document
        result = result_of(document, run.answers)
        await unit.journey.add_diagnostic(
            DiagnosticResult(
                client_id=run.client_id,
                kind=document.key,
                version=run.version,
                answers={answer.question: answer.value for answer in run.answers},
                result={
                    **result.fields,
                    "labels": dict(result.labels),
                    "questionnaire": document.key,
                    "version": run.version,
                    "script": result.script or "",
                },
                created_at=now,
            )
        )
        words = finish_text(document, run.answers, result, talk.place.client, self._business)
        await self.say(unit, talk, words or phrase("thanks", talk.language))

    async def ask(
        self,
        unit: AskingUnit,
        run: QuestionnaireRun,
        found: Questionnaire,
        place: Place,
        *,
        said: str = "",
        before: str | None = None,
    ) -> None:
        """Put the run's question and remember which message it is."""
        found = await self.version_of(unit, run) or found
        document = found.document
        question = document.question(run.question) or document.questions[0]
        words = question_text(
            document, question, run.answers, place.client, self._business, before=before or ""
        )
        keyboard = keyboard_for(document, question, run)
        asked = await self._put(unit, found, place, f"{said}\n\n{words}".strip(), keyboard)
        await self.wait(unit, run, found, place.client, asked)

    async def wait(
        self,
        unit: AskingUnit,
        run: QuestionnaireRun,
        found: Questionnaire,
        client: ClientProfile,
        asked: OutboxId,
    ) -> None:
        """The question is out; should nothing follow, the client is reminded of it once."""
        now = self._clock.now()
        await unit.questionnaire_runs.save(replace(run, asked=asked, asked_at=now))
        zone = client.time_zone or self._business.timezone
        await plan_for_question(unit, run, found, zone=zone, now=now)

    async def pause(self, unit: AskingUnit, run: QuestionnaireRun) -> None:
        """The client speaks of something else: the question waits, and nobody is reminded of it."""
        await unit.questionnaire_runs.save(replace(run, status="paused", misses=0))
        await self._no_reminder(unit, run)

    async def _no_reminder(self, unit: AskingUnit, run: QuestionnaireRun) -> None:
        await unit.follow_ups.withdraw(
            run.conversation_id, reason="the question waits no more", now=self._clock.now()
        )

    async def say(self, unit: AskingUnit, talk: Talk, words: str) -> None:
        await self._put(unit, talk.found, talk.place, words, ())

    async def _put(
        self,
        unit: AskingUnit,
        found: Questionnaire,
        place: Place,
        words: str,
        keyboard: Keyboard,
    ) -> OutboxId:
        return await self._outbox.put(
            unit,
            Outgoing(
                account_id=place.account_id,
                chat=place.chat,
                purpose="conversation",
                text=words,
                author="ai",
                language=found.document.language,
                label="dialogue",
                provenance=Provenance(
                    written_by="script",
                    script_key=found.key,
                    script_version=found.version,
                    note="questionnaire",
                ),
                subject=place.conversation_id,
                conversation_id=place.conversation_id,
                keyboard=keyboard,
            ),
        )

    async def version_of(self, unit: AskingUnit, run: QuestionnaireRun) -> Questionnaire | None:
        return await self._questionnaires.version(unit, run.questionnaire_id, run.version)

    async def _log(
        self,
        unit: AskingUnit,
        kind: str,
        run: QuestionnaireRun,
        found: Questionnaire,
        now: datetime,
    ) -> None:
        await unit.activity.record(
            Activity(
                kind=kind,
                at=now,
                client_id=run.client_id,
                conversation_id=run.conversation_id,
                details={"questionnaire": found.key, "version": run.version, "by": run.started_by},
            )
        )
