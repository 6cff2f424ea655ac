"""Named reasons why an order waits: placed and released by people, checks and programs."""

from datetime import datetime
from typing import Any

from django.db.models import Manager, QuerySet
from django.utils.translation import gettext as _

from inventory import clock
from inventory.errors import Refused
from orders.errors import HoldOpen, NeedsSecondPerson, NotAllowedNow
from orders.flow import FINAL, GOODS_HERE
from orders.history import record
from orders.models import Decision, Hold, Order
from orders.policy.versions import policy_of
from orders.queue import each_alone, held, wake

BACKORDERS = "system:backorders"  # who holds and releases orders as goods go and come
ITS_DATE = "system:holds"  # who releases what was held until a moment
EXCEPTION = "exception"


def hold(order_id: int, *, reason: str, note: str, by: str, until: datetime | None = None) -> Hold:
    """Stop the order where it is, for a named reason; the same hold again is the first one.

    Whoever holds an order means to keep its goods here, so it is refused once they have left: parcels on the road are
    not stopped by it. Raises NotAllowedNow, or HoldOpen when one for the reason is open with another note or date.
    """
    with held(order_id) as order:
        if order.state not in (*GOODS_HERE, *FINAL):
            raise NotAllowedNow("hold", order, [_("its goods have left the warehouse, and a hold stops no parcel")])
        refuse_other(order.holds, reason, note, until)
        return place_hold(order, reason=reason, note=note, by=by, until=until)


def refuse_other(holds: "Manager[Any]", reason: str, note: str, until: datetime | None) -> None:
    """Whether what somebody says of a hold would be lost, because one for its reason is open; raises HoldOpen."""
    for row in holds.filter(reason=reason, released_at=None):
        if (row.note, row.until) != (note[:500], until):
            raise HoldOpen(reason, row.by)


def place_hold(
    order: Order, *, reason: str, note: str, by: str, until: datetime | None = None, decision: Decision | None = None
) -> Hold:
    """The same on an order already held by the caller. A hold that is open becomes that of a newer `decision`.

    A program may hold what has left as well, when a step after it fails.
    """
    if order.state in FINAL:
        raise NotAllowedNow("hold", order, [_("its journey is over")])
    row, fresh = Hold.objects.get_or_create(
        order=order,
        reason=reason,
        released_at=None,
        defaults={"note": note[:500], "by": by, "until": until, "decision": decision},
    )
    if fresh:
        order.open_holds += 1
        record(order, "order.held", by=by, reason=reason, note=row.note)
    elif decision:
        row.decision, row.note, row.seconded_by = decision, note[:500], ""
        row.save(update_fields=["decision", "note", "seconded_by"])
    return row


def release_hold(hold_id: int, *, by: str, note: str = "") -> Order:
    """Let go of one hold; after the last one the order goes on when it is due. Releasing twice changes nothing.

    Who releases the hold of a decision overrules its check, and answers for it. Where the policy asks for two people
    the first one's word is kept, and the hold ends with the second one's. Raises NeedsSecondPerson.
    """
    with held(Hold.objects.values_list("order_id", flat=True).get(pk=hold_id)) as order:
        release(order, order.holds.filter(pk=hold_id), by=by, note=note)
        return order


def release(order: Order, holds: QuerySet[Hold], *, by: str, note: str = "") -> None:
    """The same for those of `holds` that are open, on an order already held by the caller."""
    for hold in holds.filter(released_at=None):
        if takes_two(hold, order, by=by):
            if hold.seconded_by == by:
                raise NeedsSecondPerson(hold.reason, by)
            if not hold.seconded_by:
                hold.seconded_by, hold.release_note = by, note[:500]
                hold.save(update_fields=["seconded_by", "release_note"])
                record(order, "order.release_seconded", by=by, reason=hold.reason)
                continue
        hold.overrules = hold.decision_id is not None and not _is_program(by)
        hold.release_note = note[:500] or hold.release_note
        _end(order, hold, by=by)


def end_holds(order: Order, holds: QuerySet[Hold], *, by: str) -> None:
    """End those of `holds` that are open because what they waited for has come; nobody overrules anything."""
    for hold in holds.filter(released_at=None):
        _end(order, hold, by=by)


def takes_two(hold: Hold, order: Order, *, by: str) -> bool:
    """Whether the channel wants two people for it. Programs of the shop itself, and another try, take nobody."""
    if _is_program(by) or hold.reason == EXCEPTION:
        return False
    most = policy_of(order.channel_id).second_person_above
    return most is not None and order.total > most


def release_due_holds(limit: int = 500) -> int:
    """Release up to `limit` holds whose date has come; returns how many. One that fails stops no other."""
    due = Hold.objects.filter(released_at=None, until__lte=clock.now()).order_by("until")
    ids = list(due.values_list("pk", flat=True)[:limit])
    return each_alone(ids, _release_at_its_date, failed="Hold %s could not be released")


def _release_at_its_date(hold_id: int) -> None:
    with held(Hold.objects.values_list("order_id", flat=True).get(pk=hold_id)) as order:
        end_holds(order, order.holds.filter(pk=hold_id, until__lte=clock.now()), by=ITS_DATE)


def hold_for_exception(order: Order, error: Exception) -> None:
    """Let a person look at what a worker could not do; the order is held by the caller. Releasing tries again."""
    said = str(error) if isinstance(error, Refused) else f"{type(error).__name__}: {error}"
    place_hold(order, reason=EXCEPTION, note=said, by="system")


def _end(order: Order, hold: Hold, *, by: str) -> None:
    hold.released_at, hold.released_by = clock.now(), by
    hold.save(update_fields=["released_at", "released_by", "release_note", "overrules"])
    order.open_holds -= 1
    told = {"overrules": True} if hold.overrules else {}
    record(order, "order.released", by=by, reason=hold.reason, **told)
    if order.open_holds == 0:
        wake(order.state)


def _is_program(by: str) -> bool:
    """One of the shop's own; a channel's key stands for whoever uses it."""
    return by.partition(":")[0] == "system"
