"""What the accounts' list of readable chats asks of commenting: is a channel's permission in force?"""

from candor.common.clock import Clock
from candor.common.ids import TelegramChatId
from candor.storage.unit_of_work import Units


class RegisteredPermissions:
    """`candor.accounts.chats.ReadPermissions` over the permission register; H7 in one place."""

    def __init__(self, units: Units, clock: Clock) -> None:
        self._units = units
        self._clock = clock

    async def may_read(self, chat_id: TelegramChatId) -> bool:
        """The channel is followed and its owner's permission covers this moment.

        That somebody has ticked "our own" in the panel is no proof here: whose channel it is, the
        account's rights at Telegram tell.
        """
        async with self._units() as unit:
            channel = await unit.channels.of_chat(chat_id)
        if channel is None or not channel.is_monitored:
            return False
        return channel.permission_at(self._clock.now()) is not None
