"""The order table as queue: who may take a row, how a batch is driven, what happens to a row that fails.

PostgreSQL is the truth. A Celery message only says "look now"; beat says the same every few seconds.
Row locks are taken in few places: `held()` and `held_shipment()`, the claims, the stock room, and payments under
their order.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from functools import partial
from time import monotonic
from typing import TypeVar

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import transaction
from django_fsm import TransitionNotAllowed

from inventory import clock
from orders.errors import NotAllowedNow
from orders.flow import QUEUE_BY_STATE, State, unmet
from orders.history import write
from orders.models import Order
from orders.nudges import nudge

log = logging.getLogger(__name__)
BATCH = 50
TRIES = 5
BUDGET_SECONDS = 40.0  # a task ends well before its time limit; the next sweep goes on
LEASE = timedelta(seconds=settings.LEASE_SECONDS)

_woken: ContextVar[set[str] | None] = ContextVar("woken", default=None)
Advance = Callable[[int], object]
Claim = Callable[[int], Sequence[int]]
Fail = Callable[[int, Exception], None]
Row = TypeVar("Row")


@contextmanager
def held(order_id: int) -> Iterator[Order]:
    """The order under its row lock, in a transaction of its own or inside the caller's.

    What is recorded of it inside the block is written when the block ends; an exception undoes the block whole.
    A step that the state machine refuses inside the block comes out as NotAllowedNow, with what it takes.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update(no_key=True).get(pk=order_id)
        order.unwritten = []
        try:
            yield order
        except TransitionNotAllowed as refusal:
            # Asked before anything is undone: afterwards, what the stage had already done would look missing too.
            blockers = unmet(refusal.object, refusal.method)
            raise NotAllowedNow(refusal.method.__name__, refusal.object, blockers) from refusal
        write(order)


def claim(state: State, limit: int) -> list[int]:
    """Lock up to `limit` orders in `state` that are due and held by nothing; rows others hold are passed over."""
    due = Order.objects.filter(state=state, due_at__lte=clock.now(), open_holds=0).order_by("due_at")
    return list(due.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True)[:limit])


def lease(state: State, limit: int) -> list[int]:
    """Claim, and let go of the locks: for stages that talk to the outside, which no transaction may wait for.

    The rows become due again after the lease, should the worker die.
    """
    with transaction.atomic():
        claimed = claim(state, limit)
        Order.objects.filter(pk__in=claimed).update(due_at=clock.now() + LEASE)
    return claimed


def wake(state: str) -> None:
    """After this transaction: tell the workers of the queue that leads out of `state` to look."""
    if state not in QUEUE_BY_STATE:
        return
    queue, woken = QUEUE_BY_STATE[State(state)], _woken.get()
    if woken is None:
        transaction.on_commit(partial(nudge, queue))
    else:
        woken.add(queue)


@contextmanager
def quiet() -> Iterator[None]:
    """Tell no worker of anything that happens inside the block: a simulated history moves its orders itself."""
    token = _woken.set(set())
    try:
        yield
    finally:
        _woken.reset(token)


def drain_in_batches(claim_batch: Claim, advance: Advance, *, failed: Fail, size: int = BATCH) -> int:
    """Advance all due rows, one commit per batch, each row in a savepoint so that a bad one stops no other.

    A stage that locks stock takes `size` 1: stock rows are locked by id within an order, and a transaction over
    several orders would lock them out of turn and deadlock with a buyer. It is all in `held()`, whose savepoint is
    enough for one row.
    """
    done, deadline = 0, monotonic() + BUDGET_SECONDS
    alone = advance if size == 1 else transaction.atomic(advance)
    while monotonic() < deadline:
        with _one_nudge_per_queue():
            for _ in range(max(1, BATCH // size)):
                with transaction.atomic():
                    rows = claim_batch(size)
                    for row in rows:
                        done += _advanced(row, alone, failed)
                        if monotonic() > deadline:  # what is done is kept; the rest stays due
                            return done
                if len(rows) < size:
                    return done
    return done


def drain_one_by_one(claim_batch: Claim, advance: Advance, *, failed: Fail) -> int:
    """Advance leased rows each on its own, outside any transaction of ours."""
    done, deadline = 0, monotonic() + BUDGET_SECONDS
    while True:
        rows = claim_batch(BATCH)
        with _one_nudge_per_queue():
            for row in rows:
                done += _advanced(row, advance, failed)
                if monotonic() > deadline:  # the rest of a long day is due again when its lease is over
                    return done
        if len(rows) < BATCH:  # what has become due again meanwhile waits for the next message
            return done


def each_alone(rows: Iterable[Row], act: Callable[[Row], object], *, failed: str) -> int:
    """Do the same for each row, on its own; one that fails is logged in the words of `failed`, with %s for the row.

    Returns for how many it was done: `act` says False when there was nothing to do.
    """
    done = 0
    for row in rows:
        try:
            done += act(row) is not False
        except SoftTimeLimitExceeded:
            raise  # the task's time is over, not the row's fault
        except Exception:
            log.exception(failed, row)
    return done


def backoff(attempts: int) -> timedelta:
    """How long a row rests after its n-th failure: 2, 4, 8, 16 seconds, and never longer than half a minute."""
    return timedelta(seconds=2 ** min(attempts, TRIES))


def _advanced(row: int, advance: Advance, failed: Fail) -> bool:
    try:
        advance(row)
    except SoftTimeLimitExceeded:
        raise  # the task's time is over, not the row's fault
    except Exception as error:  # whatever a row brings, the others go on and the row says what it was
        log.exception("Row %s failed", row)
        failed(row, error)
        return False
    return True


@contextmanager
def _one_nudge_per_queue() -> Iterator[None]:
    """Collect whom a round of work wakes and tell each once, after its commits."""
    token = _woken.set(set())
    try:
        yield
    finally:
        woken = _woken.get() or set()
        _woken.reset(token)
    for queue in sorted(woken):
        nudge(queue)
