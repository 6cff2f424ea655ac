"""The workers of the figures: fold what has settled, read it in brief, take in files that were uploaded."""

from billiard.exceptions import SoftTimeLimitExceeded
from celery import shared_task

from kpis import briefs
from kpis.fold import fold_all
from kpis.history_import import LEASE, claim, give_up, take_in

# Less than the lease, so that no file is taken in twice at once. The broker may hand the message out again in the
# meantime; whoever gets it finds nothing to claim.
IMPORT_SECONDS = int(LEASE.total_seconds()) - 60
TOO_LONG = f"The file takes longer than {IMPORT_SECONDS / 60:.0f} minutes; send it in pieces of whole orders."


@shared_task
def fold_history() -> None:
    """Fold everything that has settled since the last time."""
    for _ in fold_all():
        pass


@shared_task
def keep_briefs() -> None:
    """Read what Today shows of the figures, so that it need not."""
    briefs.keep_briefs()


@shared_task(soft_time_limit=IMPORT_SECONDS - 30, time_limit=IMPORT_SECONDS)
def take_in_histories() -> None:
    """Take in every uploaded file that waits."""
    while history_id := claim():
        try:
            take_in(history_id)
        except SoftTimeLimitExceeded:
            give_up(history_id, TOO_LONG)
            raise
