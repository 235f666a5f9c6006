"""One moment of a run: who is asked where, which question stands, and what a tap on it stores."""

from dataclasses import dataclass
from typing import Final

from candor.clients.diagnostics import GivenAnswer, QuestionnaireRun
from candor.clients.profile import ClientProfile
from candor.common.ids import AccountId, ChatRowId, ConversationId, TelegramMessageId
from candor.common.llm import Language
from candor.messaging.conversation import Conversation, Handling
from candor.messaging.incoming import IncomingMessage, IncomingPress
from candor.sales.questionnaires.document import END, Question
from candor.sales.questionnaires.going import chosen, following
from candor.sales.questionnaires.records import Questionnaire
from candor.sales.questionnaires.telling import Pressed
from candor.sales.questionnaires.wording import Phrase, phrase

ANSWER: Final = "answer"
"""Kind of a stored message that answers a question."""
_TURNS_PER_RUN: Final = 1_000_000
_REFUSALS: Final[dict[Handling, Phrase]] = {
    "human": "person_answers",
    "paused": "person_answers",
    "opted_out": "messages_stopped",
    "closed": "dialogue_closed",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Whom the questions go to."""

    client: ClientProfile
    account_id: AccountId
    chat: ChatRowId
    conversation_id: ConversationId


@dataclass(frozen=True, slots=True)
class Talk:
    """A run with its questionnaire, and what was written (empty for a tap)."""

    run: QuestionnaireRun
    found: Questionnaire
    place: Place
    text: str = ""

    @property
    def language(self) -> Language:
        return self.found.document.language

    @property
    def question(self) -> Question:
        document = self.found.document
        return document.question(self.run.question) or document.questions[0]


def refusal_of(
    conversation: Conversation, run: QuestionnaireRun, question: Question, pressed: Pressed
) -> Phrase | None:
    """Why a tap does not count; None when it does."""
    if conversation.handling in _REFUSALS:
        return _REFUSALS[conversation.handling]
    if pressed.turn != run.turn:
        return "answered_already"
    if pressed.option is not None and pressed.option >= len(question.options):
        return "ended"
    return None


def is_last(talk: Talk, pressed: Pressed) -> bool:
    """Whether this tap ends the questionnaire."""
    if pressed.control == "leave":
        return True
    if pressed.control == "back":
        return False
    answer = GivenAnswer(talk.question.key, None, "")
    if pressed.option is not None:
        answer = chosen(talk.question, talk.question.options[pressed.option])
    answers = (*talk.run.answers, answer)
    return following(talk.found.document, talk.question, answers) == END


def as_message(
    press: IncomingPress, talk: Talk, pressed: Pressed, *, topic: int | None
) -> IncomingMessage:
    """The tap as words of the client. Its number is one that Telegram never gives and that belongs
    to this turn of this run: the same tap stored twice is a duplicate."""
    if pressed.option is not None:
        words = talk.question.options[pressed.option].label
    else:
        words = phrase(pressed.control or "leave", talk.language)
    client = talk.place.client
    number = -((talk.run.id or 0) * _TURNS_PER_RUN + talk.run.turn)
    return IncomingMessage(
        account_id=press.account_id,
        chat_id=press.chat_id,
        message_id=TelegramMessageId(number),
        sender_id=press.sender_id,
        text=words,
        sent_at=press.pressed_at,
        kind=ANSWER,
        first_name=press.first_name or client.first_name,
        last_name=press.last_name if press.first_name else client.last_name,
        username=press.username or client.username,
        business_connection_id=press.business_connection_id,
        direct_messages_topic_id=topic,
    )
