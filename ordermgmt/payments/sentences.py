"""What happened to an order's money, as its timeline tells it."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from ordermgmt.phrases import titled
from orders.money import shown

Data = Mapping[str, Any]
SEEN = {"transfer": "came by bank transfer", "invoice": "came for the invoice", "cod": "came in cash"}
ACTS = {"capture": "taking", "refund": "paying back", "void": "letting go"}


def _saying(words: str) -> Callable[[Data, str], str]:
    """A sentence with `{amount}` and, where a gateway acted, `{act}`; and why, if the event says so."""

    def say(data: Data, currency: str) -> str:
        said = words.format(amount=_money(data, currency), act=ACTS.get(str(data.get("kind")), "moving"), **_more(data))
        return f"{said}: {data['why']}" if data.get("why") else said

    return say


def _more(data: Data) -> dict[str, str]:
    return {"level": str(data.get("level", "")), "came": SEEN.get(str(data.get("method")), "taken")}


def _refunded(data: Data, currency: str) -> str:
    reason = f" ({titled(str(data['reason'])).lower()})" if data.get("reason") else ""
    return f"{_money(data, currency)} paid back{reason}"


def _voided(data: Data, currency: str) -> str:
    return "The pledged money was let go"


def _money(data: Data, currency: str) -> str:
    return shown(Decimal(str(data.get("amount", 0))), currency)


PAYMENT_SENTENCES: dict[str, Callable[[Data, str], str]] = {
    "payment.authorised": _saying("{amount} pledged by card"),
    "payment.captured": _saying("{amount} {came}"),
    "payment.voided": _voided,
    "payment.refunded": _refunded,
    "payment.settled": _saying("The gateway confirmed {act} {amount}"),
    "payment.failed": _saying("The gateway failed at {act} {amount}"),
    "payment.retried": _saying("Another try at {act} {amount}"),
    "payment.dropped": _saying("{amount} given up: they were never taken"),
    "payment.charged_back": _saying("{amount} charged back by the customer's bank"),
    "payment.charge_back_won": _saying("{amount} came back: the bank decided for the shop"),
    "payment.reminded": _saying("Reminder {level} sent: {amount} owed"),
}
