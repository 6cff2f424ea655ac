"""Who walks which list: taken, assigned, taken over, paused, resumed; one picker walks one list at a time.

Each act locks the list alone and is written down as a step of it. The database refuses a second active list.
"""

from collections.abc import Callable, Mapping

from django.db import IntegrityError, transaction
from django.db.models import F, Max, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from fulfillment.errors import ListInHand, ListNotFree, NothingToPick
from fulfillment.lists import lock_lists, note_step
from fulfillment.models import PickList, PickTask
from fulfillment.pickwork.planning import plan_work
from fulfillment.pickwork.pool import without_holds
from inventory.models import Warehouse

State = PickList.State


def active_list(picker: str) -> PickList | None:
    """The list that somebody walks now."""
    return PickList.objects.filter(picker=picker, state__in=PickList.ACTIVE).select_related("warehouse").first()


def next_list(warehouse: Warehouse, *, picker: str) -> PickList:
    """The list that the picker has in hand, else the most urgent free one, planned first where the policy says so.

    A list that they paused comes before new work. Raises NothingToPick.
    """
    if mine := active_list(picker):
        return mine
    if paused := PickList.objects.filter(warehouse=warehouse, picker=picker, state=State.PAUSED).first():
        return resume(paused.pk, by=picker)
    plan_work(warehouse, by=f"station:{picker}")
    with transaction.atomic():
        row = most_urgent(warehouse).select_for_update(of=("self",), skip_locked=True, no_key=True).first()
        if row is None:
            raise NothingToPick(warehouse.name)
        return _hand_over(row, picker, action="taken", by=picker)


def most_urgent(warehouse: Warehouse) -> QuerySet[PickList]:
    """Free lists with work that nothing stops: highest priority, then the earliest cut-off, then the oldest."""
    return by_urgency(without_holds(PickList.objects.filter(warehouse=warehouse, state=State.OPEN)))


def by_urgency(lists: QuerySet[PickList]) -> QuerySet[PickList]:
    """In the order of work; `urgency` is a list's own priority or that of its most urgent order."""
    orders = PickTask.objects.filter(pick_list=OuterRef("pk")).order_by().values("pick_list")
    highest = Subquery(orders.annotate(most=Max("shipment_line__shipment__order__priority")).values("most"))
    ranked = lists.annotate(urgency=Greatest("priority", Coalesce(highest, Value(0))))
    return ranked.order_by("-urgency", F("cut_off_at").asc(nulls_last=True), "pk")


def assign(list_id: int, *, picker: str, by: str) -> PickList:
    """Give a free list to somebody. Raises ListNotFree, or ListInHand when they walk another one."""
    with transaction.atomic():
        row = _locked(list_id)
        if row.picker == picker and row.state in PickList.ACTIVE:
            return row
        if row.state != State.OPEN:
            raise ListNotFree(row, row.picker)
        return _hand_over(row, picker, action="assigned", by=by)


def take_over(list_id: int, *, by: str) -> PickList:
    """Go on with a list that somebody else has in hand, or paused; what they scan from then on counts no more."""
    with transaction.atomic():
        row = _locked(list_id)
        if row.picker == by and row.state in PickList.ACTIVE:
            return row
        if row.state in PickList.ENDED:
            raise ListNotFree(row, row.picker)
        return _hand_over(row, by, action="taken over", by=by)


def pause(list_id: int, *, by: str) -> PickList:
    """Put an active list aside, with its totes; its picker is free for another one. Pausing twice changes nothing."""
    with transaction.atomic():
        row = _locked(list_id)
        if row.state == State.PAUSED:
            return row
        if row.state not in PickList.ACTIVE:
            raise ListNotFree(row, row.picker)
        row.state = State.PAUSED
        row.save(update_fields=["state"])
        note_step(row, "paused", by=by)
        return row


def resume(list_id: int, *, by: str) -> PickList:
    """Go on with a paused list, by the one who paused it. Raises ListInHand when they walk another one."""
    with transaction.atomic():
        row = _locked(list_id)
        if row.state in PickList.ACTIVE and row.picker == by:
            return row
        if row.state != State.PAUSED or row.picker != by:
            raise ListNotFree(row, row.picker)
        return _hand_over(row, by, action="resumed", by=by)


def give_back(list_id: int, *, by: str) -> PickList:
    """Let a list that nothing was taken for be free again."""
    with transaction.atomic():
        row = _locked(list_id)
        if row.state == State.OPEN:
            return row
        if row.state not in (*PickList.ACTIVE, State.PAUSED) or row.tasks.filter(picked__gt=0).exists():
            raise ListNotFree(row, row.picker)
        row.state, row.picker = State.OPEN, ""
        row.save(update_fields=["state", "picker"])
        note_step(row, "given back", by=by)
        return row


def set_priority(list_id: int, *, priority: int, by: str) -> PickList:
    """Let a list be picked before all of a lower priority."""
    with transaction.atomic():
        row = _locked(list_id)
        if row.priority != priority:
            row.priority = priority
            row.save(update_fields=["priority"])
            note_step(row, f"priority {priority}", by=by)
        return row


STEPS: Mapping[str, Callable[..., PickList]] = {
    "pause": pause,
    "resume": resume,
    "take-over": take_over,
    "give-back": give_back,
}


def _locked(list_id: int) -> PickList:
    """Raises PickList.DoesNotExist: lists that were planned into others are gone."""
    return lock_lists([list_id]).select_related("warehouse").get()


def _hand_over(row: PickList, picker: str, *, action: str, by: str) -> PickList:
    """Put a locked list into somebody's hands, who has no other one there."""
    begun = row.tasks.filter(picked__gt=0).exists()
    row.picker, row.state = picker, State.PICKING if begun else State.ASSIGNED
    try:
        with transaction.atomic():
            row.save(update_fields=["picker", "state"])
    except IntegrityError:
        raise ListInHand(picker) from None
    note_step(row, action, by=by)
    return row
