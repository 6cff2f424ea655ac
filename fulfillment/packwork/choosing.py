"""Which cartons a packer may take instead of a proposed one: those the goods fit into, and what each costs more."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from fulfillment.boxing import Left, costs, expected_g, fits
from fulfillment.models import Carton, ShipmentLine
from fulfillment.packing import Rates

MOST = 9  # one for each digit of a keyboard


@dataclass(frozen=True)
class Option:
    """A carton for a box: what it costs more than the proposed one, freight included, and how many are left."""

    carton: Carton
    costs_more: Decimal
    left: int | None
    chosen: bool


def options(
    units: Mapping[int, int],
    lines: Iterable[ShipmentLine],
    proposed: Carton | None,
    *,
    left: Left,
    rates: Rates | None = None,
) -> list[Option]:
    """Of the cartons that are `left` those that take all these units, cheapest first after the proposed one.

    Of goods in their own packaging nobody knows the freight, so that of a carton for them is left out, too.
    """
    known = {line.pk: line for line in lines}
    asked = rates if proposed else None

    def cost(carton: Carton) -> Decimal:
        return costs(carton, expected_g(carton, units, known), asked)

    least = cost(proposed) if proposed else Decimal(0)
    found = [
        Option(carton, cost(carton) - least, count, carton == proposed)
        for carton, count in left.items()
        if carton == proposed or (count != 0 and fits(carton, units, known))
    ]
    return sorted(found, key=lambda option: (not option.chosen, option.costs_more))[:MOST]
