"""`QuestionnaireDesk`: asks, takes answers and taps, and hands the result on.

Everything happens in the unit that stores the client's message, so a crash loses nothing and doubles
nothing: the answer, the next question and its place in the outbox are committed together, before the
update is acknowledged. A person's updates are worked on one at a time (their row is locked), and each
button carries the turn it belongs to, so a second tap, or one from another device, changes nothing.

The last answer is left waiting on purpose: it is what the sales turn answers, with the result at hand.
"""

from dataclasses import replace
from typing import Final

from candor.clients.diagnostics import GivenAnswer, QuestionnaireRun
from candor.clients.profile import ClientProfile
from candor.common.clock import Clock
from candor.common.ids import QuestionnaireRunId
from candor.disclosure.vulnerable import find_cue
from candor.messaging.asking import StorePress
from candor.messaging.conversation import Conversation
from candor.messaging.incoming import IncomingMessage, IncomingPress, PressAnswer
from candor.messaging.lanes import ANSWER_CLIENT
from candor.messaging.outbox import Outbox
from candor.messaging.outgoing import Outgoing
from candor.messaging.ports import StoredInbound
from candor.sales.questionnaires.asking import Asking
from candor.sales.questionnaires.document import END
from candor.sales.questionnaires.going import (
    Control,
    Misfit,
    chosen,
    control_of,
    following,
    is_greeting,
    read_answer,
)
from candor.sales.questionnaires.keeping import QuestionnaireService
from candor.sales.questionnaires.ports import AskingUnit
from candor.sales.questionnaires.talk import Place, Talk, as_message, is_last, refusal_of
from candor.sales.questionnaires.telling import (
    PRESS_PREFIX,
    Pressed,
    keyboard_for,
    pressed_of,
    question_text,
)
from candor.sales.questionnaires.wording import Phrase, phrase, range_values
from candor.sales.views import BusinessCard

MISSES_ALLOWED: Final = 3
"""So many answers in a row that fit nothing; then the dialogue goes on without the questionnaire."""


