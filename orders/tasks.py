"""The stage workers of the order desk: names with patience."""

from functools import partial

from celery import shared_task

from inventory import services as stock
from orders import backorders, expiry
from orders.customers import scoring
from orders.flow import State
from orders.payments import dunning, settling
from orders.queue import claim, drain_in_batches, drain_one_by_one
from orders.services import postpone
from orders.services import release_due_holds as release_holds
from orders.services.transactions import unanswered
from orders.stages.approve import approve
from orders.stages.receive import receive
from orders.webhooks import fanning, managing, sending


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
def forget_deliveries() -> None:
    """Forget webhooks that were delivered or given up long ago."""
    while managing.forget_deliveries():
        pass


@shared_task
def release_due_holds() -> None:
    """Let orders go whose holds were to last until now."""
    release_holds()


@shared_task
def fill_backorders() -> None:
    """Promise again what got lost, then let go on what waited for goods that have come in."""
    backorders.mend_promises()
    backorders.fill_backorders()


@shared_task
def rescore_customers() -> None:
    """Score whose orders have just ended, and once a day everybody."""
    scoring.rescore_due()


@shared_task
def settle_payments() -> None:
    """Have the gateways do what was decided about payments; row by row, since they are outside."""
    drain_one_by_one(settling.lease, settling.settle, failed=unanswered)


@shared_task
def send_webhooks() -> None:
    """Write down who is to be told of what has happened since, then tell what is due; row by row, outside."""
    fanning.fan_out()
    sending.send_due()


@shared_task
def remind_payers() -> None:
    """Send the reminders that are due."""
    dunning.remind_payers()
