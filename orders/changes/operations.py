"""What somebody may want to change of an order, as plain values, and as the JSON in which it is kept.

A line is named by its place in the order, from 1. Lines are never deleted, so a place stays what it was.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orders.order_request import DiscountRequest

Json = dict[str, Any]


@dataclass(frozen=True)
class AddLine:
    """Units of one more SKU; without `unit_price` the catalogue's price of the day holds."""

    sku: str
    quantity: int
    unit_price: Decimal | None = None


@dataclass(frozen=True)
class SetQuantity:
    """So many units of a line; 0 calls it off."""

    line: int
    quantity: int


@dataclass(frozen=True)
class ReplaceLine:
    """Another product instead of a line's, at the catalogue's price; without `quantity` as many units."""

    line: int
    sku: str
    quantity: int | None = None


@dataclass(frozen=True)
class SetAddress:
    """Where goods go (`shipping`) or bills (`billing`)."""

    kind: str
    address: Mapping[str, str]


@dataclass(frozen=True)
class SetShipping:
    """Another way to get the goods; without `total` its price for what the items then cost."""

    method: str
    total: Decimal | None = None


@dataclass(frozen=True)
class SetDiscounts:
    """These amounts off the whole order, instead of those before."""

    discounts: tuple[DiscountRequest, ...]


@dataclass(frozen=True)
class SetNotes:
    """The customer's words; None leaves one as it is."""

    note: str | None = None
    gift_note: str | None = None


Operation = AddLine | SetQuantity | ReplaceLine | SetAddress | SetShipping | SetDiscounts | SetNotes
NAMES: Mapping[str, type[Operation]] = {
    "add_line": AddLine,
    "set_quantity": SetQuantity,
    "replace_line": ReplaceLine,
    "set_address": SetAddress,
    "set_shipping": SetShipping,
    "set_discounts": SetDiscounts,
    "set_notes": SetNotes,
}
GOODS = (AddLine, SetQuantity, ReplaceLine)


def to_json(operations: Iterable[Operation]) -> list[Json]:
    """As they are kept: amounts are strings, what was left open is left out."""
    names = {kind: name for name, kind in NAMES.items()}
    return [{"op": names[type(row)]} | {key: _plain(value) for key, value in _said(row)} for row in operations]


def from_json(kept: Iterable[Mapping[str, Any]]) -> tuple[Operation, ...]:
    """The operations again; what a newer program would say besides is not understood and fails."""
    return tuple(NAMES[row["op"]](**{key: _read(key, row[key]) for key in row if key != "op"}) for row in kept)


def names_amounts(operations: Iterable[Operation]) -> bool:
    """Whether it says what something costs, instead of asking the shop."""
    named = ((row, getattr(row, name, None)) for row in operations for name in ("unit_price", "total"))
    return any(isinstance(row, SetDiscounts) or amount is not None for row, amount in named)


def _said(operation: Operation) -> Iterable[tuple[str, Any]]:
    return ((key, value) for key, value in vars(operation).items() if value is not None)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, tuple):
        return [{"title": row.title, "amount": str(row.amount)} for row in value]
    return dict(value) if isinstance(value, Mapping) else value


READERS: Mapping[str, Callable[[Any], Any]] = {
    "unit_price": Decimal,
    "total": Decimal,
    "discounts": lambda rows: tuple(DiscountRequest(row["title"], Decimal(row["amount"])) for row in rows),
}


def _read(key: str, value: Any) -> Any:
    return READERS[key](value) if key in READERS else value
