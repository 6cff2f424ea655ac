"""Labels for many shipments, one row of a job each: bought, skipped with the reason, or refused; refusals can go again.

Nothing of a run is kept beside the labels themselves: a run that a crash cut off finds what it bought by the parcels'
own keys, and goes on behind it.
"""

from collections.abc import Collection, Sequence
from decimal import Decimal
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from fulfillment import jobs
from fulfillment.carriers.buying import buy_labels
from fulfillment.documents.kinds import CARRIER_LABEL, Target, draw, merged
from fulfillment.errors import NothingToBuy, WorksElsewhere
from fulfillment.flow import LEFT
from fulfillment.models import Job, JobRow, Label, Shipment
from inventory.retelling import in_english
from inventory.wording import grouped
from orders.errors import NotAllowedNow
from orders.money import shown

LABEL_RUN = "label-run"
MOST_ROWS = 500  # merging so many takes 100 MB and four seconds of a worker


class Outcome(StrEnum):
    """What came of a row that was not refused."""

    BOUGHT = "bought"
    SKIPPED = "skipped"


def ask(targets: Sequence[Target], *, what: str, by: str, places: Collection[int] = (), right: str = "") -> Job:
    """Have labels bought, in the warehouses with these ids alone; none: in all of them.

    What is bought when its asker has lost the `right` to it is refused, row by row.

    Raises NothingToBuy for none and for more than MOST_ROWS.
    """
    if not targets:
        raise NothingToBuy(_("No shipment was chosen"))
    if len(targets) > MOST_ROWS:
        raise NothingToBuy(
            _("{targets} are more than the {most_rows} that are bought at once: choose fewer").format(
                targets=grouped(len(targets)), most_rows=grouped(MOST_ROWS)
            )
        )
    terms = {"places": sorted(places), "right": right}
    return jobs.start(LABEL_RUN, targets, what=what, by=by, terms={name: told for name, told in terms.items() if told})


def retry(job_id: int, *, by: str, places: Collection[int] = ()) -> Job:
    """Try again what was refused, on behalf of somebody else and where they work. Raises NothingWentWrong."""
    with transaction.atomic():
        job = jobs.retry(job_id, by=by)
        job.terms = {**job.terms, "places": sorted(places)}
        job.save(update_fields=["terms"])
        return job


def buy_what_waits() -> None:
    """Buy and merge what was asked for, for a slice of time."""
    jobs.run([LABEL_RUN], BUYING)


def _buy(job: Job, row: JobRow) -> bytes | None:
    """The labels that a shipment lacks, drawn. Raises CarrierError when a carrier does not sell one.

    What cannot be sent now is skipped; so is what has its labels from before the run, which are drawn all the same.
    """
    with in_english():
        jobs.refuse_without_right(job)
    rows = Shipment.objects.select_related("order__customer", "order__channel", "warehouse")
    shipment = rows.filter(pk=row.target_id).first()
    if shipment is None:
        return _skipped(row, gettext_noop("It does not exist any more"))
    if (places := job.terms.get("places")) and shipment.warehouse_id not in places:
        with in_english():
            return _skipped(row, str(WorksElsewhere(job.by, shipment.warehouse.name)))
    if shipment.state in LEFT:
        return _skipped(row, gettext_noop("It is on its way already"))
    lacked = shipment.parcels.filter(label=None).exists()
    try:
        with in_english():
            buy_labels(shipment, by=job.by)
    except NotAllowedNow as refusal:
        return _skipped(row, str(refusal))
    labels = list(Label.objects.filter(parcel__shipment=shipment))
    if not labels:
        return _skipped(row, gettext_noop("It has no parcels"))
    if lacked or any(label.bought_at >= job.at for label in labels):
        row.outcome, row.said = Outcome.BOUGHT, _said(labels)
    else:
        _skipped(row, gettext_noop("Its label was bought before"))
    return draw(CARRIER_LABEL, shipment.pk)


def _skipped(row: JobRow, why: str) -> bytes | None:
    row.outcome, row.said = Outcome.SKIPPED, why[:200]
    return None


def _said(labels: list[Label]) -> str:
    """Carrier, service and cost: Parcelwing Economy for £2.90; of several parcels, how many there are."""
    names = ", ".join(dict.fromkeys(f"{label.carrier} {label.service.capitalize()}" for label in labels))
    cost = shown(sum((label.cost for label in labels), Decimal(0)), labels[0].currency)
    if len(labels) == 1:
        return gettext_noop("{services} for {cost}").format(services=names, cost=cost)[:200]
    said = gettext_noop("{services}, {count} parcels for {cost}")
    return said.format(services=names, count=len(labels), cost=cost)[:200]


def _merge(job: Job, documents: list[bytes]) -> tuple[bytes, int]:
    return merged(documents)


BUYING = jobs.Trade(do=_buy, join=_merge)
