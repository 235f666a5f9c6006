"""`PaymentHandler`: the question before a payment (answered within 10 seconds) and the payment."""

from aiogram import F, Router
from aiogram.methods import AnswerPreCheckoutQuery
from aiogram.types import Message, PreCheckoutQuery

from candor.common.ids import TelegramChatId, TelegramMessageId
from candor.telegram.bot.seat import Seat
from candor.telegram.bot.translation import person, when
from candor.telegram.ports import Payment, Payments, PreCheckout


class PaymentHandler:
    """Hands invoices' fate to whoever sells; without a seller nothing may be paid."""

    def __init__(self, payments: Payments) -> None:
        self._payments = payments

    def router(self) -> Router:
        router = Router(name="payments")
        router.pre_checkout_query.register(self.check)
        router.message.register(self.paid, F.successful_payment)
        router.message.register(self.refunded, F.refunded_payment)
        return router

    async def check(self, query: PreCheckoutQuery, seat: Seat) -> None:
        asked = PreCheckout(
            account_id=seat.account_id,
            query_id=query.id,
            person=person(query.from_user),
            currency=query.currency,
            total_amount=query.total_amount,
            payload=query.invoice_payload,
        )
        answer = await self._payments.check(asked)
        method = AnswerPreCheckoutQuery(
            pre_checkout_query_id=query.id,
            ok=not answer.refusal,
            error_message=answer.refusal or None,
        )
        await seat.client.do(method, is_repeatable=True)

    async def paid(self, message: Message, seat: Seat) -> None:
        paid = message.successful_payment
        if paid is not None and message.from_user is not None:
            await self._payments.record(
                Payment(
                    account_id=seat.account_id,
                    chat_id=TelegramChatId(message.chat.id),
                    message_id=TelegramMessageId(message.message_id),
                    person=person(message.from_user),
                    currency=paid.currency,
                    total_amount=paid.total_amount,
                    payload=paid.invoice_payload,
                    charge_id=paid.telegram_payment_charge_id,
                    paid_at=when(message.date),
                )
            )

    async def refunded(self, message: Message, seat: Seat) -> None:
        back = message.refunded_payment
        if back is not None and message.from_user is not None:
            await self._payments.record(
                Payment(
                    account_id=seat.account_id,
                    chat_id=TelegramChatId(message.chat.id),
                    message_id=TelegramMessageId(message.message_id),
                    person=person(message.from_user),
                    currency=back.currency,
                    total_amount=back.total_amount,
                    payload=back.invoice_payload,
                    charge_id=back.telegram_payment_charge_id,
                    paid_at=when(message.date),
                    is_refund=True,
                )
            )
