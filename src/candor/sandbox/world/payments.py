"""Stars: offers, paying (with the bot's last word before), refunds, subscriptions, a bot's account."""

import secrets
from dataclasses import dataclass

from candor.sandbox.world import dialogues
from candor.sandbox.world.chats import add_service_message
from candor.sandbox.world.events import PaymentSettled, PaymentStarted, UserChanged
from candor.sandbox.world.model import (
    Chat,
    InvoiceOffer,
    Json,
    Message,
    Payment,
    StarTransaction,
)
from candor.sandbox.world.refusals import Reason, Refusal
from candor.sandbox.world.world import World

ANSWER_WITHIN_SECONDS = 10
MAX_STARS = 100_000
SUBSCRIPTION_SECONDS = 2_592_000
MAX_SUBSCRIPTION_STARS = 10_000


@dataclass(frozen=True, slots=True)
class Offer:
    """What an invoice offers."""

    bot_id: int
    title: str
    description: str
    payload: str
    amount: int
    subscription_period: int | None = None


def make_offer(world: World, offer: Offer) -> InvoiceOffer:
    """An offer that can be paid by its link or under the message that shows it."""
    made = InvoiceOffer(
        slug=secrets.token_urlsafe(12),
        bot_id=offer.bot_id,
        title=offer.title,
        description=offer.description,
        payload=offer.payload,
        currency="XTR",
        amount=offer.amount,
        subscription_period=offer.subscription_period,
    )
    world.tables.offers[made.slug] = made
    world.save("offers", made)
    return made


def link_of(offer: InvoiceOffer) -> str:
    return f"https://t.me/${offer.slug}"


def offer_under(world: World, message: Message) -> InvoiceOffer:
    """The offer that a message shows."""
    if "invoice" not in message.content or message.offer_slug is None:
        raise Refusal(Reason.PAYMENT_INVALID)
    return world.tables.offers[message.offer_slug]


def start(world: World, offer: InvoiceOffer, *, user_id: int, message: Message | None) -> Payment:
    """A person confirms: the bot has 10 s to agree."""
    payer = world.user(user_id)
    if payer.stars < offer.amount:
        raise Refusal(Reason.NOT_ENOUGH_STARS)
    chat = dialogues.open_between(world, user_id, offer.bot_id)
    payment = Payment(
        id=str(secrets.randbits(62)),
        user_id=user_id,
        bot_id=offer.bot_id,
        chat_id=message.chat_id if message else chat.id,
        message_id=message.id if message else None,
        amount=offer.amount,
        payload=offer.payload,
        state="checking",
        date=world.now(),
        subscription_period=offer.subscription_period,
    )
    world.tables.payments[payment.id] = payment
    world.save("payments", payment)
    world.emit(PaymentStarted(payment))
    return payment


def answer(
    world: World, payment_id: str, *, bot_id: int, is_agreed: bool, error: str | None
) -> None:
    """The bot agrees (money moves, the chat shows it) or declines with words for the person."""
    payment = world.tables.payments.get(payment_id)
    if payment is None or payment.bot_id != bot_id or payment.state != "checking":
        raise Refusal(Reason.PAYMENT_EXPIRED)
    expire(world, payment)
    if payment.state != "checking":
        raise Refusal(Reason.PAYMENT_EXPIRED)
    if is_agreed:
        _pay(world, payment)
    else:
        payment.state, payment.error = "declined", error
    world.save("payments", payment)
    world.emit(PaymentSettled(payment))


def expire(world: World, payment: Payment) -> None:
    """Give up a payment that the bot did not answer in time."""
    if payment.state == "checking" and world.now() - payment.date > ANSWER_WITHIN_SECONDS:
        payment.state = "expired"
        payment.error = "The bot did not answer in time."
        world.save("payments", payment)
        world.emit(PaymentSettled(payment))


def refund(world: World, *, bot_id: int, user_id: int, charge_id: str) -> Payment:
    """Give the Stars back; once only."""
    payment = by_charge(world, bot_id, user_id, charge_id)
    if payment.state == "refunded":
        raise Refusal(Reason.ALREADY_REFUNDED)
    payment.state = "refunded"
    payer = world.user(user_id)
    payer.stars += payment.amount
    _book(world, payment, -payment.amount)
    world.save("users", payer)
    world.save("payments", payment)
    add_service_message(
        world,
        _place(world, payment),
        user_id,
        {"refunded_payment": _receipt(payment)},
    )
    world.emit(UserChanged(user_id))
    world.emit(PaymentSettled(payment))
    return payment


def by_charge(world: World, bot_id: int, user_id: int, charge_id: str) -> Payment:
    """The bot's payment with this charge id."""
    for payment in world.tables.payments.values():
        if payment.charge_id == charge_id and (payment.bot_id, payment.user_id) == (
            bot_id,
            user_id,
        ):
            return payment
    raise Refusal(Reason.PAYMENT_INVALID)


def balance(world: World, bot_id: int) -> int:
    """A bot's Stars."""
    return sum(
        entry.amount for entry in world.tables.transactions.values() if entry.bot_id == bot_id
    )


def _pay(world: World, payment: Payment) -> None:
    payer = world.user(payment.user_id)
    if payer.stars < payment.amount:
        payment.state, payment.error = "declined", "Not enough Stars."
        return
    payer.stars -= payment.amount
    payment.state = "paid"
    payment.charge_id = f"stx{secrets.token_urlsafe(24)}"
    if payment.subscription_period:
        payment.subscription_until = world.now() + payment.subscription_period
    _book(world, payment, payment.amount)
    world.save("users", payer)
    chat = _place(world, payment)
    chat.started_by.add(payment.user_id)
    receipt = _receipt(payment)
    if payment.subscription_until:
        receipt |= {
            "subscription_expiration_date": payment.subscription_until,
            "is_recurring": True,
            "is_first_recurring": True,
        }
    add_service_message(world, chat, payment.user_id, {"successful_payment": receipt})
    world.emit(UserChanged(payment.user_id))


def _place(world: World, payment: Payment) -> Chat:
    return dialogues.open_between(world, payment.user_id, payment.bot_id)


def _receipt(payment: Payment) -> Json:
    return {
        "currency": "XTR",
        "total_amount": payment.amount,
        "invoice_payload": payment.payload,
        "telegram_payment_charge_id": payment.charge_id,
        "provider_payment_charge_id": "",
    }


def _book(world: World, payment: Payment, amount: int) -> None:
    entry = StarTransaction(
        id=payment.charge_id if amount > 0 else f"refund-{payment.charge_id}",
        bot_id=payment.bot_id,
        user_id=payment.user_id,
        amount=amount,
        date=world.now(),
        payload=payment.payload,
    )
    world.tables.transactions[entry.id] = entry
    world.save("transactions", entry)
