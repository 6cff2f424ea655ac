"""What customers say of what arrived: that a line is fine, or what is wrong with it."""

from django.utils.translation import gettext as _

from fulfillment.arrived import CONFIRMED
from fulfillment.claims import Told, open_claim, units_claimed
from fulfillment.errors import ClaimRefused
from fulfillment.models import Claim, ShipmentLine
from fulfillment.returns.worth import units_returned
from orders.flow import State
from orders.history import record
from orders.models import Order, OrderLine
from orders.queue import held

CUSTOMER = "customer"


def confirm_arrival(order_id: int, *, line_id: int | None, by: str) -> None:
    """Keep that a line, or every line, has arrived as it should; said again it changes nothing."""
    with held(order_id) as order:
        told = {data.get("line") for data in order.events.filter(name=CONFIRMED).values_list("data", flat=True)}
        here = _arrived(order)
        for line in order.lines.all():
            if line.pk in here and line.position not in told and line_id in (None, line.pk):
                record(order, CONFIRMED, by=by, line=line.position, sku=line.sku)


def claim_line(
    order_id: int, *, line_id: int, kind: str, units: int | None = None, note: str = "", photo: str = ""
) -> Claim:
    """Open a claim for a line that arrived, all of it unless told, or add a photo to the one that is open.

    Said twice it is one claim. Raises ClaimRefused for what did not arrive or is settled.
    """
    with held(order_id) as order:
        line = OrderLine.objects.filter(order=order, pk=line_id).first()
        if line is None or line.pk not in (here := _arrived(order)):
            raise ClaimRefused(_("This has not arrived yet"))
        mine = Claim.objects.filter(lines__order_line=line, against=Claim.Against.SHOP)
        if (known := mine.filter(state=Claim.State.OPEN).first()) is not None:
            if photo and not known.photo:
                known.photo = photo
                known.save(update_fields=["photo"])
            return known
        if not kind:
            raise ClaimRefused(_("There is no open claim for this"))
        left = here[line.pk] - units_returned(line) - units_claimed(line, Claim.Against.SHOP)
        count = left if units is None else units
        key = f"track:{line.pk}:{mine.count() + 1}"
        told = Told(opened_by=Claim.OpenedBy.CUSTOMER, note=note, photo=photo)
        return open_claim(order.pk, kind=kind, units={line.pk: count}, key=key, by=CUSTOMER, told=told)


def _arrived(order: Order) -> dict[int, int]:
    found: dict[int, int] = {}
    rows = ShipmentLine.objects.filter(shipment__order=order, shipment__state=State.DELIVERED)
    for line_id, count in rows.values_list("order_line", "quantity"):
        found[line_id] = found.get(line_id, 0) + count
    return found
