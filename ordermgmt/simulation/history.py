"""The demo shop: weeks of a believable past, up to this moment, made by the functions that run the shop.

The real baskets keep their weekday and time of day and move to the last fortnight, some of them a fortnight or two
further back, fewer the longer ago: the shop has grown. The last ones are placed so that every stage has something to
show now, whatever the hour.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from django.db import connection, transaction
from django.test.utils import override_settings

from fulfillment.mails.writing import pass_over_the_past
from inventory import clock
from inventory.models import Product
from ordermgmt.models import DemoShop
from ordermgmt.simulation.baskets import SAMPLE_ZONE, Basket, Sample, read_sample
from ordermgmt.simulation.billed import take_in_invoices
from ordermgmt.simulation.catalogue import articles
from ordermgmt.simulation.dice import Dice
from ordermgmt.simulation.marking import marks_since, newest_rows
from ordermgmt.simulation.past import ALICE, Past
from ordermgmt.simulation.people import person
from ordermgmt.simulation.plan import Errand, plan_errands
from ordermgmt.simulation.present import bring_up_to_date
from ordermgmt.simulation.shop import Shares, block_some, open_shop, stock_for
from ordermgmt.simulation.steering import look_back, plan_steering
from ordermgmt.simulation.stockroom import plan_stock_room, set_reorder_points, spread_over_bins
from ordermgmt.simulation.timeline import Timeline
from ordermgmt.simulation.troubles import best_seller, distrust_first_orders
from ordermgmt.simulation.way_back import plan_way_back
from ordermgmt.simulation.workday import Workday
from orders.customers.scoring import rescore_due
from orders.models import Channel, Customer, Order
from orders.queue import quiet

DAY, WEEK, FORTNIGHT = timedelta(days=1), timedelta(days=7), timedelta(days=14)
SHARES = Shares(manual=0.28, third_party=0.12)
ONCE_SHARE, LARGE_SHARE, LARGE_CREDITED_SHARE = 0.8, 0.05, 0.15
FIRST_ORDER_SHARE = 0.65
SMALL_LINES, SMALL_UNITS = 14, 80
GROWTH = 1.6
LATE_SHIFT = timedelta(hours=4)
COUNTED = (0.0, 0.1, 0.4)  # shares of the past after which the tables have grown much
# How long ago the last orders were placed, for those that people pick and for all others.
PEOPLE_BUSY = [timedelta(minutes=minutes) for minutes in (3, 5, 7, 9, 50, 80, 120, 160, 200)]
MACHINES_BUSY = [timedelta(seconds=seconds) for seconds in (1, 3)] + [
    timedelta(hours=hours) for hours in (0.6, 2, 3.5, 6, 11, 17, 23, 29, 35)
]
UNLUCKY, UNDECIDED = 2, 3  # places in MACHINES_BUSY


class DatabaseInUse(Exception):
    """There are products or orders already, which a demo must not mix with."""


@dataclass(frozen=True)
class Visit:
    """An errand and the moment at which it is run."""

    at: datetime
    errand: Errand


@transaction.atomic
def load_demo(*, orders: int, days: int, seed: int, tick: Callable[[float], None]) -> None:
    """Fill the shop with a past of which no mail tells, wholly or not at all. Raises DatabaseInUse.

    In one transaction: nobody sees a past that is still being played, workers do not carry its orders on, and of a load
    that is cut short nothing stays but what the shop had.
    """
    load_history(orders=orders, days=days, seed=seed, tick=tick)
    pass_over_the_past()


def load_history(*, orders: int, days: int, seed: int, tick: Callable[[float], None]) -> None:
    """Play it, within a transaction; `tick` is told the share of the past that has been played.

    Raises DatabaseInUse when there is a product, an order or a channel.
    """
    if Order.objects.exists() or Product.objects.exists() or Channel.objects.exists():
        raise DatabaseInUse("The database is not empty, so the demo shop is not loaded. Nothing was changed.")
    now = clock.now()
    opens = now - days * DAY
    with quiet(), _days_of_24_hours():
        before = newest_rows()
        dice = Dice(seed)
        sample = _selected(read_sample(), round(orders * FIRST_ORDER_SHARE), dice)
        errands = plan_errands(sample, orders, dice=dice, prefix="demo")
        with clock.at(opens - DAY):
            by_people = _open(errands, dice)
            distrust_first_orders(by=ALICE)
            workday = Workday(late_from=now - LATE_SHIFT, late_until=now)
            past = Past(Timeline(until=now), workday, dice, faulty=best_seller(errands))
        for visit in _visits(errands, by_people, past, days=days):
            past.timeline.plan(visit.at, partial(past.place, visit.errand))
        for share in COUNTED:
            past.timeline.plan(opens + share * (now - opens), _count_rows)
        plan_stock_room(past.timeline)
        plan_steering(past.timeline)
        plan_way_back(past.timeline)
        past.timeline.play(lambda moment: tick((moment - opens) / (now - opens)))
        bring_up_to_date(now)
        take_in_invoices(now, dice=dice, by=ALICE)
        set_reorder_points()
        spread_over_bins()
        with clock.at(now):
            rescore_due()
            look_back()
        DemoShop.objects.update_or_create(pk=1, defaults={"loaded_at": now, "marks": marks_since(before)})
    _count_rows()


def _count_rows() -> None:
    """Tell the planner how large the tables are: one that was empty when the server looked last is taken for empty."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _days_of_24_hours() -> override_settings:
    """The past took its time and its mails were read long ago, however fast the carriers of the running system are."""
    return override_settings(
        DEBUG=False,  # keeps a copy of every statement
        EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
        CARRIER_DAY_SECONDS=DAY.total_seconds(),
        SURVEY_DELAY_SECONDS=3 * DAY.total_seconds(),
        SURVEY_WINDOW_SECONDS=14 * DAY.total_seconds(),
    )


