"""What happened to an order's money, as its timeline tells it."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.wording import Words
from ordermgmt.phrases import inside, titled
from orders.money import shown

Data = Mapping[str, Any]
SEEN = {
    "transfer": gettext_lazy("came by bank transfer"),
    "invoice": gettext_lazy("came for the invoice"),
    "cod": gettext_lazy("came in cash"),
}
ACTS = {"capture": gettext_lazy("taking"), "refund": gettext_lazy("paying back"), "void": gettext_lazy("letting go")}


def _saying(words: Words) -> Callable[[Data, str], str]:
    """A sentence with `{amount}` and, where a gateway acted, `{act}`; and why, if the event says so."""

    def say(data: Data, currency: str) -> str:
        act = ACTS.get(str(data.get("kind")), _("moving"))
        said = str(words).format(amount=_money(data, currency), act=act, **_more(data))
        return f"{said}: {data['why']}" if data.get("why") else said

    return say


def _more(data: Data) -> dict[str, str]:
    return {"level": str(data.get("level", "")), "came": str(SEEN.get(str(data.get("method")), _("taken")))}


def _refunded(data: Data, currency: str) -> str:
    reason = f" ({inside(titled(str(data['reason'])))})" if data.get("reason") else ""
    return _("{data} paid back{reason}").format(data=_money(data, currency), reason=reason)


def _voided(data: Data, currency: str) -> str:
    return _("The pledged money was let go")


def _money(data: Data, currency: str) -> str:
    return shown(Decimal(str(data.get("amount", 0))), currency)


PAYMENT_SENTENCES: dict[str, Callable[[Data, str], str]] = {
    "payment.authorised": _saying(gettext_lazy("{amount} pledged by card")),
    "payment.captured": _saying(gettext_lazy("{amount} {came}")),
    "payment.voided": _voided,
    "payment.refunded": _refunded,
    "payment.settled": _saying(gettext_lazy("The gateway confirmed {act} {amount}")),
    "payment.failed": _saying(gettext_lazy("The gateway failed at {act} {amount}")),
    "payment.retried": _saying(gettext_lazy("Another try at {act} {amount}")),
    "payment.dropped": _saying(gettext_lazy("{amount} given up: they were never taken")),
    "payment.charged_back": _saying(gettext_lazy("{amount} charged back by the customer's bank")),
    "payment.charge_back_won": _saying(gettext_lazy("{amount} came back: the bank decided for the shop")),
    "payment.reminded": _saying(gettext_lazy("Reminder {level} sent: {amount} owed")),
}
