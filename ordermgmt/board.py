"""What Today shows: the river of nine stages, what left it, and the day's figures."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Case, Count, DateTimeField, Min, Q, Value, When
from django.db.models.functions import TruncHour
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory import clock
from inventory.wording import grouped
from kpis import windows
from ordermgmt.attention import Desk, desk
from ordermgmt.charts import Bars, bars
from ordermgmt.counts import ended
from ordermgmt.feedback.troubles import follow_ups_waiting
from ordermgmt.phrases import age, counted, percent
from orders.bounds import WORKER, bound_of
from orders.bounds import bounds as limits
from orders.flow import FINAL, STAGES, Stage, State
from orders.history import EVENT_OF_STATE
from orders.models import Order, OrderEvent

HOURS = 48
LONG = 10_000
ENOUGH = 20  # cases from which on a share says more than the cases


@dataclass(frozen=True)
class Tile:
    """One stage: how many orders are there, and the one thing to know about them. `tone` is empty, `warn` or `bad`."""

    stage: Stage
    count: int
    tone: str
    how: str
    bars: Bars
    pace: str

    @property
    def has_ended(self) -> bool:
        """Whether no order leaves it, so that it is counted no further than to a bound."""
        return self.stage.state in FINAL

    @property
    def is_long(self) -> bool:
        """Whether the number has more digits than stand in a narrow tile."""
        return self.count >= LONG


@dataclass(frozen=True)
class Board:
    """All of Today that renews itself."""

    now: datetime
    placed_today: int
    shipped_today: int
    tiles: tuple[Tile, ...]
    rejected: int
    cancelled: int
    desk: Desk

    @property
    def is_empty(self) -> bool:
        return not (self.rejected or self.cancelled or any(tile.count for tile in self.tiles))


@dataclass(frozen=True)
class Standing:
    """The orders of one state: how many, since when the oldest, how many held, past the bound, or overdue."""

    count: int = 0
    oldest: datetime | None = None
    held: int = 0
    late: int = 0
    overdue: int = 0


@dataclass
class Flow:
    """What entered one state: per hour of the last two days, since midnight, and how many of it went well."""

    hours: list[int]
    today: int = 0
    good: int = 0

    @property
    def total(self) -> int:
        return sum(self.hours)


def board() -> Board:
    """Read it all, in eight queries."""
    now = clock.now()
    standing, flow = _standings(now), _flows(now)
    return Board(
        now=now,
        placed_today=flow[State.PLACED].today,
        shipped_today=flow[State.SHIPPED].today,
        tiles=tuple(_tile(stage, standing[stage.state], flow[stage.state], now) for stage in STAGES),
        rejected=standing[State.REJECTED].count,
        cancelled=standing[State.CANCELLED].count,
        desk=desk(follow_ups_waiting()),
    )


def _standings(now: datetime) -> dict[State, Standing]:
    """Of orders that are through only how many."""
    bounds = [When(state=stage.state, then=Value(now - bound)) for stage in STAGES if (bound := bound_of(stage.state))]
    free, orders = Q(open_holds=0), Order.objects.order_by().values("state")
    going = orders.filter(state__in=[state for state in State if state not in FINAL]).annotate(
        count=Count("*"),
        oldest=Min("state_since"),
        held=Count("pk", filter=~free),
        late=Count("pk", filter=free & Q(state_since__lt=Case(*bounds, output_field=DateTimeField()))),
        overdue=Count("pk", filter=free & Q(due_at__lt=now - limits()[WORKER])),
    )
    found: defaultdict[State, Standing] = defaultdict(Standing)
    for row in going:
        found[State(row["state"])] = Standing(row["count"], row["oldest"], row["held"], row["late"], row["overdue"])
    for state, count in ended(*FINAL).items():
        found[State(state)] = Standing(count)
    return found


def _flows(now: datetime) -> dict[State, Flow]:
    """By UTC hours, which have no gap and no double hour when clocks change."""
    first = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
    states = {EVENT_OF_STATE[stage.state]: stage.state for stage in STAGES}
    rows = (
        OrderEvent.objects.filter(name__in=states, at__gte=first)
        .order_by()
        .values("name", hour=TruncHour("at", tzinfo=UTC))
        .annotate(
            count=Count("pk"),
            today=Count("pk", filter=Q(at__gte=windows.last_days(1).since)),
            good=Count("pk", filter=Q(data__perfect=True) | Q(data__answered=True)),
        )
    )
    flows = {state: Flow([0] * HOURS) for state in states.values()}
    for row in rows:
        flow, place = flows[states[row["name"]]], int((row["hour"] - first) / timedelta(hours=1))
        if place < HOURS:
            flow.hours[place] += row["count"]
        flow.today += row["today"]
        flow.good += row["good"]
    return flows


def _tile(stage: Stage, standing: Standing, flow: Flow, now: datetime) -> Tile:
    tone, how = _condition(stage, standing, flow, now)
    recent = sum(flow.hours[HOURS // 2 :])
    pace = _("{orders} reached this in the last 24 hours, {total} in the 24 before").format(
        orders=counted(recent, "order"), total=grouped(flow.total - recent)
    )
    return Tile(stage, standing.count, tone, how, bars(flow.hours), pace)


def _condition(stage: Stage, standing: Standing, flow: Flow, now: datetime) -> tuple[str, str]:
    """The tone and the words: what is wrong if anything is, else how long the oldest has been there."""
    wrong = [
        words.format(count=grouped(count))
        for count, words in (
            (standing.late, ngettext("{count} stuck", "{count} stuck", standing.late)),
            (standing.held, _("{count} held")),
            (0 if standing.late else standing.overdue, _("{count} overdue")),
        )
        if count
    ]
    if wrong:
        return ("bad" if standing.late else "warn"), ", ".join(wrong)
    if stage.state in (State.SURVEYED, State.REVIEWED) and flow.total:
        words = _("{part} perfect") if stage.state == State.REVIEWED else _("{part} answered")
        enough = flow.total >= ENOUGH
        few = _("{good} of {total}").format(good=flow.good, total=flow.total)
        return "", words.format(part=percent(flow.good / flow.total, 0) if enough else few)
    if standing.oldest and bound_of(stage.state):
        return "", _("oldest {now}").format(now=age(now - standing.oldest))
    return "", ""
