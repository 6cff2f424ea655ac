"""The ways out of a standstill: what one click does, or where the work is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory import services as stock
from inventory.wording import Words
from ordermgmt.attention import hold_name
from ordermgmt.radar.stuck import Cause, Stuck
from orders.flow import GOODS_HERE, State
from orders.models import OrderLine

TO_DO = {
    State.APPROVED: gettext_lazy("Pick"),
    State.PICKED: gettext_lazy("Pack"),
    State.PACKED: gettext_lazy("Hand over"),
}
MOST_RELEASES = 2
ACT, APPROVE = "change_order", "approve_order"


@dataclass(frozen=True)
class Way:
    """One way out: a page to go to, or with a `right` something that is done at once by those who have it."""

    label: Words
    address: str
    right: str = ""
    is_grave: bool = False

    @property
    def acts(self) -> bool:
        """Whether it is done by pressing."""
        return bool(self.right)


def ways_out(row: Stuck, missing: Mapping[int, str]) -> list[Way]:
    """The most telling first. `missing` names, by order number, a SKU that is waited for."""
    page = reverse("order", args=[row.number])
    ways = [*_of_cause(row, page, missing), *_releases(row)]
    if row.cause is not Cause.HELD and row.state in GOODS_HERE:
        ways.append(Way(_("Cancel…"), f"{page}#cancel", is_grave=True))
    return ways


def _of_cause(row: Stuck, page: str, missing: Mapping[int, str]) -> list[Way]:
    match row.cause:
        case Cause.OVERDUE:
            return [Way(_("Wake the worker"), reverse("radar-look", args=[row.number]), ACT)]
        case Cause.CARRIER:
            ask = Way(_("Ask the carrier now"), reverse("radar-look", args=[row.number]), ACT)
            return [ask, Way(_("See the parcel"), f"{page}#shipment-{row.shipment}")]
        case Cause.PEOPLE:
            return [Way(TO_DO.get(row.state, "See the shipment"), f"{page}#shipment-{row.shipment}")]
        case Cause.NOT_ACCEPTED:
            return [Way(_("Stop it or send it from elsewhere"), reverse("hand-overs"))]
        case Cause.THIRD_PARTY:
            return [Way(_("Confirm what they did"), f"{page}#shipment-{row.shipment}")]
        case Cause.GOODS if row.number in missing:
            sku = missing[row.number]
            return [Way(_("See {sku}").format(sku=sku), reverse("stock-product", args=[sku]))]
        case Cause.MONEY:
            return [Way(_("See the payments"), f"{page}#payments")]
    return [Way(_("Open the order"), page)] if row.cause is Cause.WAITING else []


def _releases(row: Stuck) -> list[Way]:
    """One for each of the first holds; a failed step is tried again."""
    return [
        Way(
            _("Try again")
            if hold.reason == "exception"
            else _("Release: {reason}").format(reason=hold_name(hold.reason)),
            reverse("radar-release", args=[row.number, hold.id]),
            APPROVE,
        )
        for hold in row.holds[:MOST_RELEASES]
    ]


def missing_skus(rows: Sequence[Stuck]) -> dict[int, str]:
    """For orders that wait for goods, the first SKU that is not there in their turn, by order number."""
    numbers = [row.number for row in rows if row.cause is Cause.GOODS]
    if not numbers:
        return {}
    lines = OrderLine.objects.filter(order__number__in=numbers, quantity__gt=0).select_related("order")
    by_key = {line.reservation_key: line for line in lines.order_by("order", "position")}
    covered: dict[str, int] = dict.fromkeys(by_key, 0)
    for turn in stock.turns(by_key):
        covered[turn.key] += turn.covered
    found: dict[int, str] = {}
    for key, line in by_key.items():
        if covered[key] < line.quantity:
            found.setdefault(line.order.number, line.sku)
    return found
