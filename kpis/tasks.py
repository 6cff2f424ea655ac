"""The workers of the figures: fold what has settled, take in files that were uploaded."""

from celery import shared_task

from kpis.fold import fold_all
from kpis.history_import import claim, take_in


@shared_task
def fold_history() -> None:
    """Fold everything that has settled since the last time."""
    for _ in fold_all():
        pass


@shared_task
def take_in_histories() -> None:
    """Take in every uploaded file that waits."""
    while history_id := claim():
        take_in(history_id)
