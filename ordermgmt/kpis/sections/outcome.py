"""Which of the four conditions fails, what customers say, and where people had to help."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.questions import STAGE_OF
from inventory.wording import grouped
from kpis.figures import behind, whole
from kpis.figures.outcome import CONDITIONS
from ordermgmt.kpis.charts import Column, across, bars
from ordermgmt.kpis.sections.shared import Page
from ordermgmt.kpis.tables import Cell, Section, Table, number
from ordermgmt.kpis.words import Told, shown
from ordermgmt.phrases import counted, percent, titled
from orders.flow import STAGE_BY_STATE, STAGES, State

CALLED = {
    "late": gettext_lazy("Late"),
    "short": gettext_lazy("Not in full"),
    "damaged": gettext_lazy("Damaged"),
    "documents": gettext_lazy("Documented wrong"),
}
SCORES = ("1", "2", "3", "4", "5")
ASKED_ABOUT = {verb: kind.name.capitalize() for kind, verb in STAGE_OF.items()}
PROMOTION = {
    "promoters": gettext_lazy("Promoters, 9 and 10"),
    "passives": gettext_lazy("Passives, 7 and 8"),
    "detractors": gettext_lazy("Detractors, 0 to 6"),
}


def perfect_order(page: Page) -> Iterator[Section]:
    """How many orders failed each condition; one may fail several."""
    counts = behind.counts("perfect_order", CONDITIONS, page.choice.scope).get("", dict.fromkeys(CONDITIONS, 0))
    whole_ = whole("perfect_order", page.choice.scope)["orders"]
    columns, rows = [], []
    for name, count in sorted(counts.items(), key=lambda row: -row[1]):
        address = page.orders(name)
        columns.append(Column(CALLED[name], count, f"{CALLED[name]}: {counted(count, 'order')}", address))
        part = count / whole_ if whole_ else None
        rows.append((Cell(CALLED[name]), number(count, address), Cell(shown(part, "percent"), part)))
    yield Section(
        "conditions",
        _("What failed"),
        _("An order that failed two conditions stands in both."),
        bars(_("Orders that failed a condition"), columns, unit="orders"),
        Table((_("Condition"), _("Orders"), _("Of those delivered")), rows),
    )


def satisfaction(page: Page) -> Iterator[Section]:
    """The scores one by one, and who would recommend the shop."""
    told = whole("satisfaction", page.choice.scope)
    scored = behind.scores(page.choice.scope)
    columns: list[Column] = []
    rows: list[Sequence[Cell]] = []
    for score in SCORES:
        count, address = scored.get(score, 0), page.orders("answered", {"score": score})
        columns.append(
            Column(
                score,
                count,
                _("Score {score}: {answers}").format(score=score, answers=counted(count, "answer")),
                address,
            )
        )
        part = count / told["answers"] if told["answers"] else None
        rows.append(
            (
                Cell(_("Score {score}").format(score=score), score),
                number(count, address),
                Cell(shown(part, "percent"), part),
            )
        )
    asked = behind.counts("satisfaction", ("invited",), page.choice.scope).get("", {"invited": 0})["invited"]
    if asked:
        rows.append((Cell(_("Asked in these days")), number(asked, page.orders("invited")), Cell("")))
    mean = _("no data") if told["mean_score"] is None else grouped(told["mean_score"], 2)
    yield Section(
        "scores",
        _("Scores"),
        _("How did it go, from 1 to 5; the mean is {mean}.").format(mean=mean),
        bars(_("Answers by score"), columns, unit="orders"),
        Table((_("Score"), _("Orders"), _("Of all answers")), rows),
    )
    yield _promotion(page, told["nps"])
    if told["stages"]:
        yield _by_stage(page, told["stages"])


def _promotion(page: Page, value: float | None) -> Section:
    names = tuple(PROMOTION)
    counts = behind.counts("satisfaction", names, page.choice.scope).get("", dict.fromkeys(names, 0))
    nps = _("no data") if value is None else f"{value:+.0f}"
    columns = [
        Column(PROMOTION[name], counts[name], f"{PROMOTION[name]}: {counted(counts[name], 'order')}", page.orders(name))
        for name in names
    ]
    return Section(
        "nps",
        f"NPS {nps}",
        _("The share of promoters minus that of detractors, in points."),
        across(_("Would they recommend the shop"), columns, unit="orders"),
        Table(
            (_("Answer"), _("Orders")),
            [(Cell(PROMOTION[name]), number(counts[name], page.orders(name))) for name in names],
        ),
    )


def _by_stage(page: Page, stages: Told) -> Section:
    """What customers gave the stages that they were asked about."""
    columns, rows = [], []
    for stage in (row for row in STAGES if row.verb in stages):
        told, name = stages[stage.verb], titled(ASKED_ABOUT.get(stage.verb, "")) or stage.state.label
        address = page.orders("answered", {"asked": stage.verb})
        title = _("{name}: {percent} gave 4 or 5, of {answers}").format(
            name=name, percent=shown(told["csat"], "percent"), answers=counted(told["answers"], "answer")
        )
        columns.append(Column(name, told["csat"], title, address, of=told["answers"]))
        csat, mean = Cell(shown(told["csat"], "percent"), told["csat"]), grouped(told["mean_score"], 2)
        rows.append((Cell(name), csat, Cell(mean, told["mean_score"]), number(told["answers"], address)))
    return Section(
        "stages",
        _("By what they were asked about"),
        _("Of the scores for a stage of the order, the share of 4 and 5."),
        across(_("Satisfied with a stage"), columns, unit="percent"),
        Table((_("Asked about"), _("4 and 5"), _("Mean"), _("Orders")), rows),
    )


def automation(page: Page) -> Iterator[Section]:
    """Stage by stage who needed nobody, and what orders were held for."""
    told = whole("automation", page.choice.scope)
    names = tuple(f"{kind}_{state}" for state in told["stages"] for kind in ("passed", "person"))
    counts = behind.counts("automation", names, page.choice.scope).get("", {}) if names else {}
    columns, rows = [], []
    for state, stage in told["stages"].items():
        label = STAGE_BY_STATE[State(state)].state.label
        touched, address = counts[f"person_{state}"], page.orders(f"person_{state}")
        title = _("{label}: {rate} without a person, {touched} of {orders} with one").format(
            label=label, rate=percent(stage["rate"]), touched=grouped(touched), orders=grouped(stage["orders"])
        )
        columns.append(Column(label, stage["rate"], title, page.orders(f"passed_{state}"), of=stage["orders"]))
        passed = number(counts[f"passed_{state}"], page.orders(f"passed_{state}"))
        rows.append((Cell(label), Cell(percent(stage["rate"]), stage["rate"]), passed, number(touched, address)))
    yield Section(
        "stages",
        _("Without a person"),
        _("Of the orders that passed a stage, those that needed nobody. Imported orders do not say."),
        across(_("Orders that passed a stage without a person"), columns, unit="percent") if columns else None,
        Table((_("Stage"), _("Without a person"), _("Orders passed"), _("By a person")), rows),
    )
    yield _held_section(page, told)


def _held_section(page: Page, told: Told) -> Section:
    held = [
        (
            Cell(reason),
            number(hold["orders"], page.orders("held", {"hold": reason})),
            Cell(percent(hold["rate"]), hold["rate"]),
            Cell(_("none released") if hold["mean"] is None else shown(hold["mean"], "days"), hold["mean"]),
        )
        for reason, hold in sorted(told["holds"].items(), key=lambda row: -row[1]["orders"])
    ]
    rate = shown(told["hold_rate"], "percent")
    return Section(
        "holds",
        _("Held orders"),
        _("{rate} of the orders placed here were held. Time is the mean of holds that were released.").format(
            rate=rate
        ),
        None,
        Table((_("Reason"), _("Orders"), _("Of all orders"), _("Mean time")), held),
        is_open=True,
    )
