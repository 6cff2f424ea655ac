"""Writes beside the nine stages: holds, calling off, notes, money, and what to do with a row that failed."""

from decimal import Decimal

from django.db.models import F, QuerySet, Sum

from inventory import clock
from inventory import services as stock
from orders.errors import NotAllowedNow, RefundTooLarge
from orders.flow import FINAL, GOODS_HERE, State
from orders.history import advanced, record
from orders.models import Hold, Order, OrderLine, Payment, Refund
from orders.money import plain, rounded, shown
from orders.queue import TRIES, backoff, held, wake

BACKORDERS = "system:backorders"  # who holds and releases orders as goods go and come


def hold(order_id: int, *, reason: str, note: str, by: str) -> Hold:
    """Stop the order where it is, for a named reason; a second hold for an open reason is the first one."""
    with held(order_id) as order:
        return place_hold(order, reason=reason, note=note, by=by)


def place_hold(order: Order, *, reason: str, note: str, by: str) -> Hold:
    """The same on an order already held by the caller."""
    if order.state in FINAL:
        raise NotAllowedNow("hold", order, ["its journey is over"])
    row, fresh = Hold.objects.get_or_create(
        order=order, reason=reason, released_at=None, defaults={"note": note[:500], "by": by}
    )
    if fresh:
        order.open_holds += 1
        record(order, "order.held", by=by, reason=reason, note=row.note)
    return row


def release_hold(hold_id: int, *, by: str) -> Order:
    """Let go of one hold; after the last one the order goes on when it is due. Releasing twice changes nothing."""
    with held(Hold.objects.values_list("order_id", flat=True).get(pk=hold_id)) as order:
        end_holds(order, order.holds.filter(pk=hold_id), by=by)
        return order


def end_holds(order: Order, holds: QuerySet[Hold], *, by: str) -> None:
    """The same for those of `holds` that are open, on an order already held by the caller."""
    for hold in holds.filter(released_at=None):
        hold.released_at, hold.released_by = clock.now(), by
        hold.save(update_fields=["released_at", "released_by"])
        order.open_holds -= 1
        record(order, "order.released", by=by, reason=hold.reason)
        if order.open_holds == 0:
            wake(order.state)


def set_priority(order_id: int, *, priority: int, by: str) -> Order:
    """Serve the order before all of a lower priority when goods arrive; refused once its goods have left."""
    with held(order_id) as order:
        if order.state not in GOODS_HERE:
            raise NotAllowedNow("prioritise", order, ["its goods are still here"])
        before, order.priority = order.priority, priority
        if before == priority:
            return order
        order.save(update_fields=["priority"])
        stock.set_priority([line.reservation_key for line in order.lines.all()], priority)
        return record(order, "order.prioritised", by=by, before=before, priority=priority)


def add_note(order_id: int, *, text: str, by: str) -> None:
    """Write a remark of a person into the history."""
    with held(order_id) as order:
        record(order, "order.noted", by=by, text=text)


def cancel(order_id: int, *, reason: str, by: str) -> Order:
    """Call the order off before anything has left: promises and pledged money go back, once."""
    with held(order_id) as order:
        if order.state == State.CANCELLED:
            return order
        order.cancel()
        return leave(order, by=by, reason=reason)


def reject(order: Order, *, why: str, checks: list[dict[str, object]], by: str) -> Order:
    """Refuse an order held by the caller: trust is not established."""
    order.reject()
    return leave(order, by=by, why=why, checks=checks)


def leave(order: Order, *, by: str, **data: object) -> Order:
    """What both exits share: open holds end, stock and money go back."""
    order.holds.filter(released_at=None).update(released_at=clock.now(), released_by=by)
    order.open_holds = 0
    stock.release(line.reservation_key for line in order.lines.all())
    give_money_back(order, by=by)
    wake(State.APPROVED)  # whoever opens shipments also stops those that were opened
    return advanced(order, by=by, due_in=None, **data)


def give_money_back(order: Order, *, by: str) -> None:
    """Void what is only pledged, refund what was taken; the order is held by the caller."""
    for payment in order.payments.select_for_update(no_key=True).filter(voided_at=None).order_by("id"):
        left = payment.captured - payment.refunded
        if payment.captured == 0:
            payment.voided_at = clock.now()
            payment.save(update_fields=["voided_at"])
            record(order, "payment.voided", by=by, payment=payment.pk)
        elif left:
            refund(payment, order=order, amount=left, reason="order called off", key=f"exit:{payment.pk}", by=by)


def capture(order: Order, *, by: str) -> None:
    """Take what is pledged and not taken yet, up to the order's total; the order is held by the caller.

    Invoice, transfer and cash are paid outside: they are taken when the money is seen, not when goods leave.
    """
    owed = order.total - (order.payments.aggregate(sum=Sum("captured"))["sum"] or Decimal(0))
    pledged = order.payments.select_for_update(no_key=True).filter(
        method=Payment.Method.CARD, voided_at=None, captured__lt=F("authorised")
    )
    for payment in pledged.order_by("id"):
        amount = min(owed, payment.authorised - payment.captured)
        if amount <= 0:
            continue
        payment.captured, payment.captured_at = payment.captured + amount, clock.now()
        payment.save(update_fields=["captured", "captured_at"])
        owed -= amount
        record(order, "payment.captured", by=by, payment=payment.pk, amount=plain(amount, order.currency))


def refund(payment: Payment, *, order: Order, amount: Decimal, reason: str, key: str, by: str) -> None:
    """Give back `amount` of a payment for the cause `key`, once; never more than was taken."""
    _, fresh = Refund.objects.get_or_create(
        key=key, defaults={"payment": payment, "amount": amount, "reason": reason, "at": clock.now()}
    )
    if not fresh:
        return
    within = Payment.objects.filter(pk=payment.pk, captured__gte=F("refunded") + amount)
    if not within.update(refunded=F("refunded") + amount):
        raise RefundTooLarge(f"{shown(amount, order.currency)} is more than is left of the payment")
    record(order, "payment.refunded", by=by, payment=payment.pk, amount=plain(amount, order.currency), reason=reason)


def refund_units(order: Order, line: OrderLine, units: int, *, back: int) -> Decimal:
    """The money that belongs to `units` of a line, tax included where prices are without it.

    `back` units came back before: what was paid is shared so that the parts sum exactly to the line's.
    """
    paid = line.total if order.prices_include_tax else line.total + line.tax
    before, after = (rounded(paid * count / line.quantity, order.currency) for count in (back, back + units))
    return after - before


def postpone(order_id: int, error: Exception) -> None:
    """A worker failed on this order: try again later, and after five tries hold it for a person.

    An order that has ended in the meantime needs no other try.
    """
    with held(order_id) as order:
        if order.state in FINAL:
            return
        order.attempts += 1
        order.due_at = clock.now() + backoff(order.attempts)
        if order.attempts >= TRIES:
            order.attempts, order.due_at = 0, clock.now()  # the hold keeps it until a person lets it try again
            hold_for_exception(order, error)
        order.save(update_fields=["attempts", "due_at"])


def hold_for_exception(order: Order, error: Exception) -> None:
    """Let a person look at what a worker could not do; the order is held by the caller. Releasing tries again."""
    place_hold(order, reason="exception", note=f"{type(error).__name__}: {error}", by="system")
