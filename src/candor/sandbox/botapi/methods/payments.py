"""Payments in Stars. Other currencies need a payment provider, which the sandbox has not."""

from candor.sandbox.botapi import render
from candor.sandbox.botapi.calls import Call, method
from candor.sandbox.botapi.errors import bad_request
from candor.sandbox.botapi.methods.sending import deliver
from candor.sandbox.botapi.parameters import as_integer
from candor.sandbox.world import payments
from candor.sandbox.world.model import InvoiceOffer, Json, StarTransaction
from candor.sandbox.world.refusals import Reason, Refusal

MAX_TITLE = 32
MAX_DESCRIPTION = 255
MAX_PAYLOAD_BYTES = 128
PAGE = 100


def _offer(call: Call) -> InvoiceOffer:
    parameters = call.parameters
    title, description = (
        _within(call, "title", MAX_TITLE),
        _within(call, "description", MAX_DESCRIPTION),
    )
    payload = parameters.text("payload") or ""
    if not 1 <= len(payload.encode()) <= MAX_PAYLOAD_BYTES:
        raise bad_request("INVOICE_PAYLOAD_INVALID")
    if parameters.text("currency") != "XTR":
        raise bad_request("CURRENCY_INVALID")
    if parameters.text("provider_token"):
        raise bad_request("PAYMENT_PROVIDER_INVALID")
    period = parameters.integer("subscription_period")
    if period is not None and period != payments.SUBSCRIPTION_SECONDS:
        raise bad_request("SUBSCRIPTION_PERIOD_INVALID")
    amount = _amount(call)
    if period and amount > payments.MAX_SUBSCRIPTION_STARS:
        raise bad_request("STARS_INVOICE_INVALID")
    offer = payments.Offer(call.bot.id, title, description, payload, amount, period)
    return payments.make_offer(call.world, offer)


def _within(call: Call, name: str, longest: int) -> str:
    text = call.parameters.text(name) or ""
    if not 1 <= len(text) <= longest:
        raise bad_request(f"INVOICE_{name.upper()}_INVALID")
    return text


def _amount(call: Call) -> int:
    prices = call.parameters.mappings("prices") or []
    if len(prices) != 1:
        raise bad_request("STARS_INVOICE_INVALID")
    amount = as_integer(prices[0].get("amount"))
    if amount is None or not 1 <= amount <= payments.MAX_STARS:
        raise bad_request("STARS_AMOUNT_INVALID")
    if not prices[0].get("label"):
        raise bad_request("can't parse labeled price: Can't find field \"label\"")
    return amount


@method("sendInvoice")
def send_invoice(call: Call) -> Json:
    call.target_chat()
    offer = _offer(call)
    invoice = {
        "title": offer.title,
        "description": offer.description,
        "start_parameter": call.parameters.text("start_parameter") or "",
        "currency": "XTR",
        "total_amount": offer.amount,
    }
    return call.show(deliver(call, {"invoice": invoice}, offer_slug=offer.slug))


@method("createInvoiceLink")
def create_invoice_link(call: Call) -> str:
    return payments.link_of(_offer(call))


@method("answerPreCheckoutQuery")
def answer_pre_checkout_query(call: Call) -> bool:
    is_agreed = call.parameters.boolean("ok")
    error = call.parameters.text("error_message")
    if not is_agreed and not error:
        raise bad_request('parameter "error_message" is required')
    payments.answer(
        call.world,
        call.parameters.text("pre_checkout_query_id") or "",
        bot_id=call.bot.id,
        is_agreed=is_agreed,
        error=error,
    )
    return True


@method("refundStarPayment")
def refund_star_payment(call: Call) -> bool:
    payments.refund(
        call.world,
        bot_id=call.bot.id,
        user_id=call.user_id(),
        charge_id=call.parameters.text("telegram_payment_charge_id") or "",
    )
    return True


@method("editUserStarSubscription")
def edit_user_star_subscription(call: Call) -> bool:
    charge_id = call.parameters.text("telegram_payment_charge_id") or ""
    payment = payments.by_charge(call.world, call.bot.id, call.user_id(), charge_id)
    if payment.subscription_until is None:
        raise Refusal(Reason.PAYMENT_INVALID)
    payment.is_canceled = call.parameters.boolean("is_canceled")
    call.world.save("payments", payment)
    return True


@method("getMyStarBalance")
def get_my_star_balance(call: Call) -> Json:
    return {"amount": payments.balance(call.world, call.bot.id)}


@method("getStarTransactions")
def get_star_transactions(call: Call) -> Json:
    offset = max(0, call.parameters.integer("offset") or 0)
    limit = min(PAGE, max(1, call.parameters.integer("limit") or PAGE))
    own = [
        entry for entry in call.world.tables.transactions.values() if entry.bot_id == call.bot.id
    ]
    return {"transactions": [_transaction(call, entry) for entry in own[offset : offset + limit]]}


def _transaction(call: Call, entry: StarTransaction) -> Json:
    partner = {
        "type": "user",
        "transaction_type": "invoice_payment",
        "user": render.user(call.world, entry.user_id),
        "invoice_payload": entry.payload,
    }
    side = "source" if entry.amount > 0 else "receiver"
    return {
        "id": entry.id.removeprefix("refund-"),
        "amount": abs(entry.amount),
        "date": entry.date,
        side: partner,
    }
