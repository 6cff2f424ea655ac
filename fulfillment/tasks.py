"""The stage workers of the warehouse and the road: names with patience."""

from functools import partial

from celery import shared_task
from django.conf import settings

from fulfillment import holds, jobs
from fulfillment.carriers import buying, runs
from fulfillment.dock import closing
from fulfillment.documents.jobs import print_what_waits
from fulfillment.mails.sending import lease_messages, send_message, unsent
from fulfillment.mails.writing import write_links
from fulfillment.mails.writing import write_messages as write_some
from fulfillment.queue import claim_shipments, lease_shipments
from fulfillment.returns.following import ask_later, follow_return, lease_returns
from fulfillment.returns.requesting import label_waiting
from fulfillment.services import open_shipments, postpone, stop_cancelled
from fulfillment.stages.deliver import deliver
from fulfillment.stages.pack import pack
from fulfillment.stages.pick import pick
from fulfillment.stages.ship import ship
from orders.flow import State
from orders.queue import claim, drain_in_batches, drain_one_by_one
from orders.services import postpone as postpone_order


@shared_task
def drain_pick() -> None:
    """Prepare the pick work of every approved order; where machines pick, have it picked."""
    by = "system:pick"
    drain_in_batches(partial(claim, State.APPROVED), partial(open_shipments, by=by), failed=postpone_order)
    drain_in_batches(partial(claim_shipments, State.APPROVED), partial(pick, by=by), failed=postpone)
    stop_cancelled(by=by)


@shared_task
def drain_pack() -> None:
    """Pack what machines picked."""
    one = partial(pack, by="system:pack", work=settings.PACKING_WORK)
    drain_in_batches(partial(claim_shipments, State.PICKED), one, failed=postpone)


@shared_task
def drain_ship() -> None:
    """Hand over what machines packed; row by row, since a carrier is asked."""
    drain_one_by_one(partial(lease_shipments, State.PACKED), partial(ship, by="system:ship"), failed=postpone)


@shared_task
def drain_deliver() -> None:
    """Ask the carriers for news of what is on the road."""
    drain_one_by_one(partial(lease_shipments, State.SHIPPED), partial(deliver, by="carrier"), failed=postpone)


@shared_task
def release_due_shipments() -> None:
    """Let shipments go whose holds were to last until now."""
    holds.release_due_shipments()


@shared_task
def write_messages() -> None:
    """Write the mails that follow from what happened, and those with links that were asked for."""
    while write_some():
        pass
    while write_links():
        pass


@shared_task
def send_messages() -> None:
    """Send the mails that are due; row by row, since a mail server is asked."""
    drain_one_by_one(lease_messages, send_message, failed=unsent)


@shared_task
def tidy_labels() -> None:
    """Find labels that were bought and are not used, and give them back."""
    buying.tidy_labels()


@shared_task
def finish_manifests() -> None:
    """Go on with manifests whose closing was cut off."""
    closing.finish_manifests()


@shared_task
def buy_labels() -> None:
    """Buy the labels that were asked for in bulk; row by row, since a carrier is asked."""
    runs.buy_what_waits()


@shared_task
def label_returns() -> None:
    """Buy the labels of approved returns that have none yet; row by row, since a carrier is asked."""
    label_waiting(by="system:returns")


@shared_task
def follow_returns() -> None:
    """Ask the carriers for news of what is on its way back; row by row."""
    drain_one_by_one(lease_returns, partial(follow_return, by="carrier"), failed=ask_later)


@shared_task
def make_documents() -> None:
    """Make the documents that were asked for in bulk, and remove jobs of some days ago."""
    print_what_waits()
    jobs.remove_old()
