"""Which cartons a packer may take instead of a proposed one: those the goods fit into, and what each costs more."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from fulfillment.boxing import Left, fits
from fulfillment.models import Carton, ShipmentLine

MOST = 9  # one for each digit of a keyboard


@dataclass(frozen=True)
class Option:
    """A carton for a box: what it costs more than the proposed one, in the shop's currency, and how many are left."""

    carton: Carton
    costs_more: Decimal
    left: int | None
    chosen: bool


def options(
    units: Mapping[int, int], lines: Iterable[ShipmentLine], proposed: Carton | None, *, left: Left
) -> list[Option]:
    """Of the cartons that are `left` those that take all these units, cheapest first after the proposed one."""
    known = {line.pk: line for line in lines}
    price = proposed.price if proposed else Decimal(0)
    found = [
        Option(carton, carton.price - price, count, carton == proposed)
        for carton, count in left.items()
        if carton == proposed or (count != 0 and fits(carton, units, known))
    ]
    return sorted(found, key=lambda option: not option.chosen)[:MOST]
