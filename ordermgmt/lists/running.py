"""The trade of lists: acts on many rows and exports, done by the workers as jobs."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from fulfillment import jobs
from fulfillment.errors import CannotBeTakenBack, NoRightAnyMore, RowGone, WorksElsewhere
from fulfillment.models import Job, JobRow
from inventory.models import Warehouse
from inventory.retelling import in_english
from ordermgmt.access import MAY_SET_UP
from ordermgmt.catalogue import taking_in
from ordermgmt.lists import export
from ordermgmt.lists.acts import ACTS, Act
from ordermgmt.lists.all import LISTS
from ordermgmt.lists.outlook import doable, why_so_already
from ordermgmt.people import colleague, places_of

KINDS = [*ACTS, export.KIND, taking_in.KIND]
MOST_ROWS = 10_000
SO_ALREADY = "so-already"  # the outcome of a row with which nothing had to be done
BEGUN = "begun"  # of a row whose worker may have been lost before it could say what came of it


def start(act: Act, ids: list[int], *, terms: Mapping[str, Any], what: str, by: str) -> Job:
    """Have it done to these rows, in their order."""
    kept = {**terms, "rows": ids} if act.takes_rows else terms
    return jobs.start(act.name, act.targets(ids), what=what, by=by, terms=kept)


def undo(job: Job, *, by: str) -> Job:
    """Take back what the job did, where it did it."""
    act = ACTS[job.kind]
    if act.undo is None or is_undone(job):
        raise CannotBeTakenBack(_("What {job} did cannot be taken back").format(job=job))
    changed = job.rows.filter(error="", done_at__isnull=False).exclude(outcome=SO_ALREADY)
    done = list(changed.values_list("target_id", flat=True))
    what = gettext_noop("{what}, taken back").format(what=job.what)
    undoing = start(ACTS[act.undone_by], done, terms=act.undo(job), what=what, by=by)
    Job.objects.filter(pk=job.pk).update(terms={**job.terms, "undone": undoing.pk})
    return undoing


def is_undone(job: Job) -> bool:
    """Whether it was taken back."""
    return "undone" in job.terms


def run_lists() -> None:
    """Work at what people asked of their lists, for a slice of time."""
    jobs.run(KINDS, TRADE)


def _do(job: Job, row: JobRow) -> bytes | None:
    _refuse_without_right(job)
    if job.kind == export.KIND:
        return export.piece(job, row)
    if job.kind == taking_in.KIND:
        taking_in.write(row.target_id, by=job.by)
        return None
    act = ACTS[job.kind]
    try:
        if act.place:
            _refuse_elsewhere(act.place(row.target_id), by=job.by)
        why = _why_so_already(act, row.target_id, job.terms)
        if why and row.outcome != BEGUN:
            row.outcome, row.said = SO_ALREADY, why[:200]
            return None
        if not why:
            _begin(row)
            act.do(row.target_id, job.terms, job.by)
    except ObjectDoesNotExist as gone:
        raise RowGone from gone
    finally:
        row.outcome = "" if row.outcome == BEGUN else row.outcome
    return None


def _begin(row: JobRow) -> None:
    """Say so before it is done: who comes after a lost worker finds it done, and it was this job that did it."""
    row.outcome = BEGUN
    row.save(update_fields=["outcome"])


def _refuse_without_right(job: Job) -> None:
    """By what they may when the row's turn comes. Raises NoRightAnyMore."""
    asker, rights = colleague(job.by), _rights_for(job)
    if asker is None or (rights and not any(map(asker.has_perm, rights))):
        raise NoRightAnyMore(job.by, may_sign_in=asker is not None)


def _rights_for(job: Job) -> Sequence[str]:
    """One of which it takes; none: whoever is staff."""
    if job.kind == export.KIND:
        return LISTS[job.terms["list"]].sees
    return (MAY_SET_UP,) if job.kind == taking_in.KIND else (ACTS[job.kind].permission,)


def _why_so_already(act: Act, target_id: int, terms: Mapping[str, Any]) -> str:
    """Of a target that is a row of the list."""
    if act.takes_rows:
        return ""
    return why_so_already(act, rows_of(act, [target_id]), terms)


def rows_of(act: Act, ids: Sequence[int]) -> QuerySet[Any]:
    """These rows of the list that the act is of."""
    return next(listing for listing in LISTS.values() if act.name in listing.acts).rows().filter(pk__in=ids)


def can_go_again(job: Job) -> int:
    """How many of the refused rows would be done now; what is refused for good is not tried for nothing."""
    refused = list(job.rows.exclude(error="").values_list("target_id", flat=True))
    act = ACTS.get(job.kind)
    if act is None or act.takes_rows or not refused:
        return len(refused)
    return 0 if is_undone(job) else doable(act, rows_of(act, refused), job.terms, places=places_of(job.by)).count()


def _refuse_elsewhere(warehouse: Warehouse, *, by: str) -> None:
    """By where they work when the row's turn comes. Raises WorksElsewhere."""
    if (places := places_of(by)) and warehouse.pk not in places:
        raise WorksElsewhere(by, warehouse.name)


TRADE = jobs.Trade(do=in_english()(_do), join=export.join)
