"""A reader of a thread who is in danger, bereaved, under age, ill or in debt: what the owner is told."""

from typing import Final

from candor.commenting.channel import Channel
from candor.commenting.direct_message import DirectMessage
from candor.commenting.ports import Unit
from candor.common.llm import Language
from candor.disclosure.vulnerable import Cue, find_cue, reason_of
from candor.messaging.owner_chats import OwnerChats

_TELLS: Final[dict[Cue, dict[Language, str]]] = {
    "self_harm": {"ru": "пишет, что не хочет жить", "en": "writes of not wanting to live"},
    "grief": {"ru": "потерял близкого человека", "en": "has lost somebody close"},
    "minor": {"ru": "младше 18 лет", "en": "is under 18"},
    "illness": {"ru": "тяжело болен", "en": "is gravely ill"},
    "debt": {"ru": "в долгах или без денег", "en": "is in debt or without money"},
}
_TOLD: Final[dict[Language, str]] = {
    "ru": "⚠ В обсуждении канала «{channel}» нужен человек: читатель, судя по его словам, {tells}. ИИ ничего "
    "ему не предлагает. Ответьте ему сами, его слова есть в панели.",
    "en": "⚠ A person is needed in the discussion of “{channel}”: by their own words, a reader {tells}. The AI "
    "offers them nothing. Please answer them yourself; their words are in the panel.",
}


def cue_of(message: DirectMessage) -> Cue | None:
    """What the reader tells of themselves."""
    return find_cue(message.text, year=message.created_at.year)


async def is_handed_over(unit: Unit, message: DirectMessage, cue: Cue) -> bool:
    """Whether this reader has had these words under the comment."""
    if message.comment_id is None:
        return False
    return await unit.direct_messages.has_outcome(
        message.comment_id, message.sender_id, reason_of(cue)
    )


async def tell_owners(unit: Unit, owners: OwnerChats[Unit], channel: Channel, cue: Cue) -> None:
    """Every owner with a linked chat hears that a person is needed."""
    for owner in await unit.owner_chats.linked():
        tells = _TELLS[cue][owner.language]
        words = _TOLD[owner.language].format(channel=channel.title, tells=tells)
        await owners.write(unit, owner, words)
