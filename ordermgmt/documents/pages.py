"""What the page Print shows: shipments to choose from, and the jobs with how far they are."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfillment.documents.jobs import MOST_ROWS
from fulfillment.documents.kinds import KINDS, Kind
from fulfillment.flow import OPEN
from fulfillment.models import Job, JobRow, Shipment
from inventory.wording import Words, grouped
from ordermgmt.phrases import counted
from orders.flow import State

SHIPMENTS_SHOWN, JOBS_SHOWN, ERRORS_SHOWN = 100, 20, 5
STATES = {
    State.APPROVED.value: gettext_lazy("To pick"),
    State.PICKED.value: gettext_lazy("To pack"),
    State.PACKED.value: gettext_lazy("To ship"),
}
TONES = {"waiting": "", "running": "go", "done": "good", "failed": "bad"}


@dataclass(frozen=True)
class Choice:
    """One chip: its address, and how many shipments it leads to."""

    value: str
    label: Words
    count: int
    chosen: bool


@dataclass(frozen=True)
class JobCard:
    """A job and what may be done with it."""

    job: Job
    title: str
    errors: Sequence[tuple[str, str]]

    @property
    def tone(self) -> str:
        """Of its tag."""
        return "warn" if self.job.status == Job.Status.DONE and self.job.faulty else TONES[self.job.status]

    @property
    def share(self) -> int:
        """How much of it is drawn, in percent."""
        return 100 * self.job.done // self.job.total

    @property
    def is_busy(self) -> bool:
        """Whether a worker is at it, or will be."""
        return self.job.ended_at is None

    @property
    def can_be_retried(self) -> bool:
        """Whether something of it went wrong."""
        return not self.is_busy and (self.job.faulty > 0 or self.job.status == Job.Status.FAILED)

    @property
    def told(self) -> str:
        """How far it is, or what came of it, in a sentence."""
        job = self.job
        if job.status == Job.Status.WAITING:
            return _("A worker makes it within seconds.")
        if job.status == Job.Status.RUNNING:
            return _("{done} of {total} drawn.").format(done=grouped(job.done), total=grouped(job.total))
        refused = (
            _(" {faulty} of {total} could not be printed.").format(faulty=grouped(job.faulty), total=grouped(job.total))
            if job.faulty
            else ""
        )
        if not job.size:
            return refused.strip() or _("It could not be made: its workers were lost again and again.")
        return f"{counted(job.pages, 'page')}, {_megabytes(job.size)}.{refused}"

    @property
    def more_errors(self) -> int:
        """How many are not shown."""
        return self.job.faulty - len(self.errors)


@dataclass(frozen=True)
class PrintPage:
    """The shipments of one state and warehouse, oldest first, and the latest jobs."""

    state: str
    warehouse: str
    states: Sequence[Choice]
    warehouses: Sequence[Choice]
    shipments: Sequence[Shipment]
    count: int
    kinds: Sequence[Kind]
    most: int = MOST_ROWS

    @property
    def all_of_them(self) -> str:
        """What the button that prints all is called."""
        return (
            _("All {count}").format(count=grouped(self.count))
            if self.count <= MOST_ROWS
            else _("The oldest {most_rows} of {count}").format(most_rows=grouped(MOST_ROWS), count=grouped(self.count))
        )


def ready(state: str, warehouse: str) -> QuerySet[Shipment]:
    """Shipments that nothing holds, oldest first; of all warehouses if none is named."""
    found = Shipment.objects.filter(state=state, open_holds=0, order__open_holds=0).order_by("pk")
    return found.filter(warehouse__code=warehouse) if warehouse else found


def print_page(state: str, warehouse: str) -> PrintPage:
    """In two queries. An unknown state is the first one, an unknown warehouse all of them."""
    rows = Shipment.objects.filter(state__in=OPEN, open_holds=0, order__open_holds=0).order_by()
    counts = list(rows.values_list("state", "warehouse__code", "warehouse__name").annotate(count=Count("pk")))
    names = sorted({(name, code) for _, code, name, _ in counts})
    state = state if state in STATES else next(iter(STATES))
    warehouse = warehouse if warehouse in {code for _, code in names} else ""
    by_state, by_warehouse = Counter[str](), Counter[str]()
    for at, code, __, count in counts:
        by_state[at] += count if warehouse in ("", code) else 0
        by_warehouse[code] += count if at == state else 0
    return PrintPage(
        state=state,
        warehouse=warehouse,
        states=[Choice(value, label, by_state[value], value == state) for value, label in STATES.items()],
        warehouses=[Choice(code, name, by_warehouse[code], code == warehouse) for name, code in names],
        shipments=list(ready(state, warehouse).select_related("order__customer", "warehouse")[:SHIPMENTS_SHOWN]),
        count=by_state[state],
        kinds=list(KINDS.values()),
    )


def job_cards() -> list[JobCard]:
    """The latest first; in one query, and one more for what went wrong."""
    jobs = list(Job.objects.filter(kind__in=KINDS)[:JOBS_SHOWN])
    errors: dict[int, list[tuple[str, str]]] = {job.pk: [] for job in jobs if job.faulty}
    refused = JobRow.objects.filter(job__in=errors).exclude(error="").order_by("job", "seq")
    for job_id, name, error in refused.values_list("job", "name", "error"):
        errors[job_id].append((name, error))
    return [JobCard(job, _title(job), errors.get(job.pk, [])[:ERRORS_SHOWN]) for job in jobs]


def _title(job: Job) -> str:
    """What its kind is called; a kind that is gone keeps its name."""
    return str(KINDS[job.kind].plural) if job.kind in KINDS else job.kind


def _megabytes(size: int) -> str:
    return f"{max(size / 1_000_000, 0.1):,.1f} MB"
