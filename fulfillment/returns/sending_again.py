"""A parcel that nobody could be given is sent again, to an address that is right."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from fulfillment.claims import RESHIPMENT
from fulfillment.errors import NotReturnable
from fulfillment.models import Return
from fulfillment.news import settle_parcel
from fulfillment.returns.holding import held_return
from fulfillment.returns.linked import place_linked
from orders.balance import NOTHING
from orders.history import record
from orders.models import Order
from orders.order_request import LineRequest

SETTLED = "sent again"


def send_again(return_id: int, *, address: Mapping[str, str], by: str) -> Order:
    """The same goods for nothing to `address`, as an order that is linked to the first one; again it is the same order.

    The return then gives no money, and what came back goes on the shelf when it is looked at. Raises NotReturnable for
    what was no parcel that came back or has ended, NotEnoughStock when the goods are not there.
    """
    with transaction.atomic():
        row = Return.objects.select_related("order", "sent_again").get(pk=return_id)
        if row.sent_again:
            return row.sent_again
        parcel_id = row.parcel_id
        if not row.may_be_sent_again or parcel_id is None:
            raise NotReturnable(_("Return {rma} is no parcel that came back, or has ended").format(rma=row.rma))
        rows = row.lines.select_related("order_line")
        lines = tuple(LineRequest(line.order_line.sku, line.quantity, unit_price=NOTHING) for line in rows)
        # Placed before the order is locked: placing takes the turn of names first.
        new = place_linked(row.order, lines, relation=RESHIPMENT, name=f"again-{row.number}", by=by, address=address)
        with held_return(return_id) as row:
            if not row.may_be_sent_again:
                raise NotReturnable(_("Return {rma} has ended in the meantime").format(rma=row.rma))
            row.sent_again = new
            row.save(update_fields=["sent_again"])
            record(row.order, "return.sent_again", by=by, rma=row.rma, reshipment=new.number)
        settle_parcel(parcel_id, how=SETTLED, by=by)
        return new
