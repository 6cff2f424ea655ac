"""What is known of an order when trust is decided, kept with the decision so that it can be decided again."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Facts:
    """An order, its customer and its money at one moment: amounts, counts and names of signs, nothing of the person.

    `countries` and `postcodes_differ` compare billing with shipping. `listed` are the kinds of blocked marks that the
    order bears. Money is in `currency`; `usual_total` is the median of the customer's earlier totals in it, of which
    there are `usual_of`. `recent_minutes` are the minutes since each order the customer placed in the day before,
    `same_minutes` those since they ordered the same goods for the same total, if they did within a week.
    """

    total: Decimal
    currency: str
    pledged: Decimal
    pays_later: bool
    earlier_orders: int
    blocked: bool
    countries: tuple[str, str]
    unpromised: tuple[str, ...]
    first_order_limit: Decimal
    version: int = 0
    tier: str = ""
    listed: tuple[str, ...] = ()
    usual_total: Decimal | None = None
    usual_of: int = 0
    paid_on_time: int = 0
    paid_late: int = 0
    overdue: int = 0
    charge_backs: int = 0
    postcodes_differ: bool = False
    address_is_new: bool = False
    warnings: tuple[str, ...] = ()
    recent_minutes: tuple[int, ...] = ()
    same_minutes: int | None = None

    def to_json(self) -> dict[str, Any]:
        """For the database: amounts as strings, tuples as lists."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Facts":
        """The same again. What an older version did not know takes its default, what this one does not is left out."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: _typed(name, value) for name, value in kept.items() if name in known})


AMOUNTS = {"total", "pledged", "first_order_limit", "usual_total"}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def _typed(name: str, value: Any) -> Any:
    if name in AMOUNTS and value is not None:
        return Decimal(value)
    return tuple(value) if isinstance(value, list) else value
