"""The lines of an order that have arrived, and what its customer has said of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from fulfillment.claims import units_claimed
from fulfillment.models import Claim, Shipment
from orders.flow import State
from orders.models import Order, OrderLine

CONFIRMED = "delivery.confirmed"


@dataclass(frozen=True)
class LineView:
    """One line that has arrived: whether somebody said that it is fine, or what was claimed of it."""

    line: OrderLine
    arrived: int
    confirmed: bool
    claims: tuple[Claim, ...]

    @property
    def open_claim(self) -> Claim | None:
        return next((row for row in self.claims if row.state == Claim.State.OPEN), None)

    @property
    def may_say(self) -> bool:
        """Whether something can still be said of it."""
        return self.arrived > 0 and self.open_claim is None

    @property
    def open_units(self) -> int:
        """That the open claim is about."""
        claim = self.open_claim
        return sum(part.quantity for part in claim.lines.all() if part.order_line_id == self.line.pk) if claim else 0

    @property
    def counts(self) -> range:
        return range(1, self.arrived + 1)


def arrived_lines(order: Order, shipments: list[Shipment]) -> Iterable[LineView]:
    """Of an order that was read with its lines, events and claims."""
    arrived: dict[int, int] = {}
    for row in shipments:
        for sent in row.lines.all() if row.state == State.DELIVERED else ():
            arrived[sent.order_line_id] = arrived.get(sent.order_line_id, 0) + sent.quantity
    confirmed = {event.data.get("line") for event in order.events.all() if event.name == CONFIRMED}
    claims: dict[int, list[Claim]] = {}
    for claim in order.claims.all():
        for part in claim.lines.all() if claim.against == Claim.Against.SHOP else ():
            claims.setdefault(part.order_line_id, []).append(claim)
    for line in order.lines.all():
        if line.pk in arrived:
            mine = tuple(claims.get(line.pk, ()))
            left = arrived[line.pk] - (units_claimed(line, Claim.Against.SHOP) if mine else 0)
            yield LineView(line, left, line.position in confirmed, mine)
