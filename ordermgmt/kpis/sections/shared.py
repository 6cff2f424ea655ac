"""What every figure has: its course over time, and how it is taken apart."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from django.urls import reverse
from django.utils.translation import gettext as _

from kpis.figures import behind, parts, series, series_by
from kpis.figures.behind import PARTS
from kpis.figures.scope import ORDER_CUTS, Scope
from ordermgmt.kpis.charts import Axis, Column, Point, Series, across, over_time
from ordermgmt.kpis.choice import Choice, moments
from ordermgmt.kpis.drawing import Drawing
from ordermgmt.kpis.names import called
from ordermgmt.kpis.tables import MOST_SHOWN, Cell, Section, Table, number
from ordermgmt.kpis.words import Meaning, Told, shown
from ordermgmt.phrases import inside

MOST_LINES, MOST_BARS = 5, 15
Groups = Mapping[str, Told]


@dataclass(frozen=True)
class Page:
    """What all sections of one page are about; of a long table at most so many rows are made."""

    meaning: Meaning
    choice: Choice
    axis: Axis
    most_rows: int | None = MOST_SHOWN

    @property
    def edge_scope(self) -> Scope:
        """Step by step through the window."""
        return replace(self.choice.scope, edges=moments(self.axis.edges))

    def orders(self, part: str, narrowed: Mapping[str, str] | None = None, *, step: int | None = None) -> str:
        """The address of the orders of a part, of the window or of one of its steps."""
        first, last = (self.choice.first, self.choice.last) if step is None else self.axis.edges[step : step + 2]
        return f"{_address(self.meaning.slug)}{self.choice.within(first, last, narrowed or {})}&part={part}"

    def step_counts(self, *names: str) -> list[dict[str, int]]:
        """The orders of these parts in each step."""
        found = behind.counts(self.meaning.slug, names, self.edge_scope)
        nothing = dict.fromkeys(names, 0)
        return [found.get(str(place), nothing) for place in range(1, len(self.axis.edges))]


@cache
def _address(figure: str) -> str:
    return reverse("kpi-orders", args=[figure])


def time_section(page: Page) -> Section:
    """The figure step by step; of the lead time p50 and p90, of picking also the unscanned share."""
    meaning = page.meaning
    steps = series(meaning.slug, moments(page.axis.edges), only=page.choice.only, brief=True)
    counted = page.step_counts(meaning.whole, meaning.fault)
    lines = {str(meaning.name): meaning.headline}
    if meaning.slug == "lead_time":
        lines = {"p50": "p50", "p90": "p90"}
    if meaning.slug == "picking_accuracy":
        lines |= {_("Unscanned share"): "unscanned_share"}
    drawn = [
        Series(
            label,
            [
                Point(told[key], f"{label} {shown(told[key], meaning.unit)}", page.orders(meaning.whole, step=place))
                for place, told in enumerate(steps)
            ],
        )
        for label, key in lines.items()
    ]
    rows = [
        (
            Cell(page.axis.words(place), page.axis.edges[place]),
            *(Cell(shown(told[key], meaning.unit), told[key]) for key in lines.values()),
            number(counts[meaning.whole], page.orders(meaning.whole, step=place)),
            number(counts[meaning.fault], page.orders(meaning.fault, step=place)),
        )
        for place, (told, counts) in enumerate(zip(steps, counted, strict=True))
    ]
    heads = (_("From"), *lines, *_heads(meaning))
    note = _("Each point leads to its orders. Shaded: campaigns and incidents.")
    drawing = over_time(_("{name} over time").format(name=meaning.name), page.axis, drawn, unit=meaning.unit)
    return Section("over-time", _("Over time"), note, drawing, Table(heads, rows))


def cut_sections(page: Page) -> Iterator[Section]:
    """The figure of each value of the cut, and the largest of them over time."""
    meaning, choice = page.meaning, page.choice
    groups = {value or "": told for value, told in parts(meaning.slug, choice.cut_scope, brief=True).items()}
    both = _both(meaning)
    counted = {value or "": row for value, row in behind.counts(meaning.slug, both, choice.cut_scope).items()}
    first, then = both if choice.by in ORDER_CUTS else both[::-1]
    nothing = dict.fromkeys(both, 0)
    ranked = sorted(groups, key=lambda value: (-(row := counted.get(value, nothing))[first], -row[then], value))
    in_table = ranked[: page.most_rows]
    names = called(choice.by, in_table, choice.scope)
    rows = [
        (
            Cell(names[value], value, _narrower(page, value)),
            *_cut_row(page, value, groups[value], counted.get(value, nothing)),
        )
        for value in in_table
    ]
    title = _("By {by}").format(by=_(choice.by))
    yield Section(
        f"by-{choice.by}",
        title,
        _("A name narrows this page, a bar or a number leads to its orders. On top: most {words}.").format(
            words=inside(_(PARTS[meaning.slug][first].words))
        ),
        _cut_drawing(page, title, groups, names),
        Table((_(choice.by).capitalize(), meaning.name, *_heads(meaning)), rows, total=len(ranked)),
    )
    top = [value for value in ranked[:MOST_LINES] if meaning.value(groups[value]) is not None]
    if len(top) > 1:
        yield _cut_over_time(page, {value: names[value] for value in top})


def _narrower(page: Page, value: str) -> str:
    """This page, narrowed to the value."""
    by = page.choice.by
    return page.choice.query(**{"by": by, by: value}) if value else ""


def _cut_row(page: Page, value: str, told: Told, counts: dict[str, int]) -> Sequence[Cell]:
    meaning, by = page.meaning, page.choice.by
    return (
        Cell(meaning.shown(told), meaning.value(told)),
        *(number(counts[part], page.orders(part, {by: value})) for part in _both(meaning)),
    )


def _cut_drawing(page: Page, title: str, groups: Groups, names: Mapping[str, str]) -> Drawing | None:
    meaning, by = page.meaning, page.choice.by
    known = [(value, found) for value in names if (found := meaning.value(groups[value])) is not None]
    columns = [
        Column(
            names[value],
            found,
            f"{names[value]}: {meaning.shown(groups[value])}, {meaning.sample(groups[value])}",
            page.orders(meaning.whole, {by: value}),
            of=groups[value][meaning.size],
        )
        for value, found in known[:MOST_BARS]
    ]
    return across(f"{meaning.name}, {title.lower()}", columns, unit=meaning.unit) if columns else None


def _cut_over_time(page: Page, top: Mapping[str, str]) -> Section:
    """`top` are the values with their names."""
    meaning, by = page.meaning, page.choice.by
    found = series_by(meaning.slug, replace(page.edge_scope, cut=by, among=list(top)))
    drawn = [
        Series(
            name,
            [
                Point(
                    meaning.value(told),
                    f"{name} {meaning.shown(told)}, {meaning.sample(told)}",
                    page.orders(meaning.whole, {by: value}, step=place),
                )
                for place, told in enumerate(found[value])
            ],
        )
        for value, name in top.items()
    ]
    rows = [
        (
            Cell(page.axis.words(place), page.axis.edges[place]),
            *(Cell(meaning.shown(found[value][place]), meaning.value(found[value][place])) for value in top),
        )
        for place in range(page.axis.steps)
    ]
    drawing = over_time(
        _("{name} by {by} over time").format(name=meaning.name, by=_(by)), page.axis, drawn, unit=meaning.unit
    )
    table = Table((_("From"), *top.values()), rows)
    return Section(
        f"by-{by}-over-time", _("By {by} over time").format(by=_(by)), _("Those with the most orders."), drawing, table
    )


def _both(meaning: Meaning) -> tuple[str, str]:
    return meaning.whole, meaning.fault


def _heads(meaning: Meaning) -> tuple[str, str]:
    return tuple(_(PARTS[meaning.slug][part].words) for part in _both(meaning))  # type: ignore[return-value]
