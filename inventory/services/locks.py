"""The one way to lock stock.

Lock order everywhere: names of orders and customers (advisory), order row, shipment rows by id, basket, count or
delivery row, a product that gets its first stock somewhere (by a trigger, against becoming a bundle meanwhile), stock
rows by id.
"""

from collections.abc import Iterable

from django.db.models import QuerySet

from inventory.models import Stock


def lock_stock(ids: Iterable[int]) -> QuerySet[Stock]:
    """Lowest id first, everywhere: two orders that share products queue up instead of deadlocking."""
    return Stock.objects.select_for_update(no_key=True, of=("self",)).filter(id__in=list(ids)).order_by("id")
