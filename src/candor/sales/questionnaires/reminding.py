"""One reminder for a client who went quiet between two questions: the author's words, then the question
that waits, with its buttons. When it may come is held where every reminder is (`messaging.reminding`).
"""

from dataclasses import dataclass
from datetime import datetime

from candor.clients.diagnostics import QuestionnaireRun
from candor.clients.profile import ClientProfile
from candor.common.ids import ConversationId
from candor.common.llm import Language
from candor.disclosure.claims import Proof, find_claims
from candor.messaging.follow_up import silence_of
from candor.messaging.gateway import Keyboard
from candor.messaging.reminding import plan_reminder
from candor.sales.questionnaires.keeping import QuestionnaireService
from candor.sales.questionnaires.ports import AskingUnit
from candor.sales.questionnaires.records import Questionnaire
from candor.sales.questionnaires.telling import keyboard_for, question_text
from candor.sales.views import BusinessCard


@dataclass(frozen=True, slots=True)
class Reminder:
    """What is said, and the version of the script or questionnaire that says it."""

    text: str
    language: Language
    key: str
    version: int
    keyboard: Keyboard = ()


async def plan_for_question(
    unit: AskingUnit, run: QuestionnaireRun, found: Questionnaire, *, zone: str, now: datetime
) -> None:
    """Should the client fall silent at this question. Nothing where the author wants no reminder."""
    wanted = found.document.follow_up
    silence = silence_of(wanted.after) if wanted else None
    if wanted is None or silence is None:
        return
    newest = await unit.follow_ups.newest_inbound(run.conversation_id)
    if newest is None:
        return
    await plan_reminder(
        unit,
        run.conversation_id,
        silence=silence,
        hours=wanted.hours,
        zone=zone,
        at_most=1,
        after_message=newest,
        now=now,
    )


async def asked_again(
    unit: AskingUnit,
    questionnaires: QuestionnaireService,
    conversation_id: ConversationId,
    client: ClientProfile,
    business: BusinessCard,
) -> Reminder | None:
    """The reminder of the question that waits; None when none does, or its author wants none."""
    run = await unit.questionnaire_runs.latest(conversation_id)
    if run is None or run.status != "active":
        return None
    found = await questionnaires.version(unit, run.questionnaire_id, run.version)
    wanted = found.document.follow_up if found else None
    question = found.document.question(run.question) if found else None
    if found is None or wanted is None or question is None:
        return None
    document = found.document
    words = question_text(document, question, run.answers, client, business, before=wanted.say)
    if find_claims(words, Proof(approved=(words,))):
        return None
    keyboard = keyboard_for(document, question, run)
    return Reminder(words, document.language, found.key, found.version, keyboard)
