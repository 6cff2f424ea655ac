"""What the packer sees: which shipments wait, and of one its lines, its boxes with their drawings, and what to add."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import QuerySet, Sum

from fulfillment.boxing import Packed, cartons_left, proposed, rates_for
from fulfillment.models import InsertRule, Shipment, ShipmentLine
from fulfillment.packing.drawing import Layer, layers
from fulfillment.packwork.choosing import Option, options
from fulfillment.packwork.inserts import inserts_for
from fulfillment.packwork.verifying import ToPack, on_the_bench
from fulfillment.packwork.weighing import tolerance_g
from fulfillment.pickwork.snapshot import codes_of
from inventory.models import Warehouse
from orders.flow import State

MOST = 100
EFFORT = 2_000  # a person waits for the page, so less is tried than for a machine


@dataclass(frozen=True)
class Filling:
    """One layer of a box: its drawing, and what its numbers are: units and name."""

    layer: Layer
    legend: Sequence[tuple[str, int, str]]


@dataclass(frozen=True)
class Proposal:
    """A box as planned, with the cartons that may be taken instead and the layers to fill it by."""

    number: int
    box: Packed
    contents: Sequence[tuple[ShipmentLine, int]]
    options: Sequence[Option]
    layers: Sequence[Filling]
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
    boxes = [
        Proposal(
            number,
            box,
            [(lines[line], count) for line, count in box.units.items()],
            options(box.units, lines.values(), box.carton, left=left, rates=rates),
            [filling(layer, lines) for layer in layers(box.layout)] if box.layout else [],
            tolerance_g(box.expected_g),
        )
        for number, box in enumerate(plan, 1)
    ]
    return Bench(shipment, rows, boxes, inserts_for(shipment))


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


def filling(layer: Layer, lines: Mapping[int, ShipmentLine]) -> Filling:
    """Stacks of the same product that are filled one after the other are told in one line."""
    legend = []
    for sku, group in groupby(layer.stacks, key=lambda stack: stack.sku):
        stacks = list(group)
        first, last = stacks[0].number, stacks[-1].number
        numbers = f"{first}" if first == last else f"{first}–{last}"
        legend.append((numbers, sum(stack.units for stack in stacks), lines[int(sku)].order_line.name))
    return Filling(layer, legend)
