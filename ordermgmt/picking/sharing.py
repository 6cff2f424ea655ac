"""Giving pick lists to people: to those alone who may pick, where they work."""

from collections.abc import Collection
from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet

from fulfillment.errors import NoPicker, WorksElsewhere
from fulfillment.models import PickList
from fulfillment.pickwork import giving
from ordermgmt.access import MAY_PICK
from ordermgmt.people import colleague, places_of, who_may, working_in


def pickers(warehouses: Collection[int] | QuerySet[Any]) -> QuerySet[User]:
    """Those who may pick and work in one of these warehouses, by name."""
    return working_in(who_may(MAY_PICK), warehouses)


def assign(list_id: int, *, picker: str, by: str) -> PickList:
    """Give a free list to somebody who may walk it.

    Raises NoPicker or WorksElsewhere, and as `giving.assign` ListNotFree or ListInHand.
    """
    person = colleague(picker)
    if person is None or not person.has_perm(MAY_PICK):
        raise NoPicker(picker)
    row = PickList.objects.select_related("warehouse").get(pk=list_id)
    if (places := places_of(picker)) and row.warehouse_id not in places:
        raise WorksElsewhere(picker, row.warehouse.name)
    return giving.assign(list_id, picker=picker, by=by)
