"""Who comes back and when: cohorts, gaps, one customer's past, what campaigns did."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.wording import grouped, localized
from kpis import windows
from kpis.figures.customers import LOW, PastOrder, QuietCustomer, cohort_grid, past_of, quiet
from kpis.figures.effect import Effect, effect
from kpis.figures.frequency import gaps
from kpis.models import Campaign
from ordermgmt.kpis.calendar import spans
from ordermgmt.kpis.charts import Axis, Column, Span, bars
from ordermgmt.kpis.choice import months_on
from ordermgmt.kpis.sections.shared import Page
from ordermgmt.kpis.tables import Cell, Section, Table, number
from ordermgmt.phrases import counted, month_and_year, month_of_axis, percent, short_date

# Bins of the histogram: from, to and including, in days.
BINS = ((1, 7), (8, 14), (15, 21), (22, 30), (31, 45), (46, 60), (61, 90), (91, 180), (181, 365), (366, 100_000))
HEATS = 6
MOST_CAMPAIGNS, MOST_MONTHS, MONTHS_OF_SILENCE, MOST_INCIDENTS = 6, 60, 13, 12
QUIET_HEADS = (
    *(
        gettext_lazy("Customer"),
        gettext_lazy("Name"),
        gettext_lazy("What happened before"),
        gettext_lazy("Days silent"),
        gettext_lazy("Usual at most"),
        gettext_lazy("Last order"),
        gettext_lazy("Orders"),
    ),
    "E-mail",
)
EFFECT_HEADS = (
    *(
        gettext_lazy("Campaign"),
        gettext_lazy("Days each"),
        gettext_lazy("Targeted"),
        gettext_lazy("Before"),
        gettext_lazy("After"),
        gettext_lazy("Others"),
        gettext_lazy("Before"),
        gettext_lazy("After"),
    ),
    *(gettext_lazy("Difference"), gettext_lazy("Effect")),
)


def sections(page: Page) -> Iterator[Section]:
    """One customer's past if one is chosen; the cohorts, the gaps, the campaigns."""
    if customer := page.choice.only.get("customer"):
        yield _past(page, customer)
    else:
        yield _cohorts(page)
    yield _gaps(page)
    yield _effects(page)


def quiet_section() -> Section:
    """Customers who are silent for longer than nine in ten gaps, for the page and the CRM."""
    rows = [_quiet_row(row) for row in quiet(windows.today())]
    return Section(
        "quiet",
        _("Went quiet"),
        _(
            "Ordered within a year, and silent for longer than nine in ten of their own gaps, or of their cohort's "
            "when they have fewer than four orders. The most loyal first."
        ),
        None,
        Table(
            QUIET_HEADS,
            rows,
            frozenset({0, 1, 2, 5, 7}),
        ),
        is_open=True,
        is_headed=True,
        nothing=_("Nobody has gone quiet."),
    )


def _quiet_row(row: QuietCustomer) -> Sequence[Cell]:
    bound = _("{days} (own)") if row.by_own else _("{days} (cohort's)")
    return (
        Cell(row.customer, row.customer, f"{reverse('kpi', args=['purchase_frequency'])}?customer={row.customer}"),
        Cell(row.name or "–", row.name),
        Cell(", ".join(row.before) or _("nothing known"), ", ".join(row.before), tone="bad" if row.before else ""),
        Cell(grouped(row.days), row.days),
        Cell(bound.format(days=grouped(row.bound, 0)), row.bound),
        Cell(short_date(row.last), row.last),
        Cell(grouped(row.orders), row.orders),
        Cell(row.email or "–", row.email),
    )


def _cohorts(page: Page) -> Section:
    months = page.choice.months()
    inside = windows.days(months[0], months[-1])
    cells = {(cell.cohort, cell.month): cell for cell in cohort_grid(inside.since, inside.until, first=months[0])}
    everybody = replace(page.choice, only={})
    rows = []
    for place, cohort in enumerate(months[:-1]):
        start = cells.get((cohort, cohort))
        if start is None:
            continue
        row = [Cell(month_and_year(cohort), cohort), number(start.customers)]
        for month, end in zip(months[place:-1], months[place + 1 :], strict=True):
            cell = cells.get((cohort, month))
            if cell is None:
                row.append(Cell("·", 0.0))
                continue
            part = cell.customers / start.customers
            address = everybody.within(month, end, {"cohort": f"{cohort:%Y-%m}"})
            address = f"{reverse('kpi-orders', args=['purchase_frequency'])}{address}&part=placed"
            row.append(Cell(percent(part, 0), part, address, f"heat{min(int(part * HEATS) + 1, HEATS)}"))
        rows.append(row + [Cell("")] * (len(months) - len(row) + 1))
    return Section(
        "cohorts",
        _("Cohorts"),
        _(
            "Of the customers who ordered first in a month, those who ordered again so many months later. A number "
            "leads to the orders."
        )
        + (_(" Of the whole shop, whatever this page is narrowed to.") if page.choice.only else ""),
        None,
        Table((_("First order"), _("Customers"), *(f"+{count}" for count in range(len(months) - 1))), rows),
        is_grid=True,
        is_open=True,
    )


