"""The list of cartons, and what the shop knows of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from fulfillment.boxing import left_of, packed_since, with_use
from fulfillment.models import Carton
from inventory import clock

LATELY = timedelta(days=30)


@dataclass(frozen=True)
class CartonRow:
    """One carton: how many are left (None: nobody counts them) and how many parcels went out in it lately."""

    carton: Carton
    left: int | None
    lately: int

    @property
    def is_out(self) -> bool:
        """None is left, so it is not proposed."""
        return self.carton.active and self.left == 0

    @property
    def is_low(self) -> bool:
        """No more are left than its mark says."""
        return self.carton.active and self.left is not None and 0 < self.left <= self.carton.low_mark

    @property
    def days(self) -> int | None:
        """For how many days they last at the pace of late; None where that cannot be said."""
        return None if self.left is None or not self.lately else self.left * LATELY.days // self.lately


def carton_rows() -> Sequence[CartonRow]:
    """All of them, those in use first, by price; in one query."""
    lately = packed_since(clock.now() - LATELY)
    rows = with_use(Carton.objects.all()).annotate(lately=lately).order_by("-active", "price", "pk")
    return [CartonRow(row, left_of(row), row.lately) for row in rows]


def has_parcels(carton: Carton) -> bool:
    """Whether anything was ever packed in it: then its measures stay, because parcels were planned with them."""
    return carton.parcels.exists()
