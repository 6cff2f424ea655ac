"""What people and programs enter beside the orders: campaigns, incidents and targets."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction

from inventory import clock
from kpis.models import Campaign, Incident, Target


@dataclass(frozen=True)
class CampaignEntry:
    """A campaign as it is entered; `ends_on` is its last day, no customers means all."""

    name: str
    starts_on: date
    ends_on: date
    kind: str = ""
    customers: Sequence[str] = ()
    note: str = ""


@dataclass(frozen=True)
class IncidentEntry:
    """An incident as it is entered; `stage` is the verb of the stage it hit, if one."""

    name: str
    starts_on: date
    ends_on: date
    stage: str = ""
    note: str = ""


Entry = CampaignEntry | IncidentEntry


def enter(entry: Entry, *, by: str) -> tuple[Campaign | Incident, bool]:
    """Keep it, in place of one of the same name and first day; also whether it is new."""
    values = asdict(entry)
    key = {name: values.pop(name) for name in ("name", "starts_on")}
    values |= {"by": by[:80], "at": clock.now()}
    if isinstance(entry, CampaignEntry):
        values["customers"] = list(dict.fromkeys(entry.customers))
        return Campaign.objects.update_or_create(**key, defaults=values)
    return Incident.objects.update_or_create(**key, defaults=values)


def enter_all(entries: Sequence[Entry], *, by: str) -> int:
    """All of them or none; how many are new."""
    with transaction.atomic():
        return sum(enter(entry, by=by)[1] for entry in entries)


def aim(figure: str, *, value: float, by: str) -> Target:
    """Set what a figure should reach; the target before stays in the list."""
    return Target.objects.create(kpi=figure, value=value, by=by[:80], at=clock.now())
