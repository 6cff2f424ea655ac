"""What the desk of returns and claims shows, each page in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from fulfillment.claims import OUTCOMES
from fulfillment.models import Claim, ClaimLine, Return, ReturnLine, ReturnScan, ReturnUnit
from fulfillment.return_flow import COMING, RETURN_ENDED, ReturnState
from fulfillment.returns.reasons import REASON_LABEL, words_of
from fulfillment.returns.receiving import places_of
from fulfillment.returns.settling import Money, return_money
from inventory.wording import Words

MOST_SHOWN, MOST_CLAIMS = 60, 30
TONES = {
    **dict.fromkeys(COMING, "go"),
    ReturnState.REQUESTED: "warn",
    ReturnState.RECEIVED: "warn",
    ReturnState.INSPECTED: "warn",
    ReturnState.SETTLED: "good",
    ReturnState.DECLINED: "bad",
}
CLAIM_TONES = {Claim.State.OPEN: "warn", Claim.State.SETTLED: "good", Claim.State.REFUSED: "bad"}
COME = "coming"
AT_THE_DOOR = Q(state__in=COMING, arrived_at__isnull=False)
TO_DO = Q(state__in=[ReturnState.REQUESTED, ReturnState.RECEIVED, ReturnState.INSPECTED]) | AT_THE_DOOR
TABS = {
    "": (_("To do"), TO_DO),
    COME: (_("On the way"), Q(state__in=COMING, arrived_at=None)),
    "done": (_("Done"), Q(state__in=RETURN_ENDED)),
}


@dataclass(frozen=True)
class Row:
    """One return in the list."""

    row: Return
    tone: str
    contents: str
    reason: str


@dataclass(frozen=True)
class Desk:
    """The returns under one tab, and the claims that are open: as many of each as there is room for, and the counts."""

    tab: str
    tabs: tuple[tuple[str, Words, int], ...]
    count: int
    rows: tuple[Row, ...]
    claim_count: int
    claims: tuple["ClaimRow", ...]


@dataclass(frozen=True)
class ClaimRow:
    """One claim with what it is about, and how it may end."""

    claim: Claim
    tone: str
    contents: str
    outcomes: tuple[tuple[str, Words], ...]


@dataclass(frozen=True)
class LineCard:
    """One line of a return: what came of it, each unit that was looked at, and where the next one may go."""

    line: ReturnLine
    reason: str
    units: tuple[ReturnUnit, ...]
    shelf: str

    @property
    def left(self) -> int:
        """Units that came and were not looked at."""
        return self.line.received - len(self.units)

    @property
    def next_number(self) -> int:
        return len(self.units) + 1


@dataclass(frozen=True)
class ReturnPage:
    """One return, whole."""

    row: Return
    tone: str
    lines: tuple[LineCard, ...]
    money: Money
    scans: tuple[ReturnScan, ...]

    @property
    def may_receive(self) -> bool:
        return self.row.state in COMING

    @property
    def is_off(self) -> bool:
        """Whether nothing comes, and nothing is given for it."""
        return self.row.state in (ReturnState.DECLINED, ReturnState.CANCELLED)

    @property
    def looks(self) -> bool:
        return bool(self.row.state == ReturnState.RECEIVED)


def desk(tab: str) -> Desk:
    """The newest returns under a tab, and the open claims, oldest first."""
    counts = Return.objects.aggregate(**{f"tab_{key}": Count("pk", filter=where) for key, (_, where) in TABS.items()})
    rows = Return.objects.filter(TABS[tab][1]).select_related("order__customer").order_by("-state_since", "-pk")
    rows = rows.annotate(reason_label=REASON_LABEL)
    lines = Prefetch("lines", ReturnLine.objects.select_related("order_line"))
    claims = Claim.objects.filter(state=Claim.State.OPEN)
    return Desk(
        tab=tab,
        tabs=tuple((key, label, counts[f"tab_{key}"]) for key, (label, _) in TABS.items()),
        count=counts[f"tab_{tab}"],
        rows=tuple(
            Row(row, tone_of(row), _contents(row.lines.all()), words_of(row))
            for row in rows.prefetch_related(lines)[:MOST_SHOWN]
        ),
        claim_count=claims.count(),
        claims=tuple(claim_rows(claims.order_by("opened_at", "pk")[:MOST_CLAIMS])),
    )


def claim_rows(claims: QuerySet[Claim]) -> Iterable[ClaimRow]:
    """Claims with their units and the ends they may have."""
    lines = Prefetch("lines", ClaimLine.objects.select_related("order_line"))
    for claim in claims.select_related("order__customer", "reshipment").prefetch_related(lines):
        ends = OUTCOMES[Claim.Against(claim.against)]
        outcomes = tuple((end.value, end.label) for end in ends) if claim.state == Claim.State.OPEN else ()
        yield ClaimRow(claim, CLAIM_TONES[Claim.State(claim.state)], _contents(claim.lines.all()), outcomes)


def return_page(order_number: int, number: int) -> ReturnPage:
    """One return with its lines and units; raises Return.DoesNotExist."""
    row = Return.objects.select_related("order__customer", "order__channel", "exchange", "sent_again").get(
        order__number=order_number, number=number
    )
    found = row.lines.select_related("order_line", "exchange_for").prefetch_related("units")
    lines: list[ReturnLine] = list(found.annotate(reason_label=REASON_LABEL))
    cards, places = [], places_of([line.order_line for line in lines])
    for line in lines:
        place = places[line.order_line_id]
        shelf = place.bin.code if place.bin else place.warehouse.name
        cards.append(LineCard(line, words_of(line), tuple(line.units.all()), shelf))
    money = return_money(row, lines)
    return ReturnPage(row, tone_of(row), tuple(cards), money, tuple(row.tracking.all())[::-1])


def tone_of(row: Return) -> str:
    """Amber for what waits for the shop, also at its door."""
    return "warn" if row.is_at_the_door else TONES.get(ReturnState(row.state), "")


def _contents(lines: Iterable[ReturnLine] | Iterable[ClaimLine]) -> str:
    return ", ".join(f"{line.quantity} × {line.order_line.sku}" for line in lines)
