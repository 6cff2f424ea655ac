"""Chores that look at all apps at once."""

from celery import shared_task

from ordermgmt.feedback.finding import find_improvements as find


@shared_task
def find_improvements() -> None:
    """Look again for what goes wrong beyond chance."""
    find()
