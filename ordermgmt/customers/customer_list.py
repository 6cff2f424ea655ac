"""The list of customers: searched, narrowed by tier, sorted, a page at a time."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from inventory.wording import Words
from ordermgmt.customers.naming import named
from orders.customers.standing import PaymentHistory, payment_history
from orders.models import Customer
from orders.money import shown

PAGE = 50
BLOCKED, NONE = "blocked", "none"
TABS = {"": _("All"), "A": "A-list", "B": "B", "C": "C", NONE: _("No tier"), BLOCKED: _("Blocked")}
SORTS = {"": _("Newest first"), "best": _("Best first"), "name": _("By name")}
ORDERS = {"": ("-pk",), "best": (F("scores__points").desc(nulls_last=True), "-pk"), "name": ("name", "pk")}


@dataclass(frozen=True)
class Wanted:
    """What the address asks for; pages count from 1."""

    tab: str = ""
    q: str = ""
    sort: str = ""
    page: int = 1

    def query(self, **changes: object) -> str:
        """The address of the same list with something changed; what is empty is left out."""
        asked = {"tab": self.tab, "q": self.q, "sort": self.sort} | changes
        return "?" + urlencode({name: value for name, value in asked.items() if value})


@dataclass(frozen=True)
class Chip:
    """One tab or sort to switch to; `count` is None where nobody asks how many."""

    label: Words
    count: int | None
    address: str
    chosen: bool


@dataclass(frozen=True)
class Row:
    """One customer, with what they have bought in words: £1,240.00 and €20.00."""

    customer: Customer
    history: PaymentHistory
    spent: str


@dataclass(frozen=True)
class CustomerPageList:
    """One page of customers; `earlier` and `later` are the addresses of its neighbours."""

    wanted: Wanted
    chips: tuple[Chip, ...]
    sorts: tuple[Chip, ...]
    rows: tuple[Row, ...]
    earlier: str
    later: str


def customer_list(wanted: Wanted) -> CustomerPageList:
    """Read it all, in five queries; one customer more than shown tells whether there is a next page."""
    matching, conditions = _matching(wanted.q), tab_conditions()
    chosen = matching.filter(conditions[wanted.tab]) if wanted.tab else matching
    start = (wanted.page - 1) * PAGE
    found = list(chosen.order_by(*ORDERS[wanted.sort])[start : start + PAGE + 1])
    histories = payment_history(row.pk for row in found[:PAGE])
    counts = matching.aggregate(**{name: Count("pk", filter=condition) for name, condition in conditions.items()})
    tabs = ((name, str(label), counts.get(name), wanted.query(tab=name), wanted.tab) for name, label in TABS.items())
    sorts = ((name, str(label), None, wanted.query(sort=name), wanted.sort) for name, label in SORTS.items())
    return CustomerPageList(
        wanted=wanted,
        chips=tuple(Chip(label, count, address, name == here) for name, label, count, address, here in tabs),
        sorts=tuple(Chip(label, count, address, name == here) for name, label, count, address, here in sorts),
        rows=tuple(Row(row, histories[row.pk], spent(histories[row.pk])) for row in found[:PAGE]),
        earlier=wanted.query(page=wanted.page - 1) if wanted.page > 1 else "",
        later=wanted.query(page=wanted.page + 1) if len(found) > PAGE else "",
    )


def tab_conditions() -> dict[str, Q]:
    """What puts a customer on a tab; a person's word counts more than the computed tier."""
    tiers = {name: Q(tier_override=name) | Q(tier_override="", tier=name) for name in ("A", "B", "C")}
    return {**tiers, NONE: Q(tier_override="", tier=""), BLOCKED: Q(blocked=True)}


def spent(history: PaymentHistory) -> str:
    """In each currency; amounts of two are never added."""
    return " and ".join(shown(row.total, currency) for currency, row in sorted(history.spending.items()))


def _matching(words: str) -> QuerySet[Customer]:
    """As the search for anything finds them. Who was merged or erased is not listed."""
    return named(words) if words else Customer.objects.filter(merged_into=None, erased_at=None)
