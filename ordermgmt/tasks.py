"""Chores that look at all apps at once."""

from celery import shared_task

from ordermgmt.feedback.finding import find_improvements as find
from ordermgmt.lists import running


@shared_task
def find_improvements() -> None:
    """Look again for what goes wrong beyond chance."""
    find()


@shared_task
def run_lists() -> None:
    """Do what people asked of many rows of a list, and make the files they asked for."""
    running.run_lists()
