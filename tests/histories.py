"""A small demo history that a whole test module looks at; nothing of it stays."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from inventory import clock
from ordermgmt.simulation.history import load_history

ORDERS = 60


@contextmanager
def small_history(blocker: DjangoDbBlocker, *, seed: int = 1) -> Iterator[datetime]:
    """Sixty orders inside one transaction that is undone; yields the moment at which the history ends."""
    with blocker.unblock(), transaction.atomic():
        now = timezone.now()
        with clock.at(now):
            load_history(orders=ORDERS, days=45, seed=seed, tick=lambda share: None)
        yield now
        transaction.set_rollback(True)


@contextmanager
def undone(now: datetime) -> Iterator[None]:
    """At the end of the history, with triggers and foreign keys off, so that raw SQL can break what the code keeps."""
    with transaction.atomic(), clock.at(now), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL session_replication_role = replica")
        yield
        transaction.set_rollback(True)
