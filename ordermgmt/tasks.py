"""Chores that look at all apps at once."""

from celery import shared_task
from django.db import transaction

from fulfillment.mails.writing import pass_over_the_past
from inventory import clock
from ordermgmt.feedback.finding import find_improvements as find
from ordermgmt.lists import running
from ordermgmt.models import DemoShop
from ordermgmt.simulation.history import DatabaseInUse, load_history


@shared_task
def find_improvements() -> None:
    """Look again for what goes wrong beyond chance."""
    find()


@shared_task
def run_lists() -> None:
    """Do what people asked of many rows of a list, and make the files they asked for."""
    running.run_lists()


@shared_task(soft_time_limit=840, time_limit=900)
def load_demo() -> None:
    """Fill the shop with the demo where somebody asked for it; a load that is cut short leaves nothing behind.

    In one transaction, as other workers would carry its orders on while their past is played. No mail tells of it.
    """
    if not DemoShop.objects.filter(begun_at=None, loaded_at=None).update(begun_at=clock.now()):
        return
    try:
        with transaction.atomic():
            load_history(orders=120, days=30, seed=1, tick=lambda share: None)
            pass_over_the_past()
    except DatabaseInUse:
        DemoShop.objects.filter(loaded_at=None).delete()
    except BaseException:
        DemoShop.objects.filter(loaded_at=None).delete()
        raise
