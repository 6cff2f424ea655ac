"""Work in bulk: jobs are asked for, done row by row by whichever worker has time, tried again, and removed.

A worker has a job for as long as its lease lasts, and the lease grows with each row. What a worker that died has done
is kept; the next one goes on after it, so a row may be tried twice and has to have the effect of once.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from billiard.exceptions import SoftTimeLimitExceeded
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Left
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from fulfillment.errors import NoRightAnyMore, NothingWentWrong
from fulfillment.models import Job, JobChunk, JobRow
from inventory import clock
from inventory.errors import Refused

LEASE = timedelta(minutes=5)
SLICE_SECONDS = 40.0  # of one run, so that the other chores have their turn; the next run goes on
MOST_ATTEMPTS = 5  # without one row more
KEPT = timedelta(days=3)
LONGEST_NAME = 80
PIECE = 1_048_576
WENT_WRONG = gettext_noop("It could not be done; the log of the worker says why.")
Status = Job.Status
Target = tuple[int, str]
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Trade:
    """How the jobs of some kinds are done.

    `do` takes a job and a row, whose `outcome` and `said` it may set; it returns the row's part of the file, if there
    is one, and refuses in words for people. `join` makes the file of the parts and says how many pages it has.
    """

    do: Callable[[Job, JobRow], bytes | None]
    join: Callable[[Job, list[bytes]], tuple[bytes, int]]


def start(kind: str, targets: Sequence[Target], *, what: str, by: str, terms: Mapping[str, Any] | None = None) -> Job:
    """A job for a worker, of at least one target."""
    with transaction.atomic():
        job = Job.objects.create(
            kind=kind,
            what=what[:200],
            total=len(targets),
            by=by[:LONGEST_NAME],
            terms=terms or {},
            at=clock.now(),
            due_at=clock.now(),
        )
        JobRow.objects.bulk_create(
            (
                JobRow(job=job, seq=seq, target_id=target_id, name=name[:60])
                for seq, (target_id, name) in enumerate(targets, 1)
            ),
            batch_size=2_000,
        )
    return job


def run(kinds: Collection[str], trade: Trade) -> None:
    """Work at jobs of these kinds for a slice of time."""
    until = clock.now() + timedelta(seconds=SLICE_SECONDS)
    while clock.now() < until and (job := claim(kinds)):
        work(job, trade, until=until)


def claim(kinds: Collection[str]) -> Job | None:
    """The job of these kinds that waits longest without a worker, for as long as the lease lasts; None without any.

    What a slice of time was too short for queues up again, so that a long job stops no other.
    """
    with transaction.atomic():
        due = Job.objects.filter(due_at__lte=clock.now(), kind__in=kinds).order_by("due_at", "pk")
        job = due.select_for_update(skip_locked=True).first()
        if job is None:
            return None
        job.status, job.attempts, job.due_at = Status.RUNNING, job.attempts + 1, clock.now() + LEASE
        job.save(update_fields=["status", "attempts", "due_at"])
        return job


def work(job: Job, trade: Trade, *, until: datetime) -> None:
    """Do the rows of a claimed job until all are done, then make the file; at `until` the rest is left to the next run.

    Nothing is locked while a row is done. Whoever lost the job to another worker stops.
    """
    if job.attempts > MOST_ATTEMPTS:
        _end(job, Status.FAILED)
        return
    for row in job.rows.filter(done_at=None).defer("data").order_by("seq"):
        if clock.now() >= until:
            _mine(job).update(due_at=clock.now(), attempts=0)
            return
        _do(job, row, trade)
        if not _keep(job, row):
            return
    _finish(job, trade)


def refuse_without_right(job: Job) -> None:
    """By what its asker may do when a row's turn comes, where the terms name a `right`. Raises NoRightAnyMore."""
    right = job.terms.get("right")
    if not right:
        return
    named = User.objects.annotate(name=Left("username", LONGEST_NAME)).filter(name=job.by)
    asker = named.filter(is_staff=True, is_active=True).first()
    if asker is None or not asker.has_perm(right):
        raise NoRightAnyMore(job.by, may_sign_in=asker is not None)


