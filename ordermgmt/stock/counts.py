"""Counting what is there: the list of counts, the blind sheet of one, and its variances with their value."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from inventory.models import Count, CountLine, FurtherBin, Stock, Warehouse
from ordermgmt.stock.products import MINUS, signed
from orders.money import shown

CLOSED_SHOWN = 50
TONES = {"open": "go", "submitted": "warn", "booked": "good", "discarded": ""}


@dataclass(frozen=True)
class CountRow:
    """One count in the list: how many places it has and how many of them are counted."""

    count: Count
    tone: str
    places: int
    counted: int


@dataclass(frozen=True)
class CountList:
    """All that wait for somebody, and those that ended last."""

    open: tuple[CountRow, ...]
    closed: tuple[CountRow, ...]


@dataclass(frozen=True)
class Variance:
    """A place where something else was found than the books said. `value` is in the product's currency."""

    line: CountLine
    value: str

    @property
    def units(self) -> str:
        """+2 or −3."""
        return signed(self.line.variance)


@dataclass(frozen=True)
class CountPage:
    """One count. What was expected is only in `variances`, which are empty until it is submitted."""

    count: Count
    tone: str
    lines: tuple[CountLine, ...]
    variances: tuple[Variance, ...]
    value: str

    @property
    def is_open(self) -> bool:
        return self.count.state == Count.State.OPEN

    @property
    def waits(self) -> bool:
        """Whether it waits for a second person."""
        return self.count.state == Count.State.SUBMITTED

    @property
    def counted(self) -> int:
        return sum(line.counted is not None for line in self.lines)

    @property
    def units(self) -> str:
        """All variances summed: +2 or −3."""
        return signed(sum(variance.line.variance for variance in self.variances))

    @property
    def agreed(self) -> int:
        """Places where the books were right."""
        return self.counted - len(self.variances)


@dataclass(frozen=True)
class Aisle:
    """One aisle of a warehouse with the first and last bin in it that hold stock, and how many stocks these are."""

    number: int
    first: str
    last: str
    places: int


def count_list() -> CountList:
    """In two queries."""
    lines = models.Count("lines", distinct=True)
    rows = Count.objects.select_related("warehouse").annotate(
        places=lines, counted=models.Count("lines", filter=Q(lines__counted__isnull=False), distinct=True)
    )
    waiting = (Count.State.OPEN, Count.State.SUBMITTED)
    closed = rows.exclude(state__in=waiting).order_by("-closed_at", "-id")[:CLOSED_SHOWN]
    return CountList(
        open=tuple(CountRow(row, TONES[row.state], row.places, row.counted) for row in rows.filter(state__in=waiting)),
        closed=tuple(CountRow(row, TONES[row.state], row.places, row.counted) for row in closed),
    )


def count_page(count_id: int) -> CountPage:
    """In two queries, in the order of the shelves; raises Count.DoesNotExist."""
    count = Count.objects.select_related("warehouse").get(pk=count_id)
    walk = [Coalesce(f"bin__{axis}", f"stock__bin__{axis}") for axis in ("aisle", "bay", "level")]
    lines = tuple(
        count.lines.select_related("stock__product", "stock__bin", "bin").order_by(*walk, "stock__product__sku", "pk")
    )
    variances = () if count.state == Count.State.OPEN else tuple(_variance(line) for line in lines if line.variance)
    return CountPage(count, TONES[count.state], lines, variances, _value([row.line for row in variances]))


def aisles_of(warehouse: Warehouse) -> tuple[Aisle, ...]:
    """The aisles that hold stock, in own bins or further ones, in one query."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    shelf = ("bin__aisle", "bin__bay", "bin__level", "bin__code")
    own = Stock.objects.filter(warehouse=warehouse, bin__isnull=False).order_by().values_list(*shelf)
    further = FurtherBin.objects.filter(stock__warehouse=warehouse).order_by().values_list(*shelf)
    for aisle, _, _, code in sorted(own.union(further, all=True)):
        found[aisle].append(code)
    return tuple(Aisle(aisle, codes[0], codes[-1], len(codes)) for aisle, codes in found.items())


def _variance(line: CountLine) -> Variance:
    return Variance(line, _value([line]))


def _value(lines: Sequence[CountLine]) -> str:
    """What the variances are worth at today's prices, signed, per currency."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        product = line.stock.product
        sums[product.currency] += product.price * line.variance
    worth = [(currency, amount) for currency, amount in sorted(sums.items()) if amount]
    return ", ".join(f"{'+' if amount > 0 else MINUS}{shown(abs(amount), currency)}" for currency, amount in worth)
