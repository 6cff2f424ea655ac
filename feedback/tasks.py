"""The stage workers of the feedback desk: names with patience."""

from functools import partial

from celery import shared_task

from feedback import services
from feedback.stages.review import review
from feedback.stages.survey import survey
from orders.flow import State
from orders.queue import claim, drain_in_batches, drain_one_by_one, lease
from orders.services import postpone


@shared_task
def drain_survey() -> None:
    """Invite customers, and go on with those who answered or stayed silent; row by row, since mail is sent."""
    drain_one_by_one(partial(lease, State.DELIVERED), partial(survey, by="system:survey"), failed=postpone)


@shared_task
def drain_review() -> None:
    """Review every order whose survey is over."""
    drain_in_batches(partial(claim, State.SURVEYED), partial(review, by="system:review"), failed=postpone)


@shared_task
def judge_late_evidence() -> None:
    """Judge reviewed orders anew of which something came to light."""
    while services.judge_late_evidence():
        pass