class QuestionnaireDesk:
    """Messaging's `Asker`, and what a script's step asks to begin."""

    def __init__(
        self, *, questionnaires: QuestionnaireService, business: BusinessCard, clock: Clock
    ) -> None:
        self._questionnaires = questionnaires
        self._business = business
        self._clock = clock
        self._outbox = Outbox(clock)
        self._asking = Asking(questionnaires=questionnaires, business=business, clock=clock)

    # --- beginning

    async def begin(self, unit: AskingUnit, key: str, stored: StoredInbound) -> bool:
        """By deep link: the words before the first question are the questionnaire's own."""
        if stored.conversation_id is None or stored.message is None:
            return False
        found = await self._questionnaires.newest(unit, key)
        if found is None:
            return False
        run = await self._asking.run_of(
            unit, found, stored.conversation_id, stored.client, by="link"
        )
        place = Place(stored.client, stored.account_id, stored.chat, stored.conversation_id)
        await self._asking.ask(
            unit, run, found, place, before=None if run.turn else found.document.intro
        )
        await unit.conversations.settle_inbound(stored.message, now=self._clock.now())
        return True

    async def begin_by_script(
        self,
        unit: AskingUnit,
        key: str,
        conversation: Conversation,
        client: ClientProfile,
        answer: Outgoing,
        *,
        is_new: bool,
    ) -> bool:
        """The script's words and the question as one message; False when nothing is to be asked, and
        nothing was put. `is_new` False: only a run that waits is taken up again."""
        found = await self._questionnaires.newest(unit, key)
        live = None if is_new else await unit.questionnaire_runs.live(conversation.id)
        if found is None or not (is_new or live is not None):
            return False
        run = await self._asking.run_of(unit, found, conversation.id, client, by="script")
        found = await self._asking.version_of(unit, run) or found
        question = found.document.question(run.question) or found.document.questions[0]
        words = question_text(found.document, question, run.answers, client, self._business)
        asked = await self._outbox.put(
            unit,
            replace(
                answer,
                text=f"{answer.text}\n\n{words}".strip(),
                keyboard=keyboard_for(found.document, question, run),
            ),
        )
        await self._asking.wait(unit, run, found, client, asked)
        return True

    # --- words

    async def take(
        self, unit: AskingUnit, message: IncomingMessage, stored: StoredInbound, *, is_start: bool
    ) -> bool:
        """Whether the message was an answer (or steered the questionnaire)."""
        if stored.conversation_id is None or stored.message is None or not stored.is_asked:
            return False
        run = await unit.questionnaire_runs.live(stored.conversation_id)
        found = await self._asking.version_of(unit, run) if run else None
        if run is None or found is None:
            return False
        place = Place(stored.client, stored.account_id, stored.chat, stored.conversation_id)
        talk = Talk(run, found, place, message.text)
        is_dealt_with = await self._hear(unit, talk, is_start=is_start)
        if is_dealt_with is None:
            return False
        if not is_start:
            await unit.questionnaire_runs.mark_answer(stored.message)
        if is_dealt_with:
            await unit.conversations.settle_inbound(stored.message, now=self._clock.now())
        return is_dealt_with

    async def _hear(self, unit: AskingUnit, talk: Talk, *, is_start: bool) -> bool | None:
        """True: dealt with; False: it was the last answer; None: it belongs to the dialogue."""
        control = control_of(talk.text)
        if talk.run.status == "paused" and control != "resume":
            return None
        if is_start or control == "resume":
            return await self._again(unit, talk, "resume")
        if find_cue(talk.text) is not None or await self._is_stale(unit, talk.run):
            await self._asking.pause(unit, talk.run)
            return None
        if control is not None:
            return await self._steer(unit, talk, control)
        return await self._read(unit, talk)

    async def _read(self, unit: AskingUnit, talk: Talk) -> bool | None:
        """An answer to the question, or not one."""
        if is_greeting(talk.text) and not talk.question.options:
            return await self._again(unit, talk, "resume")
        answer = read_answer(talk.question, talk.text)
        if isinstance(answer, GivenAnswer):
            return not await self._accept(unit, talk, answer)
        return await self._refuse(unit, talk, answer)

    async def _is_stale(self, unit: AskingUnit, run: QuestionnaireRun) -> bool:
        """The question never reached the client, or somebody else had the dialogue since."""
        if run.asked is None or not await unit.questionnaire_runs.is_shown(run.asked):
            return True
        conversation = await unit.conversations.get(run.conversation_id)
        since = conversation.handling_since if conversation else None
        return since is not None and since > run.asked_at

    async def _refuse(self, unit: AskingUnit, talk: Talk, why: Misfit) -> bool | None:
        """Asked again kindly; a question of the client's goes before ours."""
        if "?" in talk.text:
            await self._asking.say(unit, talk, phrase("waits", talk.language))
            await self._asking.pause(unit, talk.run)
            return None
        misses = talk.run.misses + 1
        if misses >= MISSES_ALLOWED:
            await self._asking.pause(unit, talk.run)
            return None
        again: Phrase = "no_option_again" if why == "no_option" and misses > 1 else why
        limit = talk.question.text.max_length if talk.question.text else 0
        values = range_values(talk.question.number) | {"limit": limit}
        said = phrase(again, talk.language, **values)
        if talk.question.hint:
            said = f"{said} {talk.question.hint}"
        await self._asking.ask(
            unit, replace(talk.run, misses=misses), talk.found, talk.place, said=said
        )
        return True

    async def _again(self, unit: AskingUnit, talk: Talk, which: Phrase) -> bool:
        run = replace(talk.run, status="active", misses=0)
        said = phrase(which, talk.language)
        await self._asking.ask(unit, run, talk.found, talk.place, said=said)
        return True

    async def _steer(self, unit: AskingUnit, talk: Talk, control: Control) -> bool:
        if control == "leave":
            await self._asking.end(unit, talk, "skipped")
            return False
        if control == "skip":
            if not talk.question.optional:
                return await self._again(unit, talk, "not_optional")
            skipped = GivenAnswer(talk.question.key, None, "")
            return not await self._accept(unit, talk, skipped)
        return await self._back(unit, talk)

    async def _back(self, unit: AskingUnit, talk: Talk) -> bool:
        run = talk.run
        if not run.answers:
            return await self._again(unit, talk, "nothing_before")
        before = replace(
            run,
            answers=run.answers[:-1],
            question=run.answers[-1].question,
            turn=run.turn + 1,
            status="active",
            misses=0,
        )
        await self._asking.ask(unit, before, talk.found, talk.place)
        return True

    # --- taps

    def is_ours(self, press: IncomingPress) -> bool:
        return press.data.startswith(PRESS_PREFIX)

    async def press(self, unit: AskingUnit, press: IncomingPress, store: StorePress) -> PressAnswer:
        """A tap counts once: for the turn its button belongs to."""
        pressed = pressed_of(press.data)
        client = await unit.users.find(press.sender_id)
        chat = await unit.chats.find(press.account_id, press.chat_id)
        if pressed is None or client is None or chat is None or chat.client_id != client.id:
            return PressAnswer(phrase("ended", "ru" if client is None else client.language))
        if not await unit.questionnaire_runs.lock_client(client.id):
            return PressAnswer(phrase("ended", client.language))
        conversation = await unit.conversations.of_chat(chat.id)
        run = await unit.questionnaire_runs.get(QuestionnaireRunId(pressed.run))
        found = await self._asking.version_of(unit, run) if run else None
        if conversation is None or run is None or found is None:
            return PressAnswer(phrase("ended", client.language))
        if run.conversation_id != conversation.id or not run.is_live:
            return PressAnswer(phrase("ended", found.document.language))
        place = Place(client, conversation.account_id, chat.id, conversation.id)
        talk = Talk(replace(run, status="active"), found, place)
        if (refusal := refusal_of(conversation, run, talk.question, pressed)) is not None:
            return PressAnswer(phrase(refusal, talk.language))
        tapped = as_message(press, talk, pressed, topic=chat.direct_messages_topic_id)
        return await self._count(unit, talk, pressed, tapped, store)

    async def _count(
        self,
        unit: AskingUnit,
        talk: Talk,
        pressed: Pressed,
        tapped: IncomingMessage,
        store: StorePress,
    ) -> PressAnswer:
        """The tap becomes the client's words, then an answer like any other."""
        ends = is_last(talk, pressed)
        stored = await store(tapped, not ends)
        if stored is None:
            return PressAnswer(phrase("answered_already", talk.language))
        if pressed.option is not None:
            option = talk.question.options[pressed.option]
            await self._accept(unit, talk, chosen(talk.question, option))
        elif pressed.control is not None:
            await self._steer(unit, talk, pressed.control)
        if ends:
            await unit.lanes.wake(ANSWER_CLIENT, talk.run.conversation_id, at=self._clock.now())
        return PressAnswer()

    # --- what follows

    async def _accept(self, unit: AskingUnit, talk: Talk, answer: GivenAnswer) -> bool:
        """Store the answer and ask on; True when it was the last one."""
        answers = (*talk.run.answers, answer)
        target = following(talk.found.document, talk.question, answers)
        run = replace(talk.run, answers=answers, turn=talk.run.turn + 1, misses=0, status="active")
        if target == END:
            await self._asking.end(unit, replace(talk, run=run), "done")
            return True
        await self._asking.ask(unit, replace(run, question=target), talk.found, talk.place)
        return False
