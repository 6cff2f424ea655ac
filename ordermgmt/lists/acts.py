"""What can be done to many rows of a list at once: each act is one service, called for row after row by a worker."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fulfillment.flow import OPEN
from fulfillment.holds import hold_shipment, release_shipment
from fulfillment.models import Job, Shipment, ShipmentHold
from ordermgmt.access import MAY_ACT, MAY_CANCEL, MAY_CHANGE_CUSTOMERS
from ordermgmt.forms import HOLD_REASONS
from ordermgmt.lists.filters import Words
from orders import services
from orders.customers.blocking import set_blocked
from orders.errors import NotAllowedNow
from orders.flow import FINAL, GOODS_HERE
from orders.models import Customer, Order

Terms = Mapping[str, Any]


class HoldManyForm(forms.Form):
    """Why all of them have to wait."""

    reason = forms.ChoiceField(label=_("Why"), choices=HOLD_REASONS)
    note = forms.CharField(label=_("What should the next person know?"), max_length=500)


class ReasonForm(forms.Form):
    """Why it is done."""

    reason = forms.CharField(label=_("Why"), max_length=200)


@dataclass(frozen=True)
class Act:
    """One thing to do. `possible` are the rows where it can be done now, `otherwise` says why not for the others.

    `do` takes a row's id, the terms and who asked. `undone_by` is the act that takes it back, `undo` its terms.
    `is_local`: its rows are of one warehouse each, and who has workplaces acts on those of theirs alone.
    """

    name: str
    label: Words
    permission: str
    form: type[forms.Form]
    possible: Q
    otherwise: Words
    do: Callable[[int, Terms, str], None]
    undone_by: str = ""
    undo: Callable[[Job], Terms] | None = None
    is_grave: bool = False
    is_local: bool = False

    def elsewhere(self, places: Collection[int]) -> Q:
        """The rows that are none of those who work in these warehouses; none: nothing is."""
        return ~Q(warehouse__in=places) if self.is_local and places else Q(pk__in=[])


def _hold_order(order_id: int, terms: Terms, by: str) -> None:
    services.hold(order_id, reason=terms["reason"], note=terms["note"], by=by)


def _release_order(order_id: int, terms: Terms, by: str) -> None:
    """Its holds one by one. What a check of the policy found is for those who decide trust, on the order's page."""
    order = Order.objects.get(pk=order_id)
    holds = _placed(order.holds.filter(released_at=None), terms)
    for pk, decision in holds.values_list("pk", "decision"):
        if decision is not None:
            raise NotAllowedNow("release", order, [gettext("a check holds it, which is decided on its own page")])
        services.release_hold(pk, by=by)


def _cancel_order(order_id: int, terms: Terms, by: str) -> None:
    services.cancel(order_id, reason=terms["reason"], by=by)


def _hold_shipment(shipment_id: int, terms: Terms, by: str) -> None:
    hold_shipment(shipment_id, reason=terms["reason"], note=terms["note"], by=by)


def _release_shipment(shipment_id: int, terms: Terms, by: str) -> None:
    holds = _placed(ShipmentHold.objects.filter(shipment=shipment_id, released_at=None), terms)
    for pk in holds.values_list("pk", flat=True):
        release_shipment(pk, by=by)


def _block(customer_id: int, terms: Terms, by: str) -> None:
    set_blocked(customer_id, blocked=True, reason=terms["reason"], by=by)


def _unblock(customer_id: int, terms: Terms, by: str) -> None:
    set_blocked(customer_id, blocked=False, reason=terms["reason"], by=by)


def _placed(holds: QuerySet[Any], terms: Terms) -> QuerySet[Any]:
    """Of an undoing only what was placed by what is undone."""
    if "placed_by" not in terms:
        return holds
    since = parse_datetime(terms["placed_since"])
    return holds.filter(reason=terms["reason"], by=terms["placed_by"], at__gte=since)


def _what_it_placed(job: Job) -> Terms:
    return {"reason": job.terms["reason"], "placed_by": job.by, "placed_since": job.at.isoformat()}


def _undone(job: Job) -> Terms:
    return {"reason": f"Taken back: {job.terms['reason']}"[:200]}


ACTS: Mapping[str, Act] = {
    act.name: act
    for act in (
        Act(
            "hold-orders",
            _("Hold"),
            MAY_ACT,
            HoldManyForm,
            ~Q(state__in=FINAL),
            _("their journey is over"),
            _hold_order,
            undone_by="release-orders",
            undo=_what_it_placed,
        ),
        Act(
            "release-orders",
            _("Release"),
            MAY_ACT,
            forms.Form,
            Q(open_holds__gt=0),
            _("nothing holds them"),
            _release_order,
        ),
        Act(
            "cancel-orders",
            _("Cancel"),
            MAY_CANCEL,
            ReasonForm,
            Q(state__in=GOODS_HERE),
            _("their goods have left, or they ended"),
            _cancel_order,
            is_grave=True,
        ),
        Act(
            "hold-shipments",
            _("Hold"),
            MAY_ACT,
            HoldManyForm,
            Q(state__in=OPEN),
            _("they are no longer here"),
            _hold_shipment,
            undone_by="release-shipments",
            undo=_what_it_placed,
            is_local=True,
        ),
        Act(
            "release-shipments",
            _("Release"),
            MAY_ACT,
            forms.Form,
            Q(open_holds__gt=0),
            _("nothing holds them"),
            _release_shipment,
            is_local=True,
        ),
        Act(
            "block-customers",
            _("Block"),
            MAY_CHANGE_CUSTOMERS,
            ReasonForm,
            Q(blocked=False),
            _("they are blocked already"),
            _block,
            undone_by="unblock-customers",
            undo=_undone,
            is_grave=True,
        ),
        Act(
            "unblock-customers",
            _("Unblock"),
            MAY_CHANGE_CUSTOMERS,
            ReasonForm,
            Q(blocked=True),
            _("nobody blocked them"),
            _unblock,
            undone_by="block-customers",
            undo=_undone,
        ),
    )
}


def names_of(act: Act, ids: list[int]) -> dict[int, str]:
    """What to call the rows of a job."""
    if act.name.endswith("orders"):
        return {pk: f"#{number}" for pk, number in Order.objects.filter(pk__in=ids).values_list("pk", "number")}
    if act.name.endswith("shipments"):
        return {row.pk: row.code for row in Shipment.objects.filter(pk__in=ids).select_related("order")}
    return dict(Customer.objects.filter(pk__in=ids).values_list("pk", "name"))
