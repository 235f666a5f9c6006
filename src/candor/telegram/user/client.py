"""Telethon's client made strict: it knows what was really handled, and it never sleeps on a call.

Telethon notes an update as read when it arrives, before its handler has run, and forgets the ones in
between when the connection ends. Here the position is taken only in moments when nothing is unhandled,
and a new connection starts from the last such position: Telegram then delivers the rest again.
"""

from typing import Any

from telethon import TelegramClient, errors, functions, utils

_MIGRATIONS = (errors.PhoneMigrateError, errors.NetworkMigrateError, errors.UserMigrateError)


class SettledClient(TelegramClient):  # type: ignore[misc]
    """`note_position` and `go_back` work on the session's update states."""

    unhandled = 0
    """Updates that Telethon counts as read and no handler has finished with."""
    _position: dict[int, Any] | None = None

    async def note_position(self) -> bool:
        """Take the position if everything up to it is handled; False when something is in hand."""
        if self.unhandled or not self._updates_queue.empty() or self._message_box.is_empty():
            return False
        await self._save_states_and_entities()
        self._position = dict(self.session.get_update_states())
        return True

    def go_back(self) -> None:
        """Forget what was read since the last position: before a new connection, after the last."""
        self.unhandled = 0
        while not self._updates_queue.empty():
            self._updates_queue.get_nowait()
        states = self.session._update_states
        states.clear()
        states.update(self._position or {})

    def remember_loaded(self) -> None:
        """The position that a stored session came with is good until a newer one is taken."""
        self._position = dict(self.session.get_update_states())

    async def _call(
        self,
        sender: Any,
        request: Any,
        ordered: bool = False,
        flood_sleep_threshold: int | None = None,
    ) -> Any:
        """One try, no sleeping: waits and failures are the caller's to reschedule.

        Telethon would sleep two seconds at every 5xx, RANDOM_ID_DUPLICATE among them.
        """
        if utils.is_list_like(request):
            return await super()._call(sender, request, ordered=ordered)
        await request.resolve(self, utils)
        wrapped = functions.InvokeWithoutUpdatesRequest(request) if self._no_updates else request
        try:
            result = await sender.send(wrapped, ordered=ordered)
        except _MIGRATIONS:
            return await super()._call(sender, request, ordered=ordered)
        self.session.process_entities(result)
        return result

    async def _preprocess_updates(self, updates: Any, users: Any, chats: Any) -> Any:
        self.unhandled += len(updates)
        return await super()._preprocess_updates(updates, users, chats)

    async def _dispatch_update(self, update: Any) -> None:
        await super()._dispatch_update(update)
        self.unhandled -= 1
