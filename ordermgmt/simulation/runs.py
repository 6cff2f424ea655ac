"""The two ways to simulate: on a private stack that is gone afterwards, or against one that runs."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from secrets import token_hex

import environ
from django.conf import settings
from django.db import OperationalError, connections

from kpis.fold import check
from ordermgmt.simulation.baskets import read_sample
from ordermgmt.simulation.catalogue import articles
from ordermgmt.simulation.desk import Desk
from ordermgmt.simulation.dice import Dice
from ordermgmt.simulation.faults import Fault, Saboteur, let_carrier_fail
from ordermgmt.simulation.plan import Errand, plan_errands, within
from ordermgmt.simulation.session import Progress, Scene, Session
from ordermgmt.simulation.shop import Shares, block_some, hire, issue_keys, open_shop, stock_for
from ordermgmt.simulation.summary import Audit, Summary, summarise
from ordermgmt.stack.stack import Stack, private_stack
from ordermgmt.verify import verify
from orders.models import Order

CARRIER_DAY = timedelta(seconds=0.5)
# A private shop's days are short, so that an order's two weeks pass in seconds.
HASTE = {
    "CARRIER_DAY_SECONDS": str(CARRIER_DAY.total_seconds()),
    "SURVEY_DELAY_SECONDS": "0.2",
    "SURVEY_WINDOW_SECONDS": "4",
    "SWEEP_SECONDS": "1",
    "PACKING_WORK": "20000",  # as a demo's past, it need not be packed at the very best price
    "LEASE_SECONDS": "10",
}
# Five of the carrier's days for the road, and what a burst of orders may have to wait for the workers.
PROMISE = 5 * CARRIER_DAY + timedelta(seconds=10)

Look = Callable[[Progress], None]


@dataclass(frozen=True)
class Wish:
    """What was asked for on the command line."""

    orders: int
    seed: int = 1
    clients: int = 8
    shares: Shares = Shares()
    kill: Sequence[str] = ()
    faults: Sequence[str] = ()

    def errands(self) -> list[Errand]:
        """The plan; its external ids are new each time, so that a shop can be played in again and again."""
        return plan_errands(read_sample(), self.orders, dice=Dice(self.seed), prefix=f"sim-{token_hex(4)}")


@contextmanager
def private_shop(wish: Wish, errands: Sequence[Errand]) -> Iterator[tuple[Stack, Mapping[str, str]]]:
    """A stack of one's own with a shop on it, and a key for each channel; this process uses its database."""
    dice, baskets = Dice(wish.seed), [errand.basket for errand in errands]
    catalogue = articles(read_sample().baskets)
    with private_stack(env=HASTE) as stack:
        use_database(stack.database_url)
        try:
            open_shop(catalogue, stock_for(baskets, catalogue, shares=wish.shares, dice=dice))
            block_some(baskets, dice=dice)
            if "carrier" in wish.faults:
                let_carrier_fail(seed=wish.seed)
            yield stack, issue_keys("simulation")
        finally:
            connections.close_all()


def run_privately(stack: Stack, keys: Mapping[str, str], wish: Wish, errands: Sequence[Errand], look: Look) -> Summary:
    """Play in a private shop, with faults if wished, and verify its books."""
    dice = Dice(wish.seed)
    scene = Scene(stack.url, keys, dice, clients=wish.clients, promise=PROMISE, is_own=True, people=hire())
    session, saboteur = Session(scene, errands), Saboteur(stack, wish.kill)

    def look_and_kill(progress: Progress) -> None:
        look(progress)
        if wish.kill:
            saboteur.look(progress)

    seconds = session.play(look_and_kill)
    return _end(session, seconds, faults=saboteur.done, audit=_audit())


def run_against(url: str, key: str, wish: Wish, look: Look) -> Summary:
    """Play against a running shop, over HTTP alone; its books are verified only if they are our own.

    Raises NoShop.
    """
    desk = Desk(url, key, stop=threading.Event())
    desk.knock()
    errands = within(replace(wish, orders=wish.orders * 2).errands(), desk.available())[: wish.orders]
    session = Session(Scene(url, {"": key}, Dice(wish.seed), clients=wish.clients), errands)
    seconds = session.play(look)
    return _end(session, seconds, faults=(), audit=_own_audit(session))


def _end(session: Session, seconds: float, *, faults: Sequence[Fault], audit: Audit) -> Summary:
    if session.failures:
        raise session.failures[0]
    summary = summarise(session, seconds=seconds, faults=faults, audit=audit)
    session.close()
    return summary


def _audit() -> Audit:
    """The books, and the facts behind the figures as folded on the way beside those made from scratch."""
    return Audit(verify().as_json(), len(check(lambda done, total: None)))


def _own_audit(session: Session) -> Audit:
    """If the newest order we placed over HTTP stands in the database of our settings."""
    acknowledged = session.book.acknowledged
    if not acknowledged:
        return Audit()
    newest = acknowledged[max(acknowledged)]
    try:
        ours = Order.objects.filter(number=newest.number, external_id=newest.errand.external_id).exists()
    except OperationalError:
        return Audit()
    return _audit() if ours else Audit()


def use_database(url: str) -> None:
    """Let this process work on another database than its settings named."""
    connections.close_all()
    settings.DATABASES["default"].update(environ.Env.db_url_config(url))
