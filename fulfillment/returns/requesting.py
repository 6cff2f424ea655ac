"""Returns that are announced: wished by a customer or by the shop for them, approved or declined, given a label."""

from dataclasses import dataclass
from functools import partial

from django.utils.translation import gettext as _

from fulfillment.errors import NotReturnable
from fulfillment.models import Return, ReturnLine
from fulfillment.return_flow import COMING, ReturnState
from fulfillment.returns.holding import held_return, moved
from fulfillment.returns.labelling import label_return
from fulfillment.returns.policy import Policy, policy_of, returnable
from fulfillment.returns.reasons import Reason, reason_named
from fulfillment.returns.receiving import next_number
from inventory import clock
from inventory.models import Product
from orders.errors import UnknownSku
from orders.history import record
from orders.models import Order, OrderLine
from orders.queue import each_alone, held

Resolution = Return.Resolution
POLICY = "system:returns"


@dataclass(frozen=True)
class WishLine:
    """Units of a line (by its id) that are to come back. `exchange_sku` is wanted instead; empty: the same again."""

    line_id: int
    quantity: int
    reason: str
    note: str = ""
    photo: str = ""
    exchange_sku: str = ""


@dataclass(frozen=True)
class Wish:
    """What somebody wants to send back and have for it; `by_staff` lets the shop's people go beyond the policy."""

    lines: tuple[WishLine, ...]
    resolution: str = Resolution.REFUND
    by_staff: bool = False


def request_return(order_id: int, *, wish: Wish, key: str, by: str) -> Return:
    """Announce a return, once per `key`; approved at once where the channel's policy says so.

    Raises NotReturnable for what the policy does not take back, UnknownSku for an exchange that is not sold.
    """
    with held(order_id) as order:
        known = Return.objects.filter(key=key).first()
        if known and known.order_id != order.pk:
            raise NotReturnable(_("The key {key} belongs to a return of another order").format(key=key))
        if known:
            return known
        policy = policy_of(order.channel_id)
        lines = _lines(order, wish, policy)
        row = Return.objects.create(
            order=order,
            number=next_number(order),
            key=key,
            resolution=Resolution(wish.resolution),
            reason=lines[0].reason,
            requested_at=clock.now(),
            requested_by=by,
            state_since=clock.now(),
        )
        for line in lines:
            line.return_record = row
        ReturnLine.objects.bulk_create(lines)
        named = [{"sku": line.order_line.sku, "quantity": line.quantity, "reason": line.reason} for line in lines]
        record(order, "return.requested", by=by, rma=row.rma, resolution=row.resolution, lines=named)
        if policy.approve_at_once or wish.by_staff:
            row.approve()
            moved(row, by=by if wish.by_staff else POLICY)
        return row


def approve_return(return_id: int, *, by: str) -> Return:
    """The shop takes it back; again changes nothing."""
    with held_return(return_id) as row:
        if row.state in COMING:
            return row
        row.approve()
        return moved(row, by=by)


def decline_return(return_id: int, *, why: str, by: str) -> Return:
    """The shop does not take it back, and says why; again changes nothing."""
    with held_return(return_id) as row:
        if row.state == ReturnState.DECLINED:
            return row
        row.decline()
        row.declined_why = why[:300]
        return moved(row, by=by)


def cancel_return(return_id: int, *, by: str) -> Return:
    """The customer keeps it after all; again changes nothing."""
    with held_return(return_id) as row:
        if row.state == ReturnState.CANCELLED:
            return row
        row.cancel()
        return moved(row, by=by)


def note_sent(return_id: int, *, by: str) -> Return:
    """The customer has sent it; again changes nothing."""
    with held_return(return_id) as row:
        if row.state == ReturnState.IN_TRANSIT:
            return row
        row.leave()
        return moved(row, by=by)


def label_waiting(*, by: str) -> int:
    """Buy the label of every approved return that has none; one that fails stops no other. How many were bought."""
    waiting = Return.objects.filter(state=ReturnState.APPROVED).order_by("pk").values_list("pk", flat=True)
    return each_alone(list(waiting[:500]), partial(label_return, by=by), failed="Return %s got no label")


def _lines(order: Order, wish: Wish, policy: Policy) -> list[ReturnLine]:
    if not wish.lines:
        raise NotReturnable(_("Choose at least one item"))
    if wish.resolution == Resolution.EXCHANGE and not (policy.allow_exchange or wish.by_staff):
        raise NotReturnable(_("This shop does not exchange"))
    if wish.resolution == Resolution.CREDIT and not (policy.allow_credit or wish.by_staff):
        raise NotReturnable(_("This shop gives no store credit"))
    if wish.by_staff:
        policy = Policy(window_days=100_000)
    open_units = {row.line.pk: row for row in returnable(order, policy)}
    found = []
    for asked in wish.lines:
        row, reason = open_units.get(asked.line_id), reason_named(asked.reason)
        if row is None or not 1 <= asked.quantity <= row.units:
            raise NotReturnable(_why_not(row.line, row.units, row.why_not) if row else _("There is no such line"))
        found.append(_line(row.line, asked, reason, wish))
    if len({line.order_line.pk for line in found}) < len(found):
        raise NotReturnable(_("Name each line once"))
    return found


def _line(line: OrderLine, asked: WishLine, reason: Reason, wish: Wish) -> ReturnLine:
    if not wish.by_staff and reason.needs_photo and not asked.photo:
        raise NotReturnable(_("Add a photo of {name}: “{label}” needs one").format(name=line.name, label=reason.label))
    if not wish.by_staff and not reason.for_customers:
        raise NotReturnable(_("There is no reason {code}").format(code=reason.code))
    instead = None
    if wish.resolution == Resolution.EXCHANGE and asked.exchange_sku not in ("", line.sku):
        instead = Product.objects.filter(sku=asked.exchange_sku, active=True).first()
        if instead is None:
            raise UnknownSku([asked.exchange_sku])
    return ReturnLine(
        order_line=line,
        quantity=asked.quantity,
        reason=reason.code,
        note=asked.note[:500],
        photo=asked.photo,
        exchange_for=instead,
    )


def _why_not(line: OrderLine, units: int, why_not: str) -> str:
    return (
        f"{line.name}: {why_not}"
        if why_not
        else _("Of {name} {units} can come back").format(name=line.name, units=units)
    )
