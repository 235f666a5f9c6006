"""Which account an update came to, and the client to answer with."""

from dataclasses import dataclass

import structlog
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery

from candor.accounts.account import Account
from candor.common.errors import CandorError
from candor.common.ids import AccountId
from candor.telegram.bot.client import BotClient

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Seat:
    """A bot at work in this process. `telegram_id` and `username` are the bot's own."""

    account: Account
    client: BotClient

    @property
    def account_id(self) -> AccountId:
        return self.account.id

    @property
    def telegram_id(self) -> int:
        return self.client.bot.id

    @property
    def username(self) -> str | None:
        return self.account.username

    async def answer_press(self, query: CallbackQuery, text: str = "") -> None:
        """Stop the button's spinner; too late or not reached is no reason to fail the update."""
        method = AnswerCallbackQuery(callback_query_id=query.id, text=text[:200] or None)
        try:
            await self.client.do(method, is_repeatable=True)
        except CandorError as error:
            log.info("press_not_answered", account_id=self.account_id, error=error.code)
