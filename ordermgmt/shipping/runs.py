"""Runs that bought labels in bulk, as people see them: how far one is, and what came of each row."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfillment.carriers.runs import LABEL_RUN
from fulfillment.flow import OPEN
from fulfillment.models import Job, JobRow, Shipment
from inventory.wording import grouped
from ordermgmt.documents.pages import Choice, JobCard
from ordermgmt.phrases import counted

RUNS_SHOWN = 3
CAME = {
    "bought": gettext_lazy("Bought"),
    "refused": gettext_lazy("Refused"),
    "skipped": gettext_lazy("Skipped"),
    "waiting": gettext_lazy("Waiting"),
}
TONES = {"bought": "good", "refused": "bad", "skipped": "warn", "waiting": ""}


@dataclass(frozen=True)
class RunRow:
    """What came of one shipment of a run, and why."""

    row: JobRow
    order: int
    came: str

    @property
    def word(self) -> str:
        """Of its tag."""
        return str(CAME[self.came])

    @property
    def tone(self) -> str:
        """Of its tag."""
        return TONES[self.came]


@dataclass(frozen=True)
class Run:
    """A job with how many rows came to what; `again` could be tried again, as their labels are still lacking."""

    card: JobCard
    counts: Counter[str]
    again: int

    @property
    def told(self) -> str:
        """In a sentence: 482 bought, 11 refused, 7 skipped."""
        job = self.card.job
        if job.status == Job.Status.WAITING and not job.done:
            return _("A worker begins within seconds.")
        came = [f"{grouped(self.counts[name])} {word.lower()}" for name, word in CAME.items() if self.counts[name]]
        if self.card.is_busy:
            return _("{done} of {shipments}: {came}.").format(
                done=grouped(job.total - self.counts["waiting"]),
                shipments=counted(job.total, "shipment"),
                came=", ".join(came),
            )
        return f"{counted(job.total, 'shipment')}: {', '.join(came)}."


def latest_runs() -> list[Run]:
    """The latest first; in two queries, and two more where something was refused."""
    return _runs(list(Job.objects.filter(kind=LABEL_RUN)[:RUNS_SHOWN]))


def run_of(job: Job) -> Run:
    """One of them."""
    return _runs([job])[0]


def run_rows(job: Job, came: str) -> tuple[Sequence[RunRow], Sequence[Choice]]:
    """The rows of a run, of one outcome if it is named, and the chips of outcomes; in two queries."""
    rows = [(row, _came(row.outcome, row.error, row.done_at is None)) for row in job.rows.defer("data").order_by("seq")]
    counts = Counter(outcome for _, outcome in rows)
    came = came if came in counts else ""
    numbers = dict(
        Shipment.objects.filter(pk__in=[row.target_id for row, _ in rows]).values_list("pk", "order__number")
    )
    chips = [Choice("", _("All"), len(rows), not came)]
    chips += [Choice(name, word, counts[name], name == came) for name, word in CAME.items() if counts[name]]
    return [RunRow(row, numbers.get(row.target_id, 0), at) for row, at in rows if came in ("", at)], chips


def _runs(jobs: Sequence[Job]) -> list[Run]:
    counts: dict[int, Counter[str]] = {job.pk: Counter() for job in jobs}
    rows = JobRow.objects.filter(job__in=counts).values_list("job", "outcome", "error", "done_at")
    for job_id, outcome, error, done_at in rows:
        counts[job_id][_came(outcome, error, done_at is None)] += 1
    again = _lacking([job for job in jobs if job.faulty])
    return [
        Run(card, counts[job.pk], 0 if card.is_busy else again[job.pk] + counts[job.pk]["waiting"])
        for job, card in ((job, JobCard(job, _("Labels"), ())) for job in jobs)
    ]


def _lacking(jobs: Sequence[Job]) -> Counter[int]:
    """How many of the refused shipments of each run still lack a label and may leave."""
    refused = list(JobRow.objects.filter(job__in=jobs).exclude(error="").values_list("job", "target_id"))
    lacking = Shipment.objects.filter(pk__in={pk for _, pk in refused}, state__in=OPEN, parcels__label=None)
    ids = set(lacking.values_list("pk", flat=True)) if refused else set()
    return Counter(job_id for job_id, pk in refused if pk in ids)


def _came(outcome: str, error: str, waits: bool) -> str:
    return "waiting" if waits else "refused" if error else outcome or "bought"
