"""Printing in bulk: jobs are asked for, made row by row by whichever worker has time, tried again, and removed.

A worker has a job for as long as its lease lasts, and the lease grows with each row. What a worker that died has
drawn is kept; the next one goes on after it.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from billiard.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import QuerySet

from fulfillment.documents.kinds import KINDS, Target, draw, kind_named, merged
from fulfillment.errors import FulfillmentError, NothingToPrint
from fulfillment.models import PrintChunk, PrintJob, PrintRow, Shipment
from inventory import clock

MOST_ROWS = 500  # merging so many takes 100 MB and four seconds of a worker
LEASE = timedelta(minutes=5)
SLICE_SECONDS = 40.0  # of one run, so that the other chores have their turn; the next run goes on
MOST_ATTEMPTS = 5  # without one row more
KEPT = timedelta(days=3)
PIECE = 1_048_576
WENT_WRONG = "It could not be drawn; the log of the worker says why."
Status = PrintJob.Status
logger = logging.getLogger(__name__)


def ask(kind: str, targets: Sequence[Target], *, what: str, by: str) -> PrintJob:
    """Have documents made. Raises NoSuchDocument, and NothingToPrint for none and for more than MOST_ROWS."""
    kind_named(kind)
    if not targets:
        raise NothingToPrint("Nothing was chosen to print")
    if len(targets) > MOST_ROWS:
        raise NothingToPrint(f"{len(targets):,} are more than the {MOST_ROWS:,} that are printed at once: choose fewer")
    with transaction.atomic():
        job = PrintJob.objects.create(
            kind=kind, what=what[:200], total=len(targets), by=by[:80], at=clock.now(), due_at=clock.now()
        )
        PrintRow.objects.bulk_create(
            PrintRow(job=job, seq=seq, target_id=target_id, name=name[:60])
            for seq, (target_id, name) in enumerate(targets, 1)
        )
    return job


def claim() -> PrintJob | None:
    """The oldest job that no worker is at, for as long as the lease lasts; None when there is none."""
    with transaction.atomic():
        due = PrintJob.objects.filter(due_at__lte=clock.now()).order_by("pk").select_for_update(skip_locked=True)
        job = due.first()
        if job is None:
            return None
        job.status, job.attempts, job.due_at = Status.RUNNING, job.attempts + 1, clock.now() + LEASE
        job.save(update_fields=["status", "attempts", "due_at"])
        return job


def work(job: PrintJob, *, until: datetime) -> None:
    """Draw rows of a claimed job until all are done, then make the file; at `until` the rest is left to the next run.

    Nothing is locked while a row is drawn. Whoever lost the job to another worker stops.
    """
    if job.attempts > MOST_ATTEMPTS:
        _end(job, Status.FAILED)
        return
    for row in job.rows.filter(done_at=None).defer("data").order_by("seq"):
        if clock.now() >= until:
            _mine(job).update(due_at=clock.now(), attempts=0)
            return
        _draw(row, job.kind)
        if not _keep(job, row):
            return
    _finish(job)


def retry(job_id: int) -> PrintJob:
    """Draw again what could not be drawn, and make the file anew. Raises NothingToPrint when nothing went wrong."""
    with transaction.atomic():
        job = PrintJob.objects.select_for_update().get(pk=job_id)
        if job.ended_at is None or (job.status == Status.DONE and not job.faulty):
            raise NothingToPrint(f"Nothing of {job} went wrong")
        job.rows.exclude(error="").update(error="", done_at=None)
        job.done, job.faulty = job.done - job.faulty, 0
        job.status, job.attempts, job.due_at, job.ended_at = Status.WAITING, 0, clock.now(), None
        job.save()
    return job


def remove_old() -> int:
    """Remove the jobs whose days are over; returns how many."""
    return _removed(PrintJob.objects.filter(ended_at__lt=clock.now() - KEPT).values_list("pk", flat=True))


def forget_orders(order_ids: Iterable[int]) -> None:
    """Remove every job that printed something of these orders: it may name a person who is erased."""
    shipments = Shipment.objects.filter(order__in=list(order_ids))
    for kind in KINDS.values():
        ids = [target_id for target_id, _ in kind.targets(shipments)]
        _removed(PrintRow.objects.filter(job__kind=kind.name, target_id__in=ids).values_list("job_id", flat=True))


def file_of(job: PrintJob) -> Iterator[bytes]:
    """The merged file in pieces, each read when it is its turn; nothing while there is none."""
    for seq in range(-(-job.size // PIECE)):
        yield bytes(job.chunks.values_list("data", flat=True).get(seq=seq))


def _mine(job: PrintJob) -> QuerySet[PrintJob]:
    """The job while it is leased to this worker: another one that took over has another lease."""
    return PrintJob.objects.filter(pk=job.pk, due_at=job.due_at)


def _draw(row: PrintRow, kind: str) -> None:
    try:
        row.data = draw(kind, row.target_id)
    except FulfillmentError as refusal:
        row.error = str(refusal)[:300]
    except SoftTimeLimitExceeded:  # of the worker, not of the row
        raise
    except Exception:  # one bad row must not take the others with it
        logger.exception("%s of job %s could not be drawn", row, row.job_id)
        row.error = WENT_WRONG
    row.done_at = clock.now()


def _keep(job: PrintJob, row: PrintRow) -> bool:
    """The row and how far the job is; False when another worker has it."""
    with transaction.atomic():
        mine = _mine(job).select_for_update().first()
        if mine is None:
            return False
        row.save(update_fields=["data", "error", "done_at"])
        mine.done, mine.faulty = mine.done + 1, mine.faulty + bool(row.error)
        mine.due_at = job.due_at = clock.now() + LEASE
        mine.save(update_fields=["done", "faulty", "due_at"])
    return True


def _finish(job: PrintJob) -> None:
    rows = job.rows.order_by("seq").values_list("data", flat=True)
    drawn = [bytes(data) for data in rows if data is not None]
    file, pages = merged(drawn) if drawn else (b"", 0)
    with transaction.atomic():
        mine = _mine(job).select_for_update().first()
        if mine is None:
            return
        mine.chunks.all().delete()
        for seq, start in enumerate(range(0, len(file), PIECE)):
            PrintChunk.objects.create(job=mine, seq=seq, data=file[start : start + PIECE])
        mine.size, mine.pages = len(file), pages
        mine.save(update_fields=["size", "pages"])
        if not mine.faulty:
            mine.rows.update(data=None)  # nothing is left to try again
        _end(mine, Status.DONE if drawn else Status.FAILED)


def _end(job: PrintJob, status: Status) -> None:
    job.status, job.due_at, job.ended_at = status, None, clock.now()
    job.save(update_fields=["status", "due_at", "ended_at"])


def _removed(ids: Iterable[int]) -> int:
    found = set(ids)
    PrintJob.objects.filter(pk__in=found).delete()
    return len(found)
