"""Why a bill is not what was quoted: by the table of rates, or a guess by what the carrier tells. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from fulfillment.billing.reading import Charged
from fulfillment.billing.repricing import Tariff, explained, told_of_weight
from fulfillment.carriers.carrier import Size
from fulfillment.models import ParcelBill

Reason = ParcelBill.Reason
USUAL_DIVISORS = (4000, 5000, 6000)  # cm³ a kg, where the shop does not know the service's own
STEP_G = 500  # carriers charge by half a kilogram


@dataclass(frozen=True)
class Known:
    """What the shop knows of a parcel: its quote, the weight and size it gave, what the account charges on top.

    Of a carrier that is priced by a table, also how it was priced.
    """

    cost: Decimal
    currency: str
    weight_g: int
    size_mm: Size
    divisor: int | None = None
    surcharges: Collection[Decimal] = ()
    is_given_back: bool = False
    tariff: Tariff | None = None


def compared(charged: Charged, known: Known | None, *, currency: str, billed_before: str = "") -> tuple[Reason, str]:
    """The reason, and what shows it; `billed_before` names an earlier invoice with the same parcel."""
    if known is None:
        return Reason.UNKNOWN, "No label of the shop has this number"
    if billed_before:
        return Reason.TWICE, f"Also on invoice {billed_before}"
    if charged.is_doubled:
        return Reason.TWICE, "The same line stands twice on this invoice"
    if known.is_given_back:
        return Reason.GIVEN_BACK, "Nothing was to be paid for it"
    if currency != known.currency:
        return Reason.CURRENCY, f"Quoted in {known.currency}"
    over = charged.billed - known.cost
    if over == 0:
        return Reason.AGREES, ""
    if over < 0:
        return Reason.LESS, ""
    found = explained(charged, known.tariff) if known.tariff else None
    return found or _why_more(charged, known, over)


def _why_more(charged: Charged, known: Known, over: Decimal) -> tuple[Reason, str]:
    weighed, ours = charged.billed_g, -(-known.weight_g // STEP_G) * STEP_G
    if weighed is not None and weighed > ours:
        told = f"{weighed / 1000:,.2f} kg billed, {known.weight_g / 1000:,.2f} kg given"
        if known.tariff and (asked := told_of_weight(charged, known.tariff)):
            told = f"{told}; {asked}"
        divisors = (known.divisor,) if known.divisor else USUAL_DIVISORS
        for divisor in divisors:
            by_size = dimensional_g(known.size_mm, divisor)
            if by_size > known.weight_g and abs(by_size - weighed) <= STEP_G:
                return Reason.DIMENSIONS, f"{told}; its size counts as {by_size / 1000:,.2f} kg"
        return Reason.WEIGHT, told
    if charged.extras:
        return Reason.SURCHARGE, ", ".join(f"{charge} {amount}" for charge, amount in charged.extras)[:200]
    if over in known.surcharges:
        return Reason.SURCHARGE, f"{over} is one of the account's surcharges"
    return Reason.OTHER, ""


def dimensional_g(size_mm: Size, divisor: int) -> int:
    """Grams that a volume counts as, `divisor` in cm³ a kg."""
    length, width, height = size_mm
    return -(-length * width * height // divisor)
