"""The parts of the bench: each takes the ground and the seconds it may last, and returns what one run measured."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice

from django.db.models import Count, Max, Min

from ordermgmt.bench.buyer import BULK
from ordermgmt.bench.client import Expected, drive
from ordermgmt.bench.figures import Run
from ordermgmt.bench.ground import Ground
from ordermgmt.bench.limit import Limit
from ordermgmt.stack.errors import StackError
from ordermgmt.stack.places import DATABASE_NAME
from ordermgmt.stack.stack import CELERY
from orders.flow import STAGE_BY_STATE, State
from orders.history import EVENT_OF_STATE
from orders.models import Order, OrderEvent

WORKERS = 2
WARM = 64
STAGES = {STAGE_BY_STATE[state].verb: state for state in (State.RECEIVED, State.APPROVED)}
STAGED_A_SECOND = 40
LOOK_SECONDS, STILL_SECONDS = 0.25, 30.0

Measure = Callable[[Ground, int], Run]


@dataclass(frozen=True)
class Kind:
    """How many orders a request has, and what is answered when all of them are placed."""

    orders: int
    answer: Expected


ONE = Kind(1, Expected(201, b'{"number":'))
MANY = Kind(BULK, Expected(200, f'{{"placed":{BULK},'.encode()))


@dataclass(frozen=True)
class Part:
    """A row of the result."""

    name: str
    clients: int
    measure: Measure


def parts(limit: Limit) -> tuple[Part, ...]:
    """Those that may be repeated, the best that can be hoped for first."""

    def best(_: Ground, seconds: int, *, hot: bool) -> Run:
        return limit.run(hot=hot, clients=8, seconds=seconds)

    return (
        Part("limit", 8, partial(best, hot=False)),
        Part("place", 8, partial(_placed, clients=8)),
        Part("place", 16, partial(_placed, clients=16)),
        Part("bulk", 2, _bulk),
        Part("limit_hot", 8, partial(best, hot=True)),
        Part("hot", 8, partial(_placed, clients=8, hot=True)),
    )


def _placed(ground: Ground, seconds: int, *, clients: int, hot: bool = False) -> Run:
    return _posted(ground, ONE, ground.buyer.orders(hot=hot), clients=clients, seconds=seconds)


def _bulk(ground: Ground, seconds: int) -> Run:
    return _posted(ground, MANY, ground.buyer.bulks(), clients=2, seconds=seconds)


def _posted(ground: Ground, kind: Kind, requests: Iterator[bytes], *, clients: int, seconds: float) -> Run:
    before, statements = Order.objects.count(), ground.statements()
    tally = drive(ground.port, requests, clients=clients, seconds=seconds, expected=kind.answer)
    return Run(
        orders=len(tally.waits_ms) * kind.orders,
        found=Order.objects.count() - before,
        seconds=tally.seconds,
        statements=ground.statements() - statements,
        waits_ms=tally.waits_ms,
        memory_mb=ground.memory_mb("web"),
        wrong=tally.wrong,
    )


def warm_up(ground: Ground) -> None:
    """A few orders, so that every process has its code and its connections; raises StackError if one goes wrong.

    Then the tables are looked at, as the database itself does in a shop that is in use: its connections plan anew, and
    not for the empty tables that their first order met, as little as those of the limit do.
    """
    _all_placed(_posted(ground, ONE, islice(ground.buyer.orders(), WARM), clients=16, seconds=60))
    ground.server.do(DATABASE_NAME, "ANALYZE")


def _all_placed(run: Run) -> None:
    if run.faults:
        raise StackError(f"Nothing can be measured where orders cannot be placed: {', '.join(run.faults)}.")


def stages(ground: Ground, seconds: int) -> dict[str, Run]:
    """Orders placed while no worker runs, then taken through one stage after the other, by verb."""
    bulks = islice(ground.buyer.bulks(), max(1, STAGED_A_SECOND * seconds // BULK))
    _all_placed(_posted(ground, MANY, bulks, clients=2, seconds=60))
    ground.stack.start("beat", *CELERY, "beat", "--pidfile=")
    runs = {verb: _drained(ground, verb, state) for verb, state in STAGES.items()}
    ground.stack.end("beat")
    return runs


def _drained(ground: Ground, verb: str, state: State) -> Run:
    """From the first order that the worker moved to the last; its start does not count."""
    due, statements = Order.objects.count(), ground.statements()
    events = OrderEvent.objects.filter(name=EVENT_OF_STATE[state])
    ground.stack.start_worker(verb)
    done, moved_at = 0, time.monotonic()
    while done < due and time.monotonic() - moved_at < STILL_SECONDS:
        time.sleep(LOOK_SECONDS)
        if (now_done := events.count()) > done:
            done, moved_at = now_done, time.monotonic()
    span = events.aggregate(count=Count("pk"), first=Min("at"), last=Max("at"))
    memory_mb, statements = ground.memory_mb("worker"), ground.statements() - statements
    ground.stack.end("worker")
    if done < 2:
        raise StackError(f"No worker could {verb} the orders; see {ground.stack.logs / 'worker.log'}.")
    seconds = (span["last"] - span["first"]).total_seconds() * done / (done - 1)
    return Run(orders=due, found=done, seconds=seconds, statements=statements, memory_mb=memory_mb)
