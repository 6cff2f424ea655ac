"""Every figure equals what plain Python works out from the same rows, whole and cut; no case is no data."""

import io
from collections.abc import Iterator
from datetime import date
from itertools import groupby

import pytest

from kpis.figures import CUTS, report
from kpis.figures.report import FIGURES, UnknownCut
from kpis.history_import import run
from kpis.models import OrderFact
from tests.kpis.past import as_file, assert_same, invented, worked_out

pytestmark = pytest.mark.django_db
MARCH, APRIL = (date(2025, 3, 1), date(2025, 4, 1)), (date(2025, 4, 1), date(2025, 5, 1))
ALL_OF_IT, CLOCKS_CHANGE = (date(2025, 1, 1), date(2026, 1, 1)), (date(2025, 3, 29), date(2025, 4, 1))


@pytest.fixture
def rows() -> Iterator[list[dict[str, str]]]:
    found = invented(900)
    run(io.BytesIO(as_file(found)), name="past.csv", by="test")
    return found


@pytest.mark.parametrize("window", [MARCH, APRIL, ALL_OF_IT, CLOCKS_CHANGE])
def test_every_figure_is_what_plain_python_works_out(rows, window):
    assert_same(report(*window), worked_out(rows, *window))


def test_a_cut_shows_the_figures_of_each_part(rows):
    groups = report(*MARCH, by="channel")["groups"]
    assert sorted(groups) == ["phone", "web"]
    for channel, told in groups.items():
        assert_same(told, worked_out([row for row in rows if row["channel"] == channel], *MARCH))


def test_narrowed_to_one_channel_the_figures_are_the_channels(rows):
    only = [row for row in rows if row["channel"] == "web"]
    assert_same(report(*MARCH, only={"channel": "web"}), worked_out(only, *MARCH))


def test_a_cut_by_product_leaves_out_what_is_not_about_lines(rows):
    groups = report(*MARCH, by="product")["groups"]
    assert set(groups["S1"]) == {"return_rate", "picking_accuracy"}
    mine = [row for row in rows if row["sku"] == "S1"]
    assert_same(groups["S1"], {"picking_accuracy": worked_out(mine, *MARCH)["picking_accuracy"]})


def test_cohorts_are_the_months_of_first_orders(rows):
    groups = report(*APRIL, by="cohort")["groups"]
    bought = sorted((row for row in rows if not row["cancelled_at"]), key=lambda row: row["customer_id"])
    first = {
        customer: min(row["placed_at"][:7] for row in mine)
        for customer, mine in groupby(bought, lambda row: row["customer_id"])
    }
    assert set(groups) <= {*first.values(), ""}
    mine = [row for row in rows if first.get(row["customer_id"]) == "2025-03"]
    assert_same(groups["2025-03"], {"purchase_frequency": worked_out(mine, *APRIL)["purchase_frequency"]})


@pytest.mark.parametrize("by", CUTS)
def test_every_cut_can_be_computed(rows, by):
    told = report(*MARCH, by=by)
    assert told["by"] == by
    assert told["groups"]


def test_the_response_rate_is_of_the_invitations_of_the_window(rows):
    OrderFact.objects.update(invited_at=None)
    inside = OrderFact.objects.filter(
        delivered_at__gte="2025-03-05 00:00+00:00", delivered_at__lt="2025-03-20 00:00+00:00", csat=None, nps=None
    )
    silent = inside.update(invited_at="2025-03-25 12:00+00:00")
    early = OrderFact.objects.filter(
        answered_at__gte="2025-03-05 00:00+00:00", answered_at__lt="2025-03-31 00:00+00:00"
    )
    early.update(invited_at="2025-02-27 12:00+00:00")
    late = OrderFact.objects.filter(answered_at__gte="2025-04-02 00:00+00:00", answered_at__lt="2025-04-10 00:00+00:00")
    answered = late.update(invited_at="2025-03-26 12:00+00:00")
    told = report(*MARCH)["satisfaction"]
    assert (told["invitations"], told["response_rate"]) == (silent + answered, answered / (silent + answered))


def test_a_window_without_a_case_has_no_data(rows):
    told = report(date(2020, 1, 1), date(2020, 2, 1))
    for name, figure in FIGURES.items():
        assert told[name] == dict(figure.nothing)
    assert told["lead_time"]["mean"] is told["return_rate"]["units"] is told["satisfaction"]["nps"] is None


def test_an_unknown_cut_is_named():
    with pytest.raises(UnknownCut, match="Figures cannot be cut by moon: choose one of channel"):
        report(*MARCH, by="moon")


def test_the_machine_form_says_what_it_is_of(rows):
    told = report(*MARCH)
    assert (told["from"], told["to"], told["timezone"]) == ("2025-03-01", "2025-04-01", "Europe/London")
    assert list(told)[3:] == list(FIGURES)
    assert told["picking_accuracy"]["unscanned_share"] is None  # the file does not say
