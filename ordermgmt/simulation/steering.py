"""What the people of a played past aimed at, found, tried and went through, from targets to a campaign."""

from datetime import timedelta

from feedback.models import Finding
from feedback.question_sets import Questionnaire, save_questionnaire
from feedback.questions import Kind, Question
from feedback.services import Plan, Said, assess_stage, open_action, start_action
from kpis import windows
from kpis.fold import rebuild
from kpis.services import CampaignEntry, IncidentEntry, aim, enter
from ordermgmt.feedback.finding import find_improvements
from ordermgmt.simulation.past import ALICE, DAY, PETRA
from ordermgmt.simulation.timeline import Timeline
from ordermgmt.simulation.troubles import DUTCH, FIRST_ORDER, trust_first_orders
from orders.models import Channel, Customer

WEB = "web"
TARGETS = {"return_rate": 0.03, "picking_accuracy": 0.995, "lead_time": 3.0, "on_time": 0.95, "satisfaction": 0.8}
AIMED_AGO = 30 * DAY
# Who gets back to the web shop's unhappy customers, and where its happy ones may tell others.
REVIEWS = "https://reviews.example.com/northwind-gifts"
OWN_WORDS = {Kind.TEXT: {"en": "What should we do better next time?", "de": "Was sollen wir besser machen?"}}
# A letter to half of those who had bought by then.
CAMPAIGN_AGO, CAMPAIGN_DAYS = 16 * DAY, 7
INCIDENT_AGO, INCIDENT_DAYS = 12 * DAY, 3
# When the first findings were looked at, and something was done about one.
LEARNT_AGO = 19 * DAY
ASSESSED_AGO = 8 * DAY
FEW_HELD, FEW_DAMAGED, LEEDS_DAYS = 0.05, 0.03, 2.5
ASSESSMENTS = {
    "place": Said("automatic", 5),
    "approve": Said("assisted", 4, "First orders above the limit wait for somebody until the morning.", 6),
    "pick": Said("assisted", 3, "In Leeds the late shift walks for single orders.", 12),
    "pack": Said("assisted", 4),
    "ship": Said("automatic", 3, "Parcels to the Highlands arrive late.", 5),
}


def plan_steering(timeline: Timeline) -> None:
    """Put it all where it belongs in time."""
    timeline.plan(timeline.until - AIMED_AGO, _aim)
    timeline.plan(timeline.until - LEARNT_AGO, _learn)
    timeline.plan(timeline.until - CAMPAIGN_AGO, _campaign)
    timeline.plan(timeline.until - INCIDENT_AGO, _incident)
    timeline.plan(timeline.until - ASSESSED_AGO, _assess)


def look_back() -> None:
    """What the data say at the end, and what Petra means to do about it."""
    if found := _found("damaged", warehouse=DUTCH):
        due = windows.today() + timedelta(days=21)
        title = "Agree on padding with Rotterdam"
        open_action(Plan(title, "pack", PETRA, due, "damaged", FEW_DAMAGED, finding=found), by=PETRA)


def _learn() -> None:
    """Too many first orders are held, so the limit goes up."""
    found = _found("held", reason=FIRST_ORDER)
    trust_first_orders(by=ALICE)
    if found:
        plan = Plan("Let first orders up to £1,000 pass", "approve", ALICE, windows.today(), "held", FEW_HELD, found)
        start_action(open_action(plan, by=ALICE).pk, on=windows.today())


def _found(kind: str, **about: str) -> Finding | None:
    """Look at all that has happened; the finding of this kind about that, if the data carry it."""
    rebuild(lambda done, total: None)
    find_improvements()
    return Finding.objects.filter(kind=kind, narrowed=about, gone_at=None).first()


def _aim() -> None:
    for figure, value in TARGETS.items():
        aim(figure, value=value, by=ALICE)
    questions = tuple(Question(kind, OWN_WORDS.get(kind, {})) for kind in Kind)
    wanted = Questionnaire(questions=questions, review_link=REVIEWS, follow_up_owner=ALICE, follow_up_hours=48)
    note = "Ask what to do better, and get back to people within two days."
    for channel in Channel.objects.filter(code=WEB):
        save_questionnaire(channel, wanted, note=note, by=ALICE)


def _campaign() -> None:
    half = [str(pk) for pk in Customer.objects.order_by("pk").values_list("pk", flat=True)[::2]]
    last = windows.today() + timedelta(days=CAMPAIGN_DAYS - 1)
    letter = CampaignEntry("Letter to old customers", windows.today(), last, "E-mail", half, "10 % off for a week.")
    enter(letter, by=ALICE)


def _incident() -> None:
    last = windows.today() + timedelta(days=INCIDENT_DAYS - 1)
    flood = IncidentEntry("Carrier's depot flooded", windows.today(), last, "deliver", "Parcels lay for two days.")
    enter(flood, by=ALICE)


def _assess() -> None:
    for verb, said in ASSESSMENTS.items():
        assess_stage(verb, said, by=ALICE)
    due = windows.today() + timedelta(days=30)
    in_leeds = {"warehouse": "LEEDS"}
    plan = Plan("Pick several orders in one walk", "pick", PETRA, due, "lead_time", LEEDS_DAYS, narrowed=in_leeds)
    start_action(open_action(plan, by=ALICE).pk, on=windows.today())
