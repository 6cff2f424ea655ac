"""What suppliers bring: the list of deliveries, and one delivery line by line."""

from dataclasses import dataclass
from datetime import date

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from inventory import clock
from inventory.models import DeliveryReceipt, ExpectedDelivery, ExpectedLine
from ordermgmt.stock.marks import Mark, line_marks

CLOSED_SHOWN = 50


@dataclass(frozen=True)
class DeliveryRow:
    """One delivery in the list, in units."""

    delivery: ExpectedDelivery
    expected: int
    received: int
    damaged: int
    outstanding: int
    late: bool


@dataclass(frozen=True)
class DeliveryList:
    """All that are open, the most urgent first, and those that were closed last."""

    open: tuple[DeliveryRow, ...]
    closed: tuple[DeliveryRow, ...]
    late: int


@dataclass(frozen=True)
class LineRow:
    """One line of a delivery, and what was not as expected."""

    line: ExpectedLine
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class ReceiptRow:
    """One arrival, in units."""

    receipt: DeliveryReceipt
    good: int
    damaged: int


@dataclass(frozen=True)
class DeliveryPage:
    """One delivery. `outstanding` is what is still to come, or after closing what never came."""

    delivery: ExpectedDelivery
    lines: tuple[LineRow, ...]
    receipts: tuple[ReceiptRow, ...]
    late: bool

    @property
    def is_open(self) -> bool:
        return self.delivery.state == ExpectedDelivery.State.OPEN

    @property
    def expected(self) -> int:
        return sum(row.line.expected for row in self.lines)

    @property
    def received(self) -> int:
        return sum(row.line.received for row in self.lines)

    @property
    def damaged(self) -> int:
        return sum(row.line.damaged for row in self.lines)

    @property
    def outstanding(self) -> int:
        return sum(row.line.outstanding for row in self.lines)


def delivery_list() -> DeliveryList:
    """In two queries."""
    rows = _summed(ExpectedDelivery.objects.select_related("warehouse"))
    still_open = rows.filter(state=ExpectedDelivery.State.OPEN).order_by("due_on", "id")
    closed = rows.filter(state=ExpectedDelivery.State.CLOSED).order_by("-closed_at", "-id")[:CLOSED_SHOWN]
    shown = tuple(map(_row, still_open))
    return DeliveryList(shown, tuple(map(_row, closed)), late=sum(row.late for row in shown))


def delivery_page(delivery_id: int) -> DeliveryPage:
    """In three queries; raises ExpectedDelivery.DoesNotExist."""
    delivery = ExpectedDelivery.objects.select_related("warehouse").get(pk=delivery_id)
    is_open = delivery.state == ExpectedDelivery.State.OPEN
    lines = delivery.lines.select_related("stock__product", "stock__bin").order_by("id")
    return DeliveryPage(
        delivery=delivery,
        lines=tuple(LineRow(line, line_marks(line, is_open=is_open)) for line in lines),
        receipts=tuple(map(_receipt, delivery.receipts.order_by("-id"))),
        late=_late(delivery),
    )


def today() -> date:
    """The shop's own day."""
    return timezone.localtime(clock.now()).date()


def _summed(rows: QuerySet[ExpectedDelivery]) -> QuerySet[ExpectedDelivery]:
    expected, received, damaged = F("lines__expected"), F("lines__received"), F("lines__damaged")
    return rows.annotate(
        expected=Coalesce(Sum(expected), 0),
        received=Coalesce(Sum(received), 0),
        damaged=Coalesce(Sum(damaged), 0),
        outstanding=Coalesce(Sum(Greatest(expected - received - damaged, 0)), 0),
    )


def _row(delivery: ExpectedDelivery) -> DeliveryRow:
    sums = {name: getattr(delivery, name) for name in ("expected", "received", "damaged", "outstanding")}
    return DeliveryRow(delivery, **sums, late=_late(delivery))


def _receipt(receipt: DeliveryReceipt) -> ReceiptRow:
    units = receipt.units.values()
    return ReceiptRow(receipt, good=sum(good for good, _ in units), damaged=sum(damaged for _, damaged in units))


def _late(delivery: ExpectedDelivery) -> bool:
    return delivery.state == ExpectedDelivery.State.OPEN and delivery.due_on < today()
