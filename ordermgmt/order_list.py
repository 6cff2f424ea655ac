"""The list of orders: filtered, newest first, a page at a time without counting; and the search that jumps."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet

from fulfillment.models import Label
from fulfillment.partial import read_share, with_share
from ordermgmt.lists.language import Typed, typed
from ordermgmt.lists.order_filters import Fault, is_number, narrowed
from orders.flow import STAGES, State
from orders.models import Order

PAGE = 50


@dataclass(frozen=True)
class Filters:
    """What the address asks for. `before` and `after` are the order numbers a page ends at."""

    state: str = ""
    q: str = ""
    held: bool = False
    before: int | None = None
    after: int | None = None

    def query(self, **changes: object) -> str:
        """The address of the same list with something changed; what is empty is left out."""
        wanted = {"state": self.state, "held": 1 if self.held else "", "q": self.q} | changes
        return "?" + urlencode({name: value for name, value in wanted.items() if value})

    @property
    def typed(self) -> Typed:
        """The words of the search, read."""
        return typed(self.q)

    @property
    def is_plain(self) -> bool:
        """Nothing but words to look for, as the search box on every page sends them."""
        return not (self.state or self.held or self.before or self.after or self.typed.clauses)


@dataclass(frozen=True)
class Chip:
    """One filter to switch to."""

    label: str
    address: str
    chosen: bool


@dataclass(frozen=True)
class Row:
    """One order; `partly` says how many of its shipments have left, where some have and some have not."""

    order: Order
    partly: str


@dataclass(frozen=True)
class OrderPageList:
    """One page of orders; `newer` and `older` are the addresses of its neighbours.

    `conditions` are what was typed, each with the address of the list without it; `faults` are those that say nothing.
    """

    rows: tuple[Row, ...]
    chips: tuple[Chip, ...]
    conditions: tuple[Chip, ...]
    faults: Sequence[Fault]
    newer: str
    older: str


def page(filters: Filters) -> OrderPageList:
    """The orders in one query; one row more than shown tells whether there is a next page."""
    asked = filters.typed
    found, faults = narrowed(_chosen(filters), asked)
    orders = with_share(found).select_related("customer", "channel")
    if filters.after is not None:
        rows = list(orders.filter(number__gt=filters.after).order_by("number")[: PAGE + 1])
        more_newer, more_older = len(rows) > PAGE, True
        shown = rows[:PAGE][::-1]
    else:
        if filters.before is not None:
            orders = orders.filter(number__lt=filters.before)
        rows = list(orders.order_by("-number")[: PAGE + 1])
        more_newer, more_older = filters.before is not None, len(rows) > PAGE
        shown = rows[:PAGE]
    return OrderPageList(
        rows=tuple(Row(order, read_share(order).words) for order in shown),
        chips=_chips(filters),
        conditions=tuple(
            Chip(clause.text, filters.query(q=asked.without(clause).text), chosen=True) for clause in asked.clauses
        ),
        faults=faults,
        newer=filters.query(after=shown[0].number) if shown and more_newer else "",
        older=filters.query(before=shown[-1].number) if shown and more_older else "",
    )


def find_exact(words: str) -> int | None:
    """The number of the one order these words name: its number, a channel's id, a tracking number, an only e-mail."""
    plain = words.strip().removeprefix("#").strip()
    if not plain:
        return None
    by = Order.objects.order_by()
    for alone in (
        *([by.filter(number=int(plain))] if is_number(plain) else []),
        by.filter(external_id=plain),
        by.filter(pk__in=Label.objects.filter(tracking_number=plain.upper()).values("parcel__shipment__order")),
        *([by.filter(customer__email=plain.lower())] if "@" in plain else []),
    ):
        numbers = alone.values_list("number", flat=True)[:2]
        if len(numbers) == 1:
            return int(numbers[0])
    return None


def _chosen(filters: Filters) -> QuerySet[Order]:
    """Those of the chips."""
    orders = Order.objects.all()
    if filters.state in State.values:
        orders = orders.filter(state=filters.state)
    return orders.filter(open_holds__gt=0) if filters.held else orders


def _chips(filters: Filters) -> tuple[Chip, ...]:
    anything = not filters.state and not filters.held
    states = [*(stage.state for stage in STAGES), State.REJECTED, State.CANCELLED]
    return (
        Chip("All", filters.query(state="", held=""), anything),
        Chip("Held", filters.query(state="", held=1), filters.held),
        *(Chip(state.label, filters.query(state=state.value, held=""), filters.state == state) for state in states),
    )
