"""Who will buy what, how they pay and what they do afterwards: fixed by the seed before anything is placed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from ordermgmt.simulation.baskets import Basket, CreditNote, Sample
from ordermgmt.simulation.dice import Dice
from ordermgmt.simulation.people import person
from orders.api.requests import MOST_LINES

CHANNELS = ("web", "phone", "marketplace")
PHONE_SHARE, MARKETPLACE_SHARE = 0.15, 0.2
INVOICE_SHARE, SHORT_SHARE, ABROAD_SHARE = 0.09, 0.02, 0.02
CURRENCY = "GBP"


@dataclass(frozen=True)
class Errand:
    """One order that somebody is going to place, and what they do about it later."""

    number: int
    external_id: str
    channel: str
    basket: Basket
    method: str = "card"
    authorised: Decimal | None = None
    billing_country: str = ""
    calls_off: bool = False
    returns: Mapping[str, int] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """What the storefront sends; the same every time it is asked."""
        buyer = person(self.basket.customer, self.basket.country)
        payment = {"method": self.method, "reference": f"pay-{self.basket.invoice}"}
        if self.authorised is not None:
            payment["authorised"] = str(self.authorised)
        return {
            "external_id": self.external_id,
            "currency": CURRENCY,
            "customer": {"email": buyer.email, "name": buyer.name},
            "shipping_address": buyer.address(),
            "billing_address": buyer.address() | {"country": self.billing_country or buyer.country},
            "lines": [
                {"sku": line.sku, "quantity": line.quantity, "unit_price": f"{line.unit_price:.2f}"}
                for line in self.basket.lines
            ],
            "payment": payment,
        }


def plan_errands(sample: Sample, count: int, *, dice: Dice, prefix: str) -> list[Errand]:
    """`count` orders from the real baskets, in their real order; once all have been drawn, they are drawn again.

    An invoice of more lines than the API takes is a day at the counter rather than an order, and is passed over.
    """
    fitting = [basket for basket in sample.baskets if len(basket.lines) <= MOST_LINES]
    credited = defaultdict(list)
    for note in sample.credit_notes:
        credited[note.basket].append(note)
    errands: list[Errand] = []
    while len(errands) < count:
        drawn = dice.shuffled(fitting, "baskets", len(errands))[: count - len(errands)]
        for basket in sorted(drawn, key=lambda basket: (basket.placed_at, basket.invoice)):
            errands.append(_errand(basket, len(errands) + 1, credited[basket.invoice], dice=dice, prefix=prefix))
    return errands


def within(errands: Sequence[Errand], available: Mapping[str, int], *, whole: bool = False) -> list[Errand]:
    """The same plan for a shop that has only so many units of each SKU; what it has not is left out of the baskets.

    With `whole`, a basket that would miss something is left out instead.
    """
    left, fitting = dict(available), []
    for errand in errands:
        lines = tuple(line for line in errand.basket.lines if left.get(line.sku, 0) >= line.quantity)
        if not lines or (whole and len(lines) < len(errand.basket.lines)):
            continue
        for line in lines:
            left[line.sku] -= line.quantity
        skus = {line.sku for line in lines}
        back = {sku: units for sku, units in errand.returns.items() if sku in skus}
        fitting.append(replace(errand, basket=replace(errand.basket, lines=lines), returns=back))
    return fitting


def _errand(basket: Basket, number: int, notes: Sequence[CreditNote], *, dice: Dice, prefix: str) -> Errand:
    back: defaultdict[str, int] = defaultdict(int)
    for note in notes:
        for sku, units in note.units.items():
            back[sku] += units
    method, authorised = _payment(basket, number, dice)
    return Errand(
        number=number,
        external_id=f"{prefix}-{number}",
        channel=_channel(basket, dice),
        basket=basket,
        method=method,
        authorised=authorised,
        billing_country="US" if dice.happens(ABROAD_SHARE, "abroad", number) else "",
        calls_off=any(note.cancels for note in notes),
        returns=dict(back),
    )


def _channel(basket: Basket, dice: Dice) -> str:
    """A guest buys on a marketplace, a customer always in the same way."""
    share = dice.share("channel", basket.customer)
    if basket.customer.startswith("guest") or share < MARKETPLACE_SHARE:
        return "marketplace"
    return "phone" if share < MARKETPLACE_SHARE + PHONE_SHARE else "web"


def _payment(basket: Basket, number: int, dice: Dice) -> tuple[str, Decimal | None]:
    """Mostly by card; some firms by invoice; now and then the bank pledges too little."""
    share = dice.share("payment", number)
    if share < SHORT_SHARE:
        return "card", (sum((line.unit_price for line in basket.lines), Decimal(0)) / 2).quantize(Decimal("0.01"))
    return ("invoice" if share < SHORT_SHARE + INVOICE_SHARE else "card"), None
