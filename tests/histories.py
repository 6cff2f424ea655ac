"""A small demo history that a whole test module looks at; nothing of it stays."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from inventory import clock
from ordermgmt.simulation.emptying import empty_shop
from ordermgmt.simulation.history import load_history

ORDERS = 60
NOW = datetime(2026, 11, 24, 15, 20, tzinfo=UTC)  # a Tuesday afternoon


@contextmanager
def small_history(blocker: DjangoDbBlocker, *, seed: int = 1) -> Iterator[datetime]:
    """Sixty orders inside one transaction that is undone; yields the moment at which the history ends.

    It is the same in every run: at the same time, with the same keys, which the dice are thrown for.
    """
    with blocker.unblock():
        empty_shop()  # by itself, as the load looks at the tables from outside of its transaction
        with transaction.atomic():
            with clock.at(NOW):
                load_history(orders=ORDERS, days=45, seed=seed, tick=lambda share: None)
            yield NOW
            transaction.set_rollback(True)


@contextmanager
def undone(now: datetime) -> Iterator[None]:
    """At the end of the history, with triggers and foreign keys off, so that raw SQL can break what the code keeps."""
    with transaction.atomic(), clock.at(now), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL session_replication_role = replica")
        yield
        transaction.set_rollback(True)
