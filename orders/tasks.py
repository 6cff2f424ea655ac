"""The stage workers of the order desk: names with patience."""

from functools import partial

from celery import shared_task

from inventory import services as stock
from orders import backorders, expiry
from orders.flow import State
from orders.queue import claim, drain_in_batches
from orders.services import postpone
from orders.stages.approve import approve
from orders.stages.receive import receive


@shared_task
def drain_receive() -> None:
    """Receive every placed order that is due."""
    drain_in_batches(partial(claim, State.PLACED), partial(receive, by="system:receive"), failed=postpone, size=1)


@shared_task
def drain_approve() -> None:
    """Decide trust for every received order that is due."""
    drain_in_batches(partial(claim, State.RECEIVED), partial(approve, by="system:approve"), failed=postpone, size=1)


@shared_task
def expire_promises() -> None:
    """Call off what nobody paid in time, and give back what nobody bought in time."""
    expiry.expire_unpaid()
    while stock.expire_holds():
        pass


@shared_task
def forget_answers() -> None:
    """Forget the answers to requests that nobody repeats any more."""
    while expiry.forget_answers():
        pass


@shared_task
def fill_backorders() -> None:
    """Promise again what got lost, then let go on what waited for goods that have come in."""
    backorders.mend_promises()
    backorders.fill_backorders()
