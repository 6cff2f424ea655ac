"""The label for the way back, through the shop's carriers: the cheapest of all services, bought once per return."""

from django.utils.translation import gettext as _

from fulfillment.carriers.accounts import active_accounts, carrier_of
from fulfillment.carriers.carrier import Package, Rate, Size
from fulfillment.carriers.packages import (
    RETURN_KEY,
    ask_again_in,
    carrier_day,
    customer_place,
    size_of,
    warehouse_place,
)
from fulfillment.errors import CarrierError, CarrierRefused
from fulfillment.models import CarrierAccount, Parcel, Return
from fulfillment.return_flow import ReturnState
from fulfillment.returns.holding import held_return, moved
from fulfillment.returns.receiving import place_of
from inventory import clock
from orders.money import plain

PACKAGING_G = 200
SMALL: Size = (200, 150, 100)  # of what nobody has measured


def label_return(return_id: int, *, by: str) -> Return:
    """Buy the label, once: the return's id is the carrier's idempotency key. One that needs none stays as it is.

    Carriers are asked outside any transaction. Raises CarrierError when none of them sells one now.
    """
    row = Return.objects.select_related("order__customer").get(pk=return_id)
    if row.state != ReturnState.APPROVED:
        return row
    package = package_of(row)
    account, rate = _cheapest(package)
    bought = carrier_of(account).buy(package, rate)
    with held_return(return_id) as row:
        if row.state == ReturnState.APPROVED:
            row.label()
            row.carrier, row.tracking_number, row.labelled_at = account.name, bought.tracking_number, clock.now()
            row.account, row.due_at = account, clock.now() + ask_again_in(carrier_day())
            cost = plain(bought.cost, bought.currency)
            moved(row, by=by, carrier=row.carrier, tracking=bought.tracking_number, cost=cost)
        return row


def package_of(row: Return) -> Package:
    """What comes back as carriers see it: from the customer to the warehouse that sent the most of its first line."""
    lines = list(row.lines.select_related("order_line__product"))
    warehouse = place_of(lines[0].order_line).warehouse
    sent = Parcel.objects.filter(shipment__order=row.order_id).select_related("carton")
    sizes = [size for parcel in sent if all(size := size_of(parcel))]
    return Package(
        key=f"{RETURN_KEY}{row.pk}",
        weight_g=PACKAGING_G + sum(line.quantity * line.order_line.product.weight_g for line in lines),
        size_mm=max(sizes, key=lambda size: size[0] * size[1] * size[2], default=SMALL),
        origin=customer_place(row.order),
        destination=warehouse_place(warehouse),
        ready_at=row.state_since,
        day=carrier_day(),
        currency=row.order.currency,
    )


def _cheapest(package: Package) -> tuple[CarrierAccount, Rate]:
    """Of all services of all carriers that answer; by price, then by arrival."""
    offers = []
    for account in active_accounts():
        try:
            offers += [(rate.price, rate.arrives_at, account.rank, account, rate) for rate in _rates(account, package)]
        except CarrierError:
            continue  # another one may take it
    if not offers:
        raise CarrierRefused(_("No carrier takes this parcel back now"))
    *__, account, rate = min(offers, key=lambda offer: offer[:3])
    return account, rate


def _rates(account: CarrierAccount, package: Package) -> list[Rate]:
    return carrier_of(account).rate(package)
