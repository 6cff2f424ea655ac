"""What the packer sees: which shipments wait, and of one its lines, its boxes with their drawings, and what to add."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from typing import Any

from django.db.models import QuerySet, Sum

from fulfillment.boxing import Packed, cartons_left, proposed, rates_for
from fulfillment.models import InsertRule, Shipment, ShipmentLine
from fulfillment.packing.drawing import Layer, layers, stacks
from fulfillment.packwork.choosing import Option, options
from fulfillment.packwork.inserts import inserts_for
from fulfillment.packwork.verifying import ToPack, on_the_bench
from fulfillment.packwork.weighing import tolerance_g
from fulfillment.pickwork.snapshot import codes_of
from inventory.models import Warehouse
from orders.flow import State

MOST = 100
EFFORT = 2_000  # a person waits for the page, so less is tried than for a machine
MOST_DRAWN = 120  # stacks on the bench; boxes beyond are drawn on a page of their own


@dataclass(frozen=True)
class Filling:
    """One layer of a box: its drawing, and what its numbers are: units and name."""

    layer: Layer
    legend: Sequence[tuple[str, int, str]]


@dataclass(frozen=True)
class Proposal:
    """A box as planned, with the cartons that may be taken instead and the layers to fill it by.

    `is_drawn_apart`: its layers are not here, but on a page of its own.
    """

    number: int
    box: Packed
    contents: Sequence[tuple[ShipmentLine, int]]
    options: Sequence[Option]
    layers: Sequence[Filling]
    is_drawn_apart: bool
    tolerance_g: int


@dataclass(frozen=True)
class Bench:
    """One shipment on the bench."""

    shipment: Shipment
    lines: Sequence[ToPack]
    boxes: Sequence[Proposal]
    inserts: Sequence[InsertRule]

    @property
    def to_add(self) -> list[tuple[InsertRule, str]]:
        """What is added, with what is written on it for this customer."""
        return [(rule, rule.text.replace("{name}", self.shipment.order.customer.name)) for rule in self.inserts]

    @property
    def units(self) -> int:
        """How many there are."""
        return sum(row.line.quantity for row in self.lines)

    @property
    def verified(self) -> int:
        """How many of them are verified."""
        return sum(row.verified for row in self.lines)


def waiting(warehouse: str = "") -> QuerySet[Shipment]:
    """Shipments that people have to pack, the earliest promise first."""
    rows = Shipment.objects.filter(state=State.PICKED, open_holds=0, order__open_holds=0)
    rows = rows.filter(warehouse__mode=Warehouse.Mode.MANUAL)
    if warehouse:
        rows = rows.filter(warehouse__code=warehouse)
    rows = rows.select_related("order", "warehouse").annotate(units=Sum("lines__quantity"))
    return rows.order_by("-order__priority", "order__promised_at", "pk")


def bench(shipment: Shipment) -> Bench:
    """All of it; the plan is made anew each time and is the same each time."""
    rows = on_the_bench(shipment)
    lines = {row.line.pk: row.line for row in rows}
    left = cartons_left()
    rates = rates_for(shipment, lines, left)
    plan = proposed(shipment, work=EFFORT, left=left, rates=rates)
    many = [len(stacks(box.layout)) if box.layout else 0 for box in plan]
    boxes = [
        Proposal(
            number,
            box,
            [(lines[line], count) for line, count in box.units.items()],
            options(box.units, lines.values(), box.carton, left=left, rates=rates),
            _fillings(box, lines) if sofar <= MOST_DRAWN else [],
            sofar > MOST_DRAWN and box.layout is not None,
            tolerance_g(box.expected_g),
        )
        for number, (box, sofar) in enumerate(zip(plan, accumulate(many), strict=True), 1)
    ]
    return Bench(shipment, rows, boxes, inserts_for(shipment))


def drawn_apart(shipment: Shipment, number: int) -> Sequence[Filling]:
    """The layers of one box of the same plan; none where it has no such box, or that one no layers."""
    lines = {row.line.pk: row.line for row in on_the_bench(shipment)}
    plan = proposed(shipment, work=EFFORT)
    return [layer for box in plan[number - 1 : number] for layer in _fillings(box, lines)]


def state_of(rows: Sequence[ToPack]) -> list[dict[str, Any]]:
    """The lines as the page in the browser judges them."""
    return [
        {
            "id": row.line.pk,
            "name": row.name,
            "sku": row.line.order_line.sku,
            "codes": sorted(codes_of(row.product)),
            "quantity": row.line.quantity,
            "verified": row.verified,
        }
        for row in rows
    ]


def _fillings(box: Packed, lines: Mapping[int, ShipmentLine]) -> list[Filling]:
    return [filling(layer, lines) for layer in layers(box.layout)] if box.layout else []


def filling(layer: Layer, lines: Mapping[int, ShipmentLine]) -> Filling:
    """Stacks of the same product that are filled one after the other are told in one line."""
    legend = []
    for sku, group in groupby(layer.stacks, key=lambda stack: stack.sku):
        found = list(group)
        first, last = found[0].number, found[-1].number
        numbers = f"{first}" if first == last else f"{first}–{last}"
        legend.append((numbers, sum(stack.units for stack in found), lines[int(sku)].order_line.name))
    return Filling(layer, legend)
