"""How far a job of a list is, what came of each row, and what may be done with it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from fulfillment.models import Job, JobRow
from ordermgmt.catalogue import taking_in
from ordermgmt.lists import export, running
from ordermgmt.lists.acts import ACTS
from ordermgmt.lists.all import LISTS

JOBS_SHOWN, ROWS_SHOWN = 30, 200
TONES = {"waiting": "", "running": "go", "done": "good", "failed": "bad"}


@dataclass(frozen=True)
class JobCard:
    """One job; `rows` are the first of it, what was refused before what was done."""

    job: Job
    rows: Sequence[JobRow] = ()

    @property
    def tone(self) -> str:
        """Of its tag."""
        return "warn" if self.job.status == Job.Status.DONE and self.job.faulty else TONES[self.job.status]

    @property
    def share(self) -> int:
        """How much of it is done, in percent."""
        return 100 * self.job.done // self.job.total if self.job.total else 100

    @property
    def is_busy(self) -> bool:
        """Whether a worker is at it, or will be."""
        return self.job.ended_at is None

    @property
    def is_export(self) -> bool:
        return self.job.kind == export.KIND

    @property
    def address(self) -> str:
        """Of its list."""
        if self.job.kind == taking_in.KIND:
            return reverse("stock")
        if self.is_export:
            listing = LISTS[self.job.terms["list"]]
            return f"{listing.url}?{self.job.terms['address']}"
        return next(listing.url for listing in LISTS.values() if self.job.kind in listing.acts)

    @property
    def can_be_retried(self) -> bool:
        """Whether something of it went wrong."""
        return not self.is_busy and (self.job.faulty > 0 or self.job.status == Job.Status.FAILED)

    @property
    def can_be_undone(self) -> bool:
        """Whether there is a way back that was not taken."""
        act = ACTS.get(self.job.kind)
        worked = self.job.done > self.job.faulty and not self.is_busy
        return bool(act and act.undo and worked and not running.is_undone(self.job))

    @property
    def told(self) -> str:
        """How far it is, or what came of it, in a sentence."""
        job = self.job
        if job.status == Job.Status.WAITING:
            return _("A worker begins within seconds.")
        if job.status == Job.Status.RUNNING:
            return _("{done} of {total} done.").format(done=f"{job.done:,}", total=f"{job.total:,}")
        if not job.faulty:
            return _("The file is ready.") if job.size else _("All {total} done.").format(total=f"{job.total:,}")
        done, faulty = f"{job.done - job.faulty:,}", f"{job.faulty:,}"
        return _("{done} done, {faulty} refused: nothing of those was changed.").format(done=done, faulty=faulty)

    @property
    def more(self) -> int:
        """Rows that are not shown."""
        return 0 if self.is_export else self.job.total - len(self.rows)


def job_card(job: Job) -> JobCard:
    """In one query beside the job."""
    if job.kind == export.KIND:
        return JobCard(job)
    rows = job.rows.defer("data").order_by("-error", "seq")[:ROWS_SHOWN]
    return JobCard(job, list(rows))


def job_cards(jobs: QuerySet[Job]) -> list[JobCard]:
    """The latest first, without their rows."""
    return [JobCard(job) for job in jobs[:JOBS_SHOWN]]
