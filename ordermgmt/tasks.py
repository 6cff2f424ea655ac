"""Chores that look at all apps at once."""

from celery import shared_task

from inventory import clock
from ordermgmt.feedback.finding import find_improvements as find
from ordermgmt.lists import running
from ordermgmt.models import LOAD_LASTS, DemoShop
from ordermgmt.simulation import history


@shared_task
def find_improvements() -> None:
    """Look again for what goes wrong beyond chance."""
    find()


@shared_task
def run_lists() -> None:
    """Do what people asked of many rows of a list, and make the files they asked for."""
    running.run_lists()


@shared_task(soft_time_limit=LOAD_LASTS.seconds - 60, time_limit=LOAD_LASTS.seconds)
def load_demo() -> None:
    """Fill the shop with the demo where somebody asked for it; what failed or was lost can be asked for again."""
    if not DemoShop.objects.filter(begun_at=None, loaded_at=None).update(begun_at=clock.now()):
        return
    try:
        history.load_demo(orders=120, days=30, seed=1, tick=lambda share: None)
    except history.DatabaseInUse:
        DemoShop.objects.filter(loaded_at=None).delete()
    except BaseException:
        DemoShop.objects.filter(loaded_at=None).delete()
        raise
