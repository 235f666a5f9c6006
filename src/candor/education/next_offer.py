"""`NextOffer`: after the last task nothing is offered; the client says whether to hear what comes next.

A yes is a consent to that offer, stored with the words that were asked. The offer itself is a
person's: the private dialogue is handed over.
"""

from typing import Final

from candor.clients.consent import Consent
from candor.common.clock import Clock
from candor.common.ids import TelegramChatId, TelegramUserId
from candor.common.llm import Language
from candor.education import welcome
from candor.education.closing import client_of, is_person, stage_entry
from candor.education.ports import EducationUnit, EducationUnits, Group
from candor.education.speaking import GroupVoice
from candor.messaging.gateway import Button, Keyboard
from candor.messaging.hand_off import HandOff

YES: Final = "candor:next:yes"
NO: Final = "candor:next:no"
OFFER_VERSION: Final = "next-2026-11"


class NextOffer:
    """Takes the answer to the question below the note of completion."""

    def __init__(
        self, *, units: EducationUnits, voice: GroupVoice, hand_off: HandOff, clock: Clock
    ) -> None:
        self._units = units
        self._voice = voice
        self._hand_off = hand_off
        self._clock = clock

    async def pressed(
        self, chat_id: TelegramChatId, user_id: TelegramUserId, data: str
    ) -> str | None:
        """What the person who tapped reads; None when the button is not one of ours."""
        if data not in (YES, NO):
            return None
        async with self._units() as unit:
            group = await unit.groups.of_chat(chat_id, for_update=True)
            client = await client_of(unit, group)
            if group is None or client is None or group.status != "completed":
                return welcome.plain(
                    "button_is_old", language="ru" if not group else group.language
                )
            if not await is_person(unit, client, user_id):
                return welcome.plain("not_your_button", language=group.language)
            standing = await unit.consents.standing(client.id, "marketing")
            has_agreed = standing is not None and standing.text_version == OFFER_VERSION
            if data == NO:
                if has_agreed:
                    now = self._clock.now()
                    await unit.consents.withdraw(client.id, now=now, purpose="marketing")
                return welcome.plain("next_no", language=group.language)
            if not has_agreed:
                await self._agreed(unit, group)
            return welcome.plain("next_yes", language=group.language)

    async def _agreed(self, unit: EducationUnit, group: Group) -> None:
        if group.client_id is None:
            return
        now = self._clock.now()
        await unit.consents.grant(
            Consent(
                client_id=group.client_id,
                purpose="marketing",
                text_version=OFFER_VERSION,
                text=welcome.plain("next_question", language=group.language),
                source=f"button in group {group.id}",
                granted_at=now,
            )
        )
        await unit.journey.enter(stage_entry(group, "wants_next", "the client's button", now))
        conversation = (
            await unit.conversations.get(group.conversation_id) if group.conversation_id else None
        )
        if conversation is not None and conversation.handling != "opted_out":
            await self._hand_off.request_person(unit, conversation, "wants to hear what comes next")


def next_keyboard(language: Language) -> Keyboard:
    """Yes and no stand side by side and weigh the same."""
    yes, no = (
        welcome.plain(name, language=language) for name in ("next_yes_button", "next_no_button")
    )
    return ((Button(yes, data=YES), Button(no, data=NO)),)
