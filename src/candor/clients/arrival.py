"""What becomes known of a person the moment they write: the first touch, who they are, what for.

Runs in the unit that stores the message. An ordinary message of a known client costs nothing here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from candor.clients.consent import (
    Consent,
    ConsentRepository,
    consent_words,
)
from candor.clients.contacts import ContactRepository
from candor.clients.journey import JourneyRepository, Milestone, Origin, origin_of
from candor.clients.profile import ClientProfile
from candor.common.events import BusinessEvent, Events
from candor.common.ids import ConversationId, TelegramUserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A stored message, as far as the record of the client is concerned."""

    client: ClientProfile
    sender_id: TelegramUserId
    now: datetime
    milestone: Milestone
    """How far the client had come before it."""
    is_first: bool
    is_back: bool
    """By `/start`, or with words after they had blocked the account."""
    is_talk: bool
    """Words of their own, not a command."""
    payload: str | None
    """What followed `/start`."""
    conversation_id: ConversationId | None
    """None in a group."""
    where: str
    """`chat:7 message:120`, the source of a consent."""


class ArrivalUnit(Protocol):
    @property
    def journey(self) -> JourneyRepository: ...

    @property
    def consents(self) -> ConsentRepository: ...

    @property
    def contacts(self) -> ContactRepository: ...

    @property
    def events(self) -> Events: ...


async def note_arrival(unit: ArrivalUnit, arrival: Arrival, *, business: str) -> None:
    """First touch, recognition of an imported contact, the request that a dialogue rests on."""
    if arrival.is_first:
        await _begin(unit, arrival)
    if arrival.conversation_id is None:
        return
    if arrival.is_first or arrival.is_back:
        await _note_request(unit, arrival, business)
    if arrival.is_talk and arrival.milestone == "first_touch":
        await unit.journey.reach(
            arrival.client.id,
            "dialogue",
            cause="message",
            now=arrival.now,
            conversation_id=arrival.conversation_id,
        )


async def _begin(unit: ArrivalUnit, arrival: Arrival) -> None:
    client = arrival.client
    origin = origin_of(arrival.payload)
    contact = await unit.contacts.recognise(
        client.id, arrival.sender_id, client.username, now=arrival.now
    )
    if origin.source == "direct" and contact is not None:
        origin = Origin("import", {"list": contact.source})
    elif origin.source == "direct" and arrival.conversation_id is None:
        origin = Origin("group")
    await unit.journey.begin(client.id, origin, now=arrival.now)
    data = {
        "source": origin.source,
        "source_details": dict(origin.details),
        "language": client.language,
        "external_id": contact.external_id if contact else "",
    }
    await unit.events.publish(
        BusinessEvent(kind="client.first_touch", at=arrival.now, client_id=client.id, data=data)
    )


async def _note_request(unit: ArrivalUnit, arrival: Arrival, business: str) -> None:
    """The person wrote first: that is what answering rests on until they stop, block or erase.
    Who has said stop and writes all the same is not answered."""
    if arrival.client.opted_out_at is not None:
        return
    if await unit.consents.standing(arrival.client.id, "dialogue") is not None:
        return
    words = consent_words("dialogue", arrival.client.language, business=business)
    await unit.consents.grant(
        Consent(
            client_id=arrival.client.id,
            purpose="dialogue",
            basis="request",
            text_version=words.version,
            text=words.text,
            source=arrival.where,
            granted_at=arrival.now,
        )
    )
