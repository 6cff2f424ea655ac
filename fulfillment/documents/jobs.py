"""Printing in bulk: documents of one kind, drawn as a job and merged into one PDF."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from fulfillment import jobs
from fulfillment.carriers.runs import LABEL_RUN
from fulfillment.documents.kinds import KINDS, Target, draw, kind_named, merged, themselves
from fulfillment.errors import NothingToPrint
from fulfillment.models import Job, JobRow, Shipment
from inventory.wording import grouped

MOST_ROWS = 500  # merging so many takes 100 MB and four seconds of a worker


def ask(kind: str, targets: Sequence[Target], *, what: str, by: str) -> Job:
    """Have documents made. Raises NoSuchDocument, and NothingToPrint for none and for more than MOST_ROWS."""
    kind_named(kind)
    if not targets:
        raise NothingToPrint(_("Nothing was chosen to print"))
    if len(targets) > MOST_ROWS:
        told = _("{count} are more than the {most} that are printed at once: choose fewer")
        raise NothingToPrint(told.format(count=grouped(len(targets)), most=grouped(MOST_ROWS)))
    return jobs.start(kind, targets, what=what, by=by)


def print_what_waits() -> None:
    """Draw and merge what was asked for, for a slice of time."""
    jobs.run(list(KINDS), DRAWING)


def forget_orders(order_ids: Iterable[int]) -> None:
    """Remove every job that printed something of these orders: it may name a person who is erased."""
    shipments = Shipment.objects.filter(order__in=list(order_ids))
    of_kinds = [(kind.name, kind.targets(shipments)) for kind in KINDS.values()]
    for name, targets in [*of_kinds, (LABEL_RUN, themselves(shipments))]:
        rows = JobRow.objects.filter(job__kind=name, target_id__in=[target_id for target_id, _ in targets])
        jobs.remove(rows.values_list("job_id", flat=True))


def _draw(job: Job, row: JobRow) -> bytes:
    return draw(job.kind, row.target_id)


def _merge(job: Job, documents: list[bytes]) -> tuple[bytes, int]:
    return merged(documents)


DRAWING = jobs.Trade(do=_draw, join=_merge)
