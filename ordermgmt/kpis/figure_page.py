"""The page of one figure: what it is now, the ways to look at it, and its sections."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from inventory.wording import Words
from kpis import windows
from kpis.figures import series
from kpis.models import Target
from ordermgmt.kpis.calendar import axis
from ordermgmt.kpis.choice import SPANS, Choice, moments, months_on, quarter
from ordermgmt.kpis.names import NOBODY_SAID
from ordermgmt.kpis.sections import frequency, lead_time, outcome, returns
from ordermgmt.kpis.sections.shared import Page, cut_sections, time_section
from ordermgmt.kpis.tables import MOST_SHOWN, Section
from ordermgmt.kpis.words import Meaning, Told, shown
from ordermgmt.phrases import long_month
from ordermgmt.tiles import Trend

OWN_SECTIONS: Mapping[str, Callable[[Page], Iterator[Section]]] = {
    "return_rate": returns.sections,
    "lead_time": lead_time.sections,
    "purchase_frequency": frequency.sections,
    "perfect_order": outcome.perfect_order,
    "satisfaction": outcome.satisfaction,
    "automation": outcome.automation,
}
MONTHS_BACK, QUARTERS_BACK = 2, 2


@dataclass(frozen=True)
class Chip:
    """One way to look at the figure."""

    label: Words
    address: str
    chosen: bool


@dataclass(frozen=True)
class Now:
    """A figure of a window, beside the window before and what it should reach."""

    meaning: Meaning
    told: Told
    trend: Trend | None
    target: float | None
    address: str

    @property
    def shown(self) -> str:
        """Its value."""
        return self.meaning.shown(self.told)

    @property
    def is_known(self) -> bool:
        """Whether there was a case."""
        return self.meaning.value(self.told) is not None

    @property
    def sample(self) -> str:
        """What it was computed from."""
        return self.meaning.sample(self.told)

    @property
    def target_shown(self) -> str:
        """What it should reach; empty where nobody said."""
        return "" if self.target is None else shown(self.target, self.meaning.unit)

    @property
    def target_typed(self) -> str:
        """The same as it is typed into its field: a number in the unit that is shown."""
        scale = 100 if self.meaning.unit == "percent" else 1
        return "" if self.target is None else f"{self.target * scale:.10g}"

    @property
    def reached(self) -> bool | None:
        """Whether it does."""
        return None if self.target is None else self.meaning.reached(self.told, self.target)


@dataclass(frozen=True)
class FigurePage:
    """All of it."""

    now: Now
    choice: Choice
    spans: Sequence[Chip]
    cuts: Sequence[Chip]
    narrowed: Sequence[Chip]
    sections: Sequence[Section]


def now(meaning: Meaning, choice: Choice, target: float | None, *, address: str = "") -> Now:
    """The figure of the window, and of the one before for comparison."""
    before, told = series(
        meaning.slug, moments([choice.before, choice.first, choice.last]), only=choice.only, brief=True
    )
    return Now(meaning, told, meaning.trend(told, before), target, address)


def targets() -> dict[str, float]:
    """What holds now, by figure."""
    rows = Target.objects.order_by("kpi", "-at", "-id").distinct("kpi")
    return dict(rows.values_list("kpi", "value"))


def figure_page(meaning: Meaning, choice: Choice) -> FigurePage:
    """In a fixed number of queries."""
    return FigurePage(
        now(meaning, choice, targets().get(meaning.slug)),
        choice,
        span_chips(choice),
        [Chip(_(cut), choice.query(by=cut), cut == choice.by) for cut in meaning.cuts],
        [
            Chip(f"{_(name)}: {value or NOBODY_SAID}", choice.query(**{name: ""}), True)
            for name, value in choice.only.items()
        ],
        sections(meaning, choice),
    )


def sections(meaning: Meaning, choice: Choice, *, most_rows: int | None = MOST_SHOWN) -> list[Section]:
    """Its course, what is its own, and how it is taken apart."""
    page = Page(meaning, choice, axis(choice), most_rows)
    own = OWN_SECTIONS.get(meaning.slug)
    return [time_section(page), *(own(page) if own else ()), *(cut_sections(page) if choice.by else ())]


def span_chips(choice: Choice) -> list[Chip]:
    """The windows to choose from: the last days, this month and quarter, and those before."""
    today = windows.today()
    month, start = today.replace(day=1), months_on(today, -((today.month - 1) % 3))
    months = [months_on(month, -count) for count in range(MONTHS_BACK)]
    quarters = [months_on(start, -3 * count) for count in range(QUARTERS_BACK)]
    return [
        *(
            Chip(_("{days} days").format(days=days), _query(choice, days=days), choice.span == str(days))
            for days in SPANS
        ),
        *(
            Chip(long_month(day), _query(choice, month=f"{day:%Y-%m}"), (choice.span, choice.first) == ("month", day))
            for day in months
        ),
        *(
            Chip(
                quarter(day).replace("-", " "),
                _query(choice, quarter=quarter(day)),
                (choice.span, choice.first) == ("quarter", day),
            )
            for day in quarters
        ),
    ]


def _query(choice: Choice, **span: object) -> str:
    """The same of another window."""
    return choice.query(**{"days": "", "month": "", "quarter": "", "from": "", "to": ""} | span)
