"""A return under its order's lock, and what is written when it takes a step."""

from collections.abc import Iterator
from contextlib import contextmanager

from fulfillment.models import Return
from inventory import clock
from orders.history import record
from orders.queue import held


@contextmanager
def held_return(return_id: int) -> Iterator[Return]:
    """The return while its order is locked, which all who change returns hold; `row.order` is the locked order."""
    with held(Return.objects.values_list("order_id", flat=True).get(pk=return_id)) as order:
        row = Return.objects.get(pk=return_id)
        row.order = order
        yield row


def moved(row: Return, *, by: str, **data: object) -> Return:
    """Write that a held return has just entered its state."""
    row.state_since = clock.now()
    row.save()
    record(row.order, f"return.{row.state}", by=by, rma=row.rma, **data)
    return row
