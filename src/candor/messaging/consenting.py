"""Consents in the chat: the question before an outside model may write, and the switches of /privacy.

Each purpose is asked for by itself, in the very words that are stored, with nothing ticked in advance.
"""

from datetime import datetime, timedelta
from typing import Final, Generic

from candor.clients.consent import (
    Consent,
    ConsentPurpose,
    ConsentWords,
    ModelConsent,
    consent_words,
)
from candor.common.clock import Clock
from candor.common.ids import AccountId, ChatRowId, ClientId, ConversationId
from candor.common.llm import Language
from candor.messaging.conversation import Provenance
from candor.messaging.gateway import Button, Keyboard
from candor.messaging.incoming import IncomingPress, PressAnswer
from candor.messaging.outbox import Outbox
from candor.messaging.outgoing import Outgoing
from candor.messaging.ports import StoredInbound, U
from candor.messaging.texts import Notice, notice

PREFIX: Final = "candor:consent:"
ASKED_AFTER: Final = timedelta(seconds=12)
"""The greeting comes first, the question about the model after it."""
_ASKED: Final[tuple[ConsentPurpose, ...]] = ("marketing", "model_provider")
_OFFER: Final[dict[ConsentPurpose, Notice]] = {
    "marketing": "consent_marketing_on",
    "model_provider": "consent_model_on",
}
_TAKE_BACK: Final[dict[ConsentPurpose, Notice]] = {
    "marketing": "consent_marketing_off",
    "model_provider": "consent_model_off",
}


class ConsentDesk(Generic[U]):
    """Asks, stores what was agreed to, takes it back. Works in the caller's unit."""

    def __init__(self, clock: Clock, *, business: str, model: ModelConsent) -> None:
        self._clock = clock
        self._outbox = Outbox(clock)
        self._business = business
        self._model = model

    def is_ours(self, press: IncomingPress) -> bool:
        return press.data.startswith(PREFIX)

    async def keyboard(self, unit: U, client_id: ClientId, language: Language) -> Keyboard:
        """A row for each purpose that can be switched: on when it is off, off when it is on."""
        rows: list[tuple[Button, ...]] = []
        for purpose in self._asked():
            stands = await unit.consents.standing(client_id, purpose) is not None
            title = _TAKE_BACK[purpose] if stands else _OFFER[purpose]
            data = f"{PREFIX}{purpose}:{'no' if stands else 'ask'}"
            rows.append((Button(self._say(title, language), data=data),))
        return tuple(rows)

    async def ask_for_model(self, unit: U, stored: StoredInbound) -> None:
        """Once, at the first contact: may the outside model read this dialogue?"""
        if self._model.provider is None or stored.conversation_id is None:
            return
        given = await unit.consents.of_client(stored.client.id)
        if any(consent.purpose == "model_provider" for consent in given):
            return
        await self._ask(
            unit,
            "model_provider",
            stored.client.language,
            account_id=stored.account_id,
            chat=stored.chat,
            conversation_id=stored.conversation_id,
            not_before=self._clock.now() + ASKED_AFTER,
        )

    async def press(self, unit: U, press: IncomingPress) -> PressAnswer:
        """`ask` shows the words, `yes` agrees to them, `no` takes back or declines."""
        client = await unit.users.find(press.sender_id)
        chat = await unit.chats.find(press.account_id, press.chat_id)
        purpose, _, answer = press.data.removeprefix(PREFIX).partition(":")
        asked = next((one for one in self._asked() if one == purpose), None)
        if client is None or chat is None or chat.client_id != client.id or asked is None:
            return PressAnswer(self._say("button_is_old", "ru"))
        now = self._clock.now()
        if answer == "ask":
            conversation = await unit.conversations.of_chat(chat.id)
            await self._ask(
                unit,
                asked,
                client.language,
                account_id=press.account_id,
                chat=chat.id,
                conversation_id=conversation.id if conversation else None,
            )
            return PressAnswer()
        if answer == "yes":
            source = f"chat:{press.chat_id} message:{press.message_id}"
            await self._grant(unit, client.id, asked, client.language, source, now)
            return PressAnswer(self._say("consent_given", client.language))
        await unit.consents.withdraw(client.id, now=now, purpose=asked)
        return PressAnswer(self._say("consent_refused", client.language))

    async def _grant(
        self,
        unit: U,
        client_id: ClientId,
        purpose: ConsentPurpose,
        language: Language,
        source: str,
        now: datetime,
    ) -> None:
        words = self._words(purpose, language)
        await unit.consents.grant(
            Consent(
                client_id=client_id,
                purpose=purpose,
                text_version=words.version,
                text=words.text,
                source=source,
                granted_at=now,
            )
        )

    async def _ask(
        self,
        unit: U,
        purpose: ConsentPurpose,
        language: Language,
        *,
        account_id: AccountId,
        chat: ChatRowId,
        conversation_id: ConversationId | None,
        not_before: datetime | None = None,
    ) -> None:
        yes = Button(self._say("consent_yes", language), data=f"{PREFIX}{purpose}:yes")
        no = Button(self._say("consent_no", language), data=f"{PREFIX}{purpose}:no")
        intro: Notice = (
            "consent_model_question" if purpose == "model_provider" else "consent_question"
        )
        opening, closing = ("„", "“") if language == "ru" else ("“", "”")
        agreed = self._words(purpose, language).text
        words = f"{self._say(intro, language)}\n\n{opening}{agreed}{closing}"
        await self._outbox.put(
            unit,
            Outgoing(
                account_id=account_id,
                chat=chat,
                purpose="notice",
                text=words,
                author="ai",
                language=language,
                label="dialogue",
                provenance=Provenance(written_by="code", note=f"consent: {purpose}"),
                subject=conversation_id,
                conversation_id=conversation_id,
                keyboard=((yes, no),),
                not_before=not_before,
            ),
        )

    def _asked(self) -> tuple[ConsentPurpose, ...]:
        """Without an outside model there is nothing to agree to about one."""
        return tuple(
            one for one in _ASKED if one != "model_provider" or self._model.provider is not None
        )

    def _words(self, purpose: ConsentPurpose, language: Language) -> ConsentWords:
        return consent_words(
            purpose, language, business=self._business, provider=self._model.provider or ""
        )

    def _say(self, which: Notice, language: Language) -> str:
        return notice(which, language, business=self._business)
