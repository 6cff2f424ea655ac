"""What the people of a played past aimed at, tried and went through: targets, a campaign, an incident, assessments."""

from datetime import timedelta

from feedback.services import Plan, Said, assess_stage, open_action, start_action
from kpis import windows
from kpis.services import CampaignEntry, IncidentEntry, aim, enter
from ordermgmt.simulation.past import ALICE, DAY, PETRA
from ordermgmt.simulation.timeline import Timeline
from orders.models import Customer

TARGETS = {"return_rate": 0.03, "picking_accuracy": 0.995, "lead_time": 3.0, "on_time": 0.95, "satisfaction": 0.8}
AIMED_AGO = 30 * DAY
# A letter to half of those who had bought by then.
CAMPAIGN_AGO, CAMPAIGN_DAYS = 16 * DAY, 7
INCIDENT_AGO, INCIDENT_DAYS = 12 * DAY, 3
ASSESSED_AGO = 8 * DAY
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
    timeline.plan(timeline.until - CAMPAIGN_AGO, _campaign)
    timeline.plan(timeline.until - INCIDENT_AGO, _incident)
    timeline.plan(timeline.until - ASSESSED_AGO, _assess)


def _aim() -> None:
    for figure, value in TARGETS.items():
        aim(figure, value=value, by=ALICE)


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
    due, target = windows.today() + timedelta(days=30), TARGETS["picking_accuracy"]
    plan = Plan("Pick several orders in one walk", "pick", PETRA, due, "picking_accuracy", target)
    start_action(open_action(plan, by=ALICE).pk, on=windows.today())