def _gaps(page: Page) -> Section:
    found: Counter[tuple[int, int]] = Counter()
    for days, count in gaps(page.choice.scope).items():
        found[next(pair for pair in BINS if days <= pair[1])] += count
    whole = sum(found.values())
    columns, rows = [], []
    for over, under in BINS:
        count, name = found[over, under], f"{over}+" if under > 1_000 else f"{over}–{under}"
        address = f"{page.orders('came_back')}&over={over}&under={under}"
        columns.append(
            Column(name, count, _("{name} days: {orders}").format(name=name, orders=counted(count, "order")), address)
        )
        part = count / whole if whole else None
        rows.append((Cell(name), number(count, address), Cell("–" if part is None else percent(part), part)))
    return Section(
        "gaps",
        _("Days between orders"),
        _(
            "Between a customer's consecutive order days within the window. "
            "A bar leads to the orders that ended the gap."
        ),
        bars(_("Gaps between orders, in days"), columns, unit="orders"),
        Table((_("Days"), _("Orders"), _("Share")), rows),
    )


def _past(page: Page, customer: str) -> Section:
    past = past_of(customer)
    local = [windows.day_of(row.placed_at) for row in past]
    end = months_on(windows.today(), 1)
    if local:
        end = min(end, months_on(local[-1], MONTHS_OF_SILENCE))
    first = max(local[0].replace(day=1), months_on(end, -MOST_MONTHS)) if local else months_on(end, -1)
    edges = [first]
    while edges[-1] < end:
        edges.append(months_on(edges[-1], 1))
    counts = Counter(day.replace(day=1) for day, row in zip(local, past, strict=True) if row.cancelled_at is None)
    columns, alone = [], replace(page.choice, only={"customer": customer})
    for month, after in zip(edges, edges[1:], strict=False):
        address = f"{reverse('kpi-orders', args=['purchase_frequency'])}"
        address += alone.within(month, after, {}) + "&part=placed"
        columns.append(
            Column(
                month_of_axis(month),
                counts[month],
                f"{month_and_year(month)}: {counted(counts[month], 'order')}",
                address,
            )
        )
    axis = Axis(edges, [*spans(edges[0], edges[-1]), *_incidents(past, edges[0])])
    return Section(
        "customer",
        _("Customer {customer}").format(customer=customer),
        _("All orders by month; shaded: campaigns, incidents, and the days on which something went wrong for them."),
        bars(_("Orders of customer {customer} by month").format(customer=customer), columns, unit="orders", axis=axis),
        Table(
            (_("Placed"), _("Order"), _("Channel"), _("Delivered"), _("What happened")),
            [_past_row(row) for row in reversed(past)],
            frozenset(range(5)),
        ),
        is_open=True,
    )


def _incidents(past: Sequence[PastOrder], first: date) -> Iterator[Span]:
    """The latest days on which something went wrong with an order of theirs."""
    troubled = [row for row in past if row.incidents]
    for row in troubled[-MOST_INCIDENTS:]:
        at = windows.day_of(row.delivered_at or row.returned_at or row.placed_at)
        if at >= first:
            yield Span(
                at,
                at,
                _("Order {number}, {day}: {incidents}").format(
                    number=row.number, day=_day(at), incidents=", ".join(row.incidents)
                ),
                "incident",
            )


def _past_row(row: PastOrder) -> Sequence[Cell]:
    placed = windows.day_of(row.placed_at)
    pleased = [_("scored {csat} of 5").format(csat=row.csat)] if row.csat is not None and row.csat > LOW else []
    happened = [*([_("cancelled")] if row.cancelled_at else []), *row.incidents, *pleased]
    return (
        Cell(_day(placed), placed),
        Cell(row.number, row.number, reverse("order", args=[row.order_number]) if row.order_number else ""),
        Cell(row.channel),
        Cell(_day(windows.day_of(row.delivered_at)) if row.delivered_at else "–"),
        Cell(", ".join(happened) or "–"),
    )


def _effects(page: Page) -> Section:
    inside = Campaign.objects.filter(starts_on__lt=page.choice.last, ends_on__gte=page.choice.first)
    return Section(
        "campaigns",
        _("What campaigns did"),
        _(
            "Orders per customer before and after the start, of those it was meant for and of the others, with the 95 "
            "per cent interval of the difference. "
            "An effect is named only if the interval leaves out zero and each group has 30."
        ),
        None,
        Table(
            EFFECT_HEADS,
            [_effect_row(effect(row)) for row in inside[:MOST_CAMPAIGNS]],
            frozenset({0, 9}),
        ),
        is_open=True,
        is_headed=True,
    )


def _effect_row(found: Effect) -> Sequence[Cell]:
    groups = []
    for group in (found.targeted, found.untargeted):
        if group is None:
            groups += [Cell("–")] * 3
            continue
        means = [orders / group.customers for orders in (group.before, group.after)]
        groups += [number(group.customers), *(Cell(grouped(mean, 2), mean) for mean in means)]
    change = Cell("–")
    if found.estimate is not None:
        middle, low, high = found.estimate
        words = _("{middle:+.2f} ({low:+.2f} to {high:+.2f})").format(middle=middle, low=low, high=high)
        change = Cell(localized(words), middle)
    return (Cell(found.campaign.name), Cell(str(found.days), found.days), *groups, change, Cell(found.verdict))


def _day(day: date) -> str:
    return short_date(day)
