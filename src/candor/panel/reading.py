"""What pages and API read inward, each in one short unit. Nothing here touches a request."""

from collections.abc import Mapping, Sequence

from candor.common.errors import NotFoundError
from candor.common.ids import ConversationId, MessageRowId
from candor.common.paging import Cut, Part
from candor.messaging.conversation import ConversationMessage
from candor.messaging.reading import (
    ConversationDetail,
    ConversationFilter,
    ConversationLine,
)
from candor.panel.ports import PanelUnits


async def conversation_page(
    units: PanelUnits, wanted: ConversationFilter, cut: Cut
) -> Part[ConversationLine]:
    async with units() as unit:
        return await unit.conversations.page(wanted, cut)


async def conversation_detail(
    units: PanelUnits,
    conversation_id: ConversationId,
    *,
    limit: int = 200,
    before: MessageRowId | None = None,
) -> ConversationDetail:
    """Raises NotFoundError."""
    async with units() as unit:
        found = await unit.conversations.detail(conversation_id, limit=limit, before=before)
    if found is None:
        raise NotFoundError("There is no such conversation.")
    return found


async def running_dialogues(units: PanelUnits, script_id: int) -> Mapping[str, int]:
    """The dialogues that a new version of the script concerns, by step ("": before the first)."""
    async with units() as unit:
        return await unit.reports.running_dialogues(script_id)


async def messages_after(
    units: PanelUnits, conversation_id: ConversationId, after: MessageRowId
) -> Sequence[ConversationMessage]:
    async with units() as unit:
        return await unit.conversations.messages_after(conversation_id, after)
