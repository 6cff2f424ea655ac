"""What people and programs enter beside the orders: campaigns, incidents and targets; and letting go of a person."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction
from django.db.models.functions import Coalesce

from inventory import clock
from kpis.models import Campaign, Incident, OrderFact, Target
from orders.models import Customer

IMPORTED = "h:"  # stands before the customer ids of an imported history


@dataclass(frozen=True)
class CampaignEntry:
    """A campaign as it is entered; `ends_on` is its last day, no customers means all.

    `customers` are ids as in the figures, or e-mail addresses.
    """

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
        values["customers"] = known_customers(entry.customers)
        return Campaign.objects.update_or_create(**key, defaults=values)
    return Incident.objects.update_or_create(**key, defaults=values)


def known_customers(named: Sequence[str]) -> list[str]:
    """Their ids, each once: an e-mail address is that of a customer here, else one of an imported history (`h:`)."""
    addresses = {word: word.lower() for word in named if "@" in word and not word.startswith(IMPORTED)}
    theirs = Customer.objects.filter(email__in=addresses.values())
    ids = dict(theirs.values_list("email", Coalesce("merged_into_id", "pk")))
    found = {word: str(ids.get(address, f"{IMPORTED}{address}")) for word, address in addresses.items()}
    return list(dict.fromkeys(found.get(word, word) for word in named))


def forget_person(customer_id: int, addresses: Collection[str]) -> None:
    """Take the words and e-mail addresses of a person out of imported histories and campaigns; the figures stay."""
    named = [f"{IMPORTED}{address.lower()}" for address in addresses]
    nobody = f"{IMPORTED}erased {customer_id}"
    theirs = OrderFact.objects.filter(history__isnull=False)
    theirs.filter(customer__in=[str(customer_id), *named]).update(comment="")
    theirs.filter(customer__in=named).update(customer=nobody)
    for row in Campaign.objects.filter(customers__overlap=named):
        row.customers = list(dict.fromkeys(nobody if word in named else word for word in row.customers))
        row.save(update_fields=["customers"])


def enter_all(entries: Sequence[Entry], *, by: str) -> int:
    """All of them or none; how many are new."""
    with transaction.atomic():
        return sum(enter(entry, by=by)[1] for entry in entries)


def aim(figure: str, *, value: float, by: str) -> Target:
    """Set what a figure should reach; the target before stays in the list."""
    return Target.objects.create(kpi=figure, value=value, by=by[:80], at=clock.now())