def to_try_again(job: Job) -> QuerySet[JobRow]:
    """The rows that a worker comes to after a retry: what was refused, and what was left of a job that failed."""
    return job.rows.filter(Q(done_at=None) | ~Q(error=""))


def retry(job_id: int, *, by: str = "") -> Job:
    """Do again what was refused, and make the file anew; on behalf of `by`, if told. Raises NothingWentWrong."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job_id)
        if job.ended_at is None or (job.status == Status.DONE and not job.faulty):
            raise NothingWentWrong(_("Nothing of {job} went wrong").format(job=job))
        job.rows.exclude(error="").update(error="", outcome="", said="", done_at=None)
        job.done, job.faulty, job.by = job.done - job.faulty, 0, by[:LONGEST_NAME] or job.by
        job.status, job.attempts, job.due_at, job.ended_at = Status.WAITING, 0, clock.now(), None
        job.save()
    return job


def remove_old() -> int:
    """Remove the jobs whose days are over; returns how many."""
    return remove(Job.objects.filter(ended_at__lt=clock.now() - KEPT).values_list("pk", flat=True))


def remove(ids: Iterable[int]) -> int:
    """Remove jobs with their rows and files; returns how many were asked for."""
    found = set(ids)
    Job.objects.filter(pk__in=found).delete()
    return len(found)


def file_of(job: Job) -> Iterator[bytes]:
    """The file in pieces, each read when it is its turn; nothing while there is none."""
    for seq in range(-(-job.size // PIECE)):
        yield bytes(job.chunks.values_list("data", flat=True).get(seq=seq))


def _mine(job: Job) -> QuerySet[Job]:
    """The job while it is leased to this worker: another one that took over has another lease."""
    return Job.objects.filter(pk=job.pk, due_at=job.due_at)


def _do(job: Job, row: JobRow, trade: Trade) -> None:
    try:
        row.data = trade.do(job, row)
    except Refused as refusal:
        row.error = str(refusal)[:300]
    except SoftTimeLimitExceeded:  # of the worker, not of the row
        raise
    except Exception:  # one bad row must not take the others with it
        logger.exception("%s of job %s could not be done", row, row.job_id)
        row.error = WENT_WRONG
    row.done_at = clock.now()


def _keep(job: Job, row: JobRow) -> bool:
    """The row and how far the job is; False when another worker has it."""
    with transaction.atomic():
        mine = _mine(job).select_for_update().first()
        if mine is None:
            return False
        row.save(update_fields=["data", "error", "outcome", "said", "done_at"])
        mine.done, mine.faulty = mine.done + 1, mine.faulty + bool(row.error)
        mine.due_at = job.due_at = clock.now() + LEASE
        mine.save(update_fields=["done", "faulty", "due_at"])
    return True


def _finish(job: Job, trade: Trade) -> None:
    rows = job.rows.order_by("seq").values_list("data", flat=True)
    parts = [bytes(data) for data in rows if data is not None]
    file, pages = trade.join(job, parts) if parts else (b"", 0)
    with transaction.atomic():
        mine = _mine(job).select_for_update().first()
        if mine is None:
            return
        mine.chunks.all().delete()
        for seq, begin in enumerate(range(0, len(file), PIECE)):
            JobChunk.objects.create(job=mine, seq=seq, data=file[begin : begin + PIECE])
        mine.size, mine.pages = len(file), pages
        mine.save(update_fields=["size", "pages"])
        if not mine.faulty:
            mine.rows.update(data=None)  # nothing is left to try again
        _end(mine, Status.DONE if mine.faulty < mine.total else Status.FAILED)


def _end(job: Job, status: Status) -> None:
    job.status, job.due_at, job.ended_at = status, None, clock.now()
    job.save(update_fields=["status", "due_at", "ended_at"])
