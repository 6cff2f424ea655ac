"""What the radar shows: the picture of all stages, the causes with their counts, and the orders of one of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.wording import Words
from ordermgmt.radar.strips import Strip, strips
from ordermgmt.radar.stuck import Cause, Stuck, stuck
from ordermgmt.radar.ways import Way, missing_skus, ways_out
from orders.flow import STAGE_BY_STATE, Stage
from orders.models import Order

SHOWN = 100
# For people: the chip, the tag with its tone, and what the cause means.
WORDS: Mapping[Cause, tuple[Words, str, Words]] = {
    Cause.FAILED: (
        gettext_lazy("Failed"),
        "bad",
        gettext_lazy("A step failed five times. Mend the cause, then have it tried again."),
    ),
    Cause.OVERDUE: (
        gettext_lazy("No worker"),
        "bad",
        gettext_lazy("It is due, and no worker has taken it. Is one running for this stage?"),
    ),
    Cause.HELD: (gettext_lazy("Held"), "warn", gettext_lazy("Somebody has to decide.")),
    Cause.MONEY: (gettext_lazy("Waits for money"), "warn", gettext_lazy("Not all of it is pledged or paid yet.")),
    Cause.GOODS: (
        gettext_lazy("Waits for goods"),
        "warn",
        gettext_lazy("Goods on the shelf are promised to others, or have not come in."),
    ),
    Cause.PEOPLE: (
        gettext_lazy("Nobody works on it"),
        "bad",
        gettext_lazy("The warehouse has not picked, packed or handed it over in time."),
    ),
    Cause.NOT_ACCEPTED: (
        gettext_lazy("Not accepted"),
        "bad",
        gettext_lazy("A third party was handed a shipment and has not said whether it sends it."),
    ),
    Cause.THIRD_PARTY: (gettext_lazy("3PL silent"), "bad", gettext_lazy("The third party has not reported in time.")),
    Cause.CARRIER: (
        gettext_lazy("Carrier silent"),
        "bad",
        gettext_lazy("No scan for days, and the promise is near or past."),
    ),
    Cause.WAITING: (
        gettext_lazy("Longer than usual"),
        "warn",
        gettext_lazy("It has stood in its stage for longer than the stage allows."),
    ),
}


@dataclass(frozen=True)
class Chip:
    """A filter; `count` orders are behind it."""

    label: Words
    address: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Row:
    """One stuck order with its ways out."""

    stuck: Stuck
    order: Order
    label: Words
    tone: str
    meaning: Words
    ways: Sequence[Way]

    @property
    def stage(self) -> Stage:
        return STAGE_BY_STATE[self.stuck.state]


@dataclass(frozen=True)
class RadarPage:
    """All of it. `failed` orders can be tried again together."""

    strips: Sequence[Strip]
    chips: Sequence[Chip]
    rows: Sequence[Row]
    count: int
    found: int
    failed: int
    stage: str

    @property
    def is_cut(self) -> bool:
        return self.found > len(self.rows)


def radar_page(*, cause: str = "", stage: str = "") -> RadarPage:
    """The stuck orders of one cause and one stage, or of all; in five queries. Unknown words mean all."""
    everything = stuck()
    here = [row for row in everything if stage not in STAGE_BY_STATE or row.state == stage]
    counts = Counter(row.cause for row in here)
    chosen = [row for row in here if cause not in set(Cause) or row.cause == cause]
    shown = chosen[:SHOWN]
    return RadarPage(
        strips=strips(),
        chips=[
            Chip(_("All"), _query("", stage), len(here), cause not in counts),
            *(Chip(WORDS[one][0], _query(one, stage), counts[one], one == cause) for one in Cause if counts[one]),
        ],
        rows=_rows(shown),
        count=len(everything),
        found=len(chosen),
        failed=counts[Cause.FAILED],
        stage=stage if stage in STAGE_BY_STATE else "",
    )


def _rows(shown: Sequence[Stuck]) -> list[Row]:
    numbers = [row.number for row in shown]
    orders = {order.number: order for order in Order.objects.filter(number__in=numbers).select_related("customer")}
    missing = missing_skus(shown)
    return [Row(row, orders[row.number], *WORDS[row.cause], ways_out(row, missing)) for row in shown]


def _query(cause: str, stage: str) -> str:
    asked = {name: value for name, value in (("cause", cause), ("stage", stage)) if value}
    return f"?{urlencode(asked)}"
