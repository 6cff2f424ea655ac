"""Whose turn it is when goods arrive: who is covered by what is on hand, and who is served first."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import connection, transaction

from inventory.models import LostPromise, Reservation
from inventory.services.locks import lock_stock


@dataclass(frozen=True)
class Turn:
    """One promise of one stock; `awaits` units have to come in there before all of it is on hand in its turn."""

    key: str
    stock_id: int
    quantity: int
    awaits: int

    @property
    def covered(self) -> int:
        """Units of it that are on hand now."""
        return max(0, self.quantity - self.awaits)


def turns(keys: Iterable[str]) -> list[Turn]:
    """What is promised for `keys`, in one statement: highest priority first, then the earliest, then the lowest id."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, stock_id, quantity, awaits FROM inventory_turns(%s::text[])", [list(keys)])
        return [Turn(*row) for row in cursor.fetchall()]


@transaction.atomic
def set_priority(keys: Collection[str], priority: int) -> None:
    """Let what is promised for `keys`, or was and got lost, be served before everything of a lower priority."""
    rows = Reservation.objects.filter(key__in=keys)
    list(lock_stock(rows.values_list("stock_id", flat=True)))
    rows.update(priority=priority)
    LostPromise.objects.filter(key__in=keys).update(priority=priority)
