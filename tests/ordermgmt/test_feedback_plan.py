"""The walk through the stages, what is planned, and what is claimed of its effect: what the data carry, no more."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client

from feedback.models import Finding, ImprovementAction, StageAssessment
from feedback.services import Plan, Said, assess_stage, close_action, open_action, start_action
from inventory import clock
from ordermgmt.feedback.assessment import assessment
from ordermgmt.feedback.effects import KPIS, applied, effect
from ordermgmt.feedback.finding import find_improvements
from orders.models import Hold
from tests.ordermgmt.feedback_facts import make_facts, make_lines

pytestmark = pytest.mark.django_db
TODAY = date(2026, 5, 4)


def card(verb: str):
    return next(row for row in assessment().cards if row.stage.verb == verb)


def plan(kpi: str = "on_time", target: float = 0.95, **fields) -> ImprovementAction:
    start = {"title": "Another carrier", "stage": "deliver", "owner": "bob", "due_on": TODAY + timedelta(days=9)}
    return open_action(Plan(**{**start, "kpi": kpi, "target": target, **fields}), by="alice")


def in_force(action: ImprovementAction, days: int = 10) -> ImprovementAction:
    return start_action(action.pk, on=TODAY - timedelta(days=days))


def delivered(noon: datetime, days_ago: int, many: int, late: int, **fields) -> None:
    moment = noon - timedelta(days=days_ago)
    make_facts(late, delivered_at=moment, late=True, **fields)
    make_facts(many - late, delivered_at=moment, **fields)


def test_the_data_say_how_a_stage_is_done_and_how_long_it_takes(noon: datetime) -> None:
    start = noon - timedelta(days=5)
    make_facts(5, approved_at=start, picked_at=start + timedelta(hours=1), by_person=["picked"])
    make_facts(3, approved_at=start, picked_at=start + timedelta(hours=9), by_person=["picked"])
    make_facts(2, approved_at=start, picked_at=start + timedelta(hours=1))
    facts = card("pick").facts
    assert (facts.sample, facts.p50, facts.over, facts.over_share) == (10, timedelta(hours=1), 3, 0.3)
    assert (facts.p90, facts.bound, facts.how) == (timedelta(hours=9), timedelta(hours=8), "manual")
    assert (card("place").facts.sample, card("place").facts.how, card("pack").facts.sample) == (10, "automatic", 0)


def test_holds_and_failed_steps_belong_to_the_stage_that_was_stopped(noon: datetime) -> None:
    (fact,) = make_facts(1)
    order = fact.order.__class__.objects.order_by("pk").first()
    Hold.objects.create(order=order, reason="address", by="system", at=noon + timedelta(minutes=1))
    Hold.objects.create(order=order, reason="exception", by="system", at=noon + timedelta(minutes=1))
    facts = card("receive").facts
    assert (facts.holds, facts.failures, facts.cost) == (1, 1, 1)


def test_both_sides_rank_the_areas(noon: datetime) -> None:
    make_facts(22, carrier="fake", country="FR", late=True)
    make_facts(78, carrier="fake", country="FR")
    make_facts(100, carrier="fake", country="GB")
    find_improvements()
    assess_stage("deliver", Said("automatic", 3, "Lost parcels", 5), by="alice")
    assess_stage("pack", Said("manual", 1, "Crushed", 20), by="alice")
    assert [(row.stage.verb, row.facts.cost, row.said_cost) for row in assessment().areas] == [
        ("pack", 0, 80),
        ("deliver", 44, 10),
    ]


def test_who_contradicts_the_data_is_told(noon: datetime) -> None:
    make_facts(4, approved_at=noon, picked_at=noon, by_person=["picked"])
    assess_stage("pick", Said("automatic", 5), by="alice")
    assert (card("pick").contradicts, card("pick").how, card("pack").contradicts) == (True, "automatic", False)


def test_a_stage_is_assessed_on_its_page_and_again(bob: Client, noon: datetime) -> None:
    typed = {"how": "manual", "works": "2", "trouble": "Boxes too large", "trouble_orders": "12"}
    assert bob.post("/improve/stages/pack/", typed).status_code == 302
    bob.post("/improve/stages/pack/", {**typed, "works": "4"})
    row = StageAssessment.objects.get()
    assert (row.stage, row.how, row.works, row.trouble, row.trouble_orders, row.by) == (
        *("pack", "manual", 4, "Boxes too large", 12),
        "bob",
    )
    assert "Boxes too large" in bob.get("/improve/").content.decode()
    assert "Next without an answer:" in bob.get("/improve/stages/pack/").content.decode()


@pytest.mark.parametrize("typed", [{}, {"how": "by magic", "works": "3"}, {"how": "manual", "works": "6"}])
def test_what_is_no_assessment_is_not_kept(bob: Client, noon: datetime, typed: dict[str, str]) -> None:
    assert bob.post("/improve/stages/pack/", typed).status_code == (422 if typed else 200)
    assert StageAssessment.objects.count() == 0
    assert bob.get("/improve/stages/moon/").status_code == 404


def test_a_finding_becomes_an_action_narrowed_to_what_it_is_about(bob: Client, noon: datetime) -> None:
    make_facts(22, carrier="fake", country="FR", late=True)
    make_facts(78, carrier="fake", country="FR")
    make_facts(100, carrier="fake", country="GB")
    find_improvements()
    finding = Finding.objects.get()
    page = bob.get(f"/improve/actions/new/?finding={finding.pk}").content.decode()
    assert '<option value="on_time" selected>' in page
    typed = {"title": "Talk to them", "stage": "deliver", "owner": "bob", "due_on": "2026-06-01", "kpi": "on_time"}
    assert bob.post("/improve/actions/new/", {**typed, "target": "95", "finding": finding.pk}).status_code == 302
    row = ImprovementAction.objects.get()
    assert (row.target, row.narrowed, row.finding, row.opened_by) == (
        *(0.95, {"carrier": "fake", "region": "FR"}, finding),
        "bob",
    )
    shown = effect(row)
    assert (shown.before.value, shown.before.sample, shown.verdict) == (0.78, 100, "not started")


@pytest.mark.parametrize("wrong", [{"target": "101"}, {"owner": "charlie"}, {"kpi": "luck"}, {"due_on": "soon"}])
def test_what_is_no_plan_is_not_kept(bob: Client, noon: datetime, wrong: dict[str, str]) -> None:
    typed = {"title": "x", "stage": "pack", "owner": "bob", "due_on": "2026-06-01", "kpi": "damaged", "target": "1"}
    assert bob.post("/improve/actions/new/", {**typed, **wrong}).status_code == 422
    assert ImprovementAction.objects.count() == 0


def test_an_effect_that_the_data_carry_is_claimed(noon: datetime) -> None:
    delivered(noon, 15, 100, late=30)
    delivered(noon, 5, 100, late=5)
    shown = effect(in_force(plan()))
    assert (shown.before.value, shown.after.value, shown.verdict) == (0.7, 0.95, "better")
    assert shown.why == "+25.0 points, 95 %: +14.8 to +35.0"


def test_a_change_for_the_worse_is_called_that(noon: datetime) -> None:
    delivered(noon, 15, 100, late=5)
    delivered(noon, 5, 100, late=30)
    assert effect(in_force(plan())).verdict == "worse"


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [((100, 10), (100, 6), "+4.0 points, 95 %: "), ((100, 90), (29, 0), "29 cases on one side; it takes 30")],
)
def test_what_could_be_chance_is_not_shown_yet(
    noon: datetime, before: tuple[int, int], after: tuple[int, int], why: str
) -> None:
    delivered(noon, 15, *before)
    delivered(noon, 5, *after)
    shown = effect(in_force(plan()))
    assert (shown.verdict, shown.is_shown, shown.why.startswith(why)) == ("not shown yet", False, True)


def test_lead_times_are_compared_by_their_medians(noon: datetime) -> None:
    for days_ago, took in ((15, 10), (5, 4)):
        moment = noon - timedelta(days=days_ago)
        for place in range(40):
            make_facts(1, placed_at=moment - timedelta(days=took, hours=place), delivered_at=moment)
    shown = effect(in_force(plan("lead_time", 5.0)))
    assert (shown.kpi.shown(shown.before.value), shown.verdict) == ("10.8 days", "better")
    assert shown.gap.value == pytest.approx(-6)


def test_the_windows_are_as_long_before_as_after_and_narrowed(noon: datetime) -> None:
    delivered(noon, 25, 50, late=50)
    delivered(noon, 15, 40, late=40, carrier="slow")
    delivered(noon, 15, 10, late=0, carrier="fake")
    make_facts(3, delivered_at=noon - timedelta(days=5), warehouse="RTM", damaged=True)
    make_facts(1, delivered_at=noon - timedelta(days=5), warehouse="RTM")
    assert effect(plan("damaged", narrowed={"warehouse": "RTM"})).before.value == 0.75
    shown = effect(in_force(plan(narrowed={"carrier": "slow"})))
    assert (shown.before.sample, shown.before.value, shown.after.sample, shown.after.value) == (40, 0.0, 0, None)


def test_figures_of_lines_and_of_holds_are_measured(noon: datetime) -> None:
    facts = make_facts(4)
    make_lines(facts[:1], "MUG-1", wrong=True, returned=1)
    make_lines(facts[1:], "MUG-1")
    Hold.objects.create(order=facts[0].order, reason="address", by="system")
    assert effect(plan("picking_accuracy")).before.value == 0.75
    assert effect(plan("return_rate", narrowed={"sku": "MUG-1", "reason": "damaged"})).before.value == 0.25
    assert effect(plan("held", narrowed={"reason": "address"})).before.value == 0.25
    assert effect(plan("held", narrowed={"reason": "payment"})).before.value == 0.0
    assert applied(KPIS["return_rate"], {"sku": "MUG-1", "reason": "damaged", "stage": "pack"}) == {"sku": "MUG-1"}


def test_an_action_is_put_in_force_and_closed_once(bob: Client, noon: datetime) -> None:
    row = plan()
    assert "Planned" in bob.get("/improve/actions/").content.decode()
    bob.post(f"/improve/actions/{row.pk}/start/", {"on": "2026-05-01"})
    assert ImprovementAction.objects.get().started_on == date(2026, 5, 1)
    bob.post(f"/improve/actions/{row.pk}/close/", {"outcome": "It helped"})
    for address, typed in (("start", {"on": "2026-05-02"}), ("close", {"outcome": "Again"})):
        page = bob.post(f"/improve/actions/{row.pk}/{address}/", typed, follow=True).content.decode()
        assert "Nothing was changed." in page
    kept = ImprovementAction.objects.get()
    assert (kept.started_on, kept.closed_at, kept.outcome) == (date(2026, 5, 1), noon, "It helped")
    with pytest.raises(Exception, match="closed already"):
        close_action(row.pk, outcome="Again")


def test_sam_looks_and_may_not_plan(sam: Client, noon: datetime) -> None:
    row = plan()
    assert "Another carrier" in sam.get("/improve/actions/").content.decode()
    assert "/improve/stages/" not in sam.get("/improve/").content.decode()
    addresses = ["stages/pack/", "actions/new/", f"actions/{row.pk}/start/", f"actions/{row.pk}/close/"]
    assert {sam.post(f"/improve/{path}", {}).status_code for path in addresses} == {403}
    assert clock.now() == noon


def test_the_walk_costs_four_queries(noon: datetime, django_assert_num_queries: object) -> None:
    make_facts(3)
    with django_assert_num_queries(4):  # type: ignore[operator]
        assessment()


def test_nothing_is_claimed_while_goods_may_still_come_back(noon: datetime, settings) -> None:
    settings.RETURN_WINDOW_DAYS = 30
    make_lines(make_facts(100, delivered_at=noon - timedelta(days=15)), "MUG-1", returned=1)
    make_lines(make_facts(100, delivered_at=noon - timedelta(days=5)), "MUG-1")
    shown = effect(in_force(plan("return_rate", 0.02)))
    assert (shown.before.value, shown.after.value, shown.verdict) == (1.0, 0.0, "not shown yet")
    assert shown.why == "goods of these days may still come back; the first of it is certain on 24 May"


def test_only_days_that_nothing_can_come_back_of_any_more_are_compared(noon: datetime, settings) -> None:
    settings.RETURN_WINDOW_DAYS = 30
    for days_ago, many, back in ((45, 100, 1), (35, 100, 0), (3, 50, 1)):
        make_lines(make_facts(many, delivered_at=noon - timedelta(days=days_ago)), "MUG-1", returned=back)
    shown = effect(in_force(plan("return_rate", 0.02), days=40))
    assert (shown.before.sample, shown.before.value, shown.after.sample, shown.after.value) == (100, 1.0, 100, 0.0)
    assert shown.verdict == "better"


def test_each_side_shows_its_interval(bob: Client, noon: datetime) -> None:
    delivered(noon, 15, 100, late=30)
    delivered(noon, 5, 100, late=5)
    in_force(plan())
    page = bob.get("/improve/actions/").content.decode().replace("\xa0", " ")
    assert "95 %: 60.4 % – 78.1 %, n = 100" in page
    assert "95 %: 88.8 % – 97.8 %, n = 100" in page