def _selected(sample: Sample, count: int, dice: Dice) -> Sample:
    """A small shop's share of a wholesaler's baskets: few that fill a pallet, and most by those who come again.

    They are fewer than the orders, so some will be ordered again.
    """
    visits = Counter(basket.customer for basket in sample.baskets)
    credited = {note.basket for note in sample.credit_notes}

    def kept(basket: Basket) -> bool:
        small = len(basket.lines) <= SMALL_LINES and basket.units.total() <= SMALL_UNITS
        if basket.invoice in credited:
            share = 1 if small else LARGE_CREDITED_SHARE
        else:
            share = (1 if visits[basket.customer] > 1 else ONCE_SHARE) * (1 if small else LARGE_SHARE)
        return dice.happens(share, "kept", basket.invoice)

    baskets = dice.shuffled([basket for basket in sample.baskets if kept(basket)], "selected")
    return replace(sample, baskets=tuple(baskets[:count]))


def _open(errands: Sequence[Errand], dice: Dice) -> set[int]:
    """Open the shop for these errands. The numbers of those that people in the shop's own warehouse will send."""
    baskets = [errand.basket for errand in errands]
    catalogue = articles(baskets)
    units = stock_for(baskets, catalogue, shares=SHARES, dice=dice)
    open_shop(catalogue, units)
    if not block_some(baskets, dice=dice):
        unwanted = person(baskets[0].customer, baskets[0].country)
        Customer.objects.create(email=unwanted.email, name=unwanted.name, blocked=True)
    by_people = units["LEEDS"].keys() - units["YORK"].keys()
    elsewhere = units["RTM"].keys() - units["YORK"].keys() - by_people
    wanted = {errand.number: errand.basket.units.keys() for errand in errands}
    return {number for number, skus in wanted.items() if skus & by_people and not skus & elsewhere}


def _visits(errands: Sequence[Errand], by_people: set[int], past: Past, *, days: int) -> list[Visit]:
    """Everybody's moment; the last few come when they are needed."""
    now, newest = past.timeline.until, errands[: len(errands) // 3 : -1]
    busy = [errand for errand in newest if errand.number in by_people][: len(PEOPLE_BUSY)]
    others = [errand for errand in newest if errand.number not in by_people][: len(MACHINES_BUSY)]
    past.unlucky.add(others[UNLUCKY].number)
    past.undecided.add(others[UNDECIDED].number)
    others[UNDECIDED] = replace(others[UNDECIDED], method="card", authorised=Decimal(1))
    late = [
        Visit(now - ago, errand)
        for ago, errand in (*zip(PEOPLE_BUSY, busy, strict=False), *zip(MACHINES_BUSY, others, strict=True))
    ]
    taken, bought = {visit.errand.number for visit in late}, set()
    usual = []
    for errand in errands:
        if errand.number not in taken:
            at = _moment(errand, now=now, days=days, dice=past.dice)
            usual.append(Visit(max(at - WEEK, now - days * DAY) if errand.basket.invoice in bought else at, errand))
        bought.add(errand.basket.invoice)
    return late + usual


def _moment(errand: Errand, *, now: datetime, days: int, dice: Dice) -> datetime:
    """The basket's weekday and time of day, in one of the last `days` days."""
    real = errand.basket.placed_at
    moved = real + (now.astimezone(SAMPLE_ZONE).date() - real.date()) // FORTNIGHT * FORTNIGHT
    while moved > now:
        moved -= FORTNIGHT
    back = int(dice.share("moment", errand.number) ** GROWTH * days / FORTNIGHT.days)
    return max(moved - back * FORTNIGHT, now - days * DAY)
