"""A change set from its proposal to its end: proposed, looked at, applied all or nothing, or discarded."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from inventory import clock
from inventory.errors import NotEnoughStock
from inventory.retelling import in_english
from orders.changes.drafts import Book, Draft, changed, differing
from orders.changes.operations import Operation, from_json, to_json
from orders.changes.preview import (
    Preview,
    day_of,
    fields_of,
    line_changes,
    mark_of,
    money_words,
    shipping_notes,
    stock_words,
    sums,
)
from orders.changes.reading import book_for, draft_of
from orders.changes.standing import actions_of, check_way, way_for
from orders.changes.writing import Done, rewrite, told
from orders.errors import ChangeEnded, ChangeOpen, ChangeStale, NothingToChange, NoWay
from orders.flow import State
from orders.history import record
from orders.models import ChangeSet, Order
from orders.payments.standing import pledged
from orders.queue import held

Status = ChangeSet.Status


@dataclass(frozen=True)
class Plan:
    """The order as it is and as it would be, the prices that say so, and the mark of both."""

    before: Draft
    after: Draft
    book: Book
    mark: str


@dataclass(frozen=True)
class Attempt:
    """What came of doing it; `missing` is what stopped it: units left by SKU."""

    done: Done
    missing: dict[str, int]
    trust: str
    promised_at: str
    warnings: tuple[str, ...]


def propose(order_id: int, operations: Sequence[Operation], *, reason: str, by: str) -> ChangeSet:
    """Write down what somebody wants to change; one proposal an order at a time. It has to be possible now.

    Raises ChangeOpen, NothingToChange, NoWay, or what pricing refuses; NotEnoughStock is said by the preview.
    """
    with held(order_id) as order:
        open_one = order.change_sets.filter(status=Status.OPEN).first()
        if open_one:
            raise ChangeOpen(open_one.pk, open_one.by)
        check_way(order, actions_of(operations), put_back=True)
        change = ChangeSet(
            order=order, version=order.version, operations=to_json(operations), reason=reason, by=by, at=clock.now()
        )
        change.preview = _looked_at(order, operations).to_json()
        change.save()
        record(order, "order.change_proposed", by=by, change=change.pk)
        return change


def preview(change: ChangeSet) -> Preview:
    """What an open change would do now. It is done and undone again, so it locks as applying does, for a moment."""
    with held(change.order_id) as order:
        return _looked_at(order, from_json(change.operations))


def open_change(order: Order, change_id: int) -> ChangeSet:
    """The change of a held order, which is open; raises ChangeEnded."""
    change = order.change_sets.get(pk=change_id)
    if change.status != Status.OPEN:
        raise ChangeEnded(
            _("Change {pk} was {status} by {ended_by}").format(
                pk=change.pk, status=change.status, ended_by=change.ended_by
            )
        )
    return change


def apply(order: Order, change: ChangeSet, *, by: str, seen: str = "") -> Preview:
    """Make the change to an order held by the caller; whose goods are gathered has put them back before.

    `seen` is the mark of the preview that was looked at; without it the one of the proposal. Raises ChangeStale when
    money would be another now, NotEnoughStock, NoWay, or what pricing refuses. Returns what it did.
    """
    operations = from_json(change.operations)
    check_way(order, actions_of(operations))
    plan = _planned(order, operations)
    if plan.mark != (seen or change.preview.get("mark")):
        raise ChangeStale(_looked_at(order, operations).to_json())
    unpaid = _unpaid(order, plan.after)
    record(order, "order.changed", by=by, change=change.pk, **told(plan.before, plan.after))
    done = rewrite(order, plan.before, plan.after, by=by, cause=f"change:{change.pk}")
    did = _shown(plan, Attempt(done, {}, _trust(order), day_of(order.promised_at), ()), unpaid)
    change.preview, change.version = did.to_json(), order.version - 1
    _end(change, Status.APPLIED, by=by)
    return did


def discard(change_id: int, *, by: str) -> ChangeSet:
    """Let the proposal go; discarding twice changes nothing. Raises ChangeEnded for one that was applied."""
    with held(ChangeSet.objects.values_list("order_id", flat=True).get(pk=change_id)) as order:
        change = order.change_sets.get(pk=change_id)
        if change.status != Status.DISCARDED:
            end_change(order, open_change(order, change_id), by=by)
            change = order.change_sets.get(pk=change_id)
        return change


def end_change(order: Order, change: ChangeSet, *, by: str) -> None:
    """The same for an open change of a held order."""
    _end(change, Status.DISCARDED, by=by)
    record(order, "order.change_discarded", by=by, change=change.pk)


def _end(change: ChangeSet, status: str, *, by: str) -> None:
    change.status, change.ended_by, change.ended_at = status, by, clock.now()
    change.save(update_fields=["status", "ended_by", "ended_at", "preview"])


def _planned(order: Order, operations: Sequence[Operation]) -> Plan:
    """The order as it stands and as it would be; raises NothingToChange when that is the same, NoWay for nothing."""
    before = draft_of(order)
    book = book_for(order, before, operations)
    after = changed(before, operations, book)
    if after == before:
        raise NothingToChange(_("The order is like that already"))
    if not any(after.quantities().values()):
        raise NoWay(_("Nothing would be left of the order."), _("Cancel the order instead."))
    return Plan(before, after, book, mark_of(order.version, before, after, order.currency))


@in_english()
def _looked_at(order: Order, operations: Sequence[Operation]) -> Preview:
    plan, found = _planned(order, operations), way_for(order, actions_of(operations))
    return replace(
        _shown(plan, _tried(order, plan), _unpaid(order, plan.after)),
        put_back=_goes_back(order) if found.put_back else "",
        why_not="" if found.allowed or found.put_back else str(found.why_not),
        way_out=str(found.way_out),
    )


@in_english()
def _shown(plan: Plan, attempt: Attempt, unpaid: Decimal) -> Preview:
    before, after, currency = plan.before, plan.after, plan.before.terms.currency
    method = plan.book.catalogue.shipping.get(after.shipping_method)
    notes = shipping_notes(before, after, method.free_from, method.price) if method else ()
    names = differing(before, after)
    return Preview(
        mark=plan.mark,
        currency=currency,
        lines=line_changes(before, after, currency),
        before=sums(before, currency),
        after=sums(after, currency),
        money=money_words(after.total - before.total, attempt.done.refunded, unpaid, currency),
        notes=(*notes, *attempt.warnings),
        stock=stock_words(attempt.done.promised),
        missing=attempt.missing,
        fields_before=fields_of(before, names),
        fields_after=fields_of(after, names),
        promised_before=day_of(before.promised_at),
        promised_after=attempt.promised_at,
        trust=attempt.trust,
    )


def _tried(order: Order, plan: Plan) -> Attempt:
    """Do it on a second copy of the held order, look, and undo it."""
    with transaction.atomic():
        copy = Order.objects.get(pk=order.pk)
        copy.unwritten = []
        try:
            with transaction.atomic():
                done = rewrite(copy, plan.before, plan.after, by="preview", cause=f"preview:{order.pk}")
            found = plan.before.shipping_address != plan.after.shipping_address
            warnings = tuple(str(row["detail"]) for row in copy.warnings) if found else ()
            attempt = Attempt(done, {}, _trust(copy), day_of(copy.promised_at), warnings)
        except NotEnoughStock as short:
            attempt = Attempt(Done((), Decimal(0)), dict(short.missing), "", day_of(plan.after.promised_at), ())
        transaction.set_rollback(True)
    return attempt


def _trust(order: Order) -> str:
    """What the policy has just said; nothing before the order is received."""
    if order.state == State.PLACED:
        return ""
    return str(order.decisions.values_list("why", flat=True).latest("pk"))


def _unpaid(order: Order, after: Draft) -> Decimal:
    return max(Decimal(0), after.total - pledged(list(order.payments.all())))


def _goes_back(order: Order) -> str:
    """What has to go back on the shelf: units that were picked for shipments that are still here."""
    units = order.shipments.exclude(state="cancelled").aggregate(sum=Sum("lines__picked"))["sum"] or 0
    return _("The picked goods go back on the shelf: {units} {what}.").format(
        units=units, what="unit" if units == 1 else "units"
    )
