"""How far a job of a list is, what came of each row, and what may be done with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fulfillment.models import Job, JobRow
from inventory.wording import grouped
from ordermgmt.catalogue import taking_in
from ordermgmt.lists import export, running
from ordermgmt.lists.acts import ACTS
from ordermgmt.lists.all import LISTS

JOBS_SHOWN, ROWS_SHOWN = 30, 200
TONES = {"waiting": "", "running": "go", "done": "good", "failed": "bad"}


@dataclass(frozen=True)
class JobCard:
    """One job; `rows` are the first of it, what was refused before what was done. `so` were so already."""

    job: Job
    so: int = 0
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

    @cached_property
    def again(self) -> int:
        """How many rows would be done if they were tried again: those a lost worker left, and refused ones."""
        if self.is_busy:
            return 0
        return self.job.total - self.job.done + (running.can_go_again(self.job) if self.job.faulty else 0)

    @property
    def is_vain(self) -> bool:
        """Whether rows were refused, and would be again."""
        return not self.is_busy and self.job.faulty > 0 and not self.again

    @property
    def can_be_undone(self) -> bool:
        """Whether there is a way back that was not taken."""
        act = ACTS.get(self.job.kind)
        worked = self.job.done > self.job.faulty + self.so and not self.is_busy
        return bool(act and act.undo and worked and not running.is_undone(self.job))

    @property
    def told(self) -> str:
        """How far it is, or what came of it, in a sentence."""
        job = self.job
        if job.status == Job.Status.WAITING:
            return _("A worker begins within seconds.")
        if job.status == Job.Status.RUNNING:
            return _("{done} of {total} done.").format(done=grouped(job.done), total=grouped(job.total))
        if not job.faulty and not self.so:
            return _("The file is ready.") if job.size else _("All {total} done.").format(total=grouped(job.total))
        return " ".join(self._came())

    def _came(self) -> Iterator[str]:
        job = self.job
        done = job.done - job.faulty - self.so
        yield _("{done} done.").format(done=grouped(done)) if done else _("Nothing was done.")
        if self.so:
            yield ngettext("{so} was so already.", "{so} were so already.", self.so).format(so=grouped(self.so))
        if job.faulty:
            said = ngettext(
                "{refused} refused: it is as it was.", "{refused} refused: they are as they were.", job.faulty
            )
            yield said.format(refused=grouped(job.faulty))

    @property
    def more(self) -> int:
        """Rows that are not shown."""
        return 0 if self.is_export else self.job.total - len(self.rows)


def job_card(job: Job) -> JobCard:
    """In three queries beside the job, and what can be tried again in three more."""
    if job.kind == export.KIND:
        return JobCard(job)
    rows = job.rows.defer("data").order_by("-error", "seq")[:ROWS_SHOWN]
    return JobCard(job, _so_already([job]).get(job.pk, 0), list(rows))


def job_cards(jobs: QuerySet[Job]) -> list[JobCard]:
    """The latest first, without their rows."""
    latest = list(jobs[:JOBS_SHOWN])
    so = _so_already(latest)
    return [JobCard(job, so.get(job.pk, 0)) for job in latest]


def _so_already(jobs: Sequence[Job]) -> dict[int, int]:
    """How many rows of each were as they should be before it."""
    rows = JobRow.objects.filter(job__in=jobs, outcome=running.SO_ALREADY)
    return dict(rows.values_list("job").annotate(Count("pk")).order_by("job"))
