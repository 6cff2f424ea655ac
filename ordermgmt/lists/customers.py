"""The list of customers."""

from collections.abc import Mapping, Sequence

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from inventory.wording import grouped
from ordermgmt.access import MAY_CHANGE_CUSTOMERS, MAY_SEE_CUSTOMERS
from ordermgmt.customers.customer_page import spent
from ordermgmt.customers.naming import named
from ordermgmt.lists.cells import Cell, Column, count, link, on, said, tag
from ordermgmt.lists.filters import Filter, Words, any_of, moment, number, yes_or_no
from ordermgmt.lists.language import amount
from ordermgmt.lists.listing import Listing, Tab
from orders.customers.standing import PaymentHistory, payment_history
from orders.models import Customer, Order
from orders.models.customers import POINTS

TIERS: Mapping[str, Words] = {"A": _("A-list"), "B": "B", "C": "C"}
PLACED = number("orders_placed")


def _names_customer(word: str) -> Q:
    return any_of(Customer, [Q(pk__in=named(word))])


def _of_tier(tier: str) -> Q:
    """A person's word counts more than the computed tier."""
    return Q(tier_override=tier) | Q(tier_override="", tier=tier)


def _tier(value: str, sign: str) -> Q:
    return _of_tier(value.upper())


def _email_is(value: str, sign: str) -> Q:
    return Q(email=value.lower())


def _placed(value: str, sign: str) -> Q:
    """Who placed many is found among the orders; few or none, one by one, as most people did."""
    if sign.startswith("<") or amount(value) <= 0:
        return PLACED(value, sign)
    orders = Order.objects.order_by().values("customer").annotate(orders_placed=Count("*"))
    return Q(pk__in=orders.filter(PLACED(value, sign)).values("customer"))


def _customer_rows() -> QuerySet[Customer]:
    orders = Order.objects.filter(customer=OuterRef("pk")).order_by().values("customer").annotate(units=Count("pk"))
    placed = Coalesce(Subquery(orders.values("units"), output_field=IntegerField()), 0)
    people = Customer.objects.filter(merged_into=None, erased_at=None)
    return people.annotate(orders_placed=placed, points=POINTS)


def _person(row: Customer) -> Cell:
    return link(row.name, reverse("customer", args=[row.pk]), is_code=False)


def _email(row: Customer) -> Cell:
    return said(row.email)


def _phone(row: Customer) -> Cell:
    return said(row.phone)


def _standing(row: Customer) -> Cell:
    tier = row.tier_override or row.tier
    if row.blocked:
        return tag(_("Blocked"), "bad")
    return tag(tier, "good" if tier == "A" else "") if tier else said("")


def _known_since(row: Customer) -> Cell:
    return on(row.created_at)


def _orders(row: Customer) -> Cell:
    return count(getattr(row, "orders_placed", None))


def _history(row: Customer) -> PaymentHistory:
    found: PaymentHistory = vars(row)["history"]
    return found


def _pays(row: Customer) -> Cell:
    """What went wrong, the worst first."""
    told = _history(row)
    if told.charged_back:
        return tag(_("{count} charged back").format(count=grouped(told.charged_back)), "bad")
    if told.overdue_now:
        return tag(_("{count} overdue").format(count=grouped(told.overdue_now)), "bad")
    if told.paid_late:
        return tag(_("{count} paid late").format(count=grouped(told.paid_late)), "warn")
    return said(_("in time") if told.paid_on_time else "")


def _last_order(row: Customer) -> Cell:
    return on(_history(row).last_order_at)


def _bought(row: Customer) -> Cell:
    return said(spent(_history(row)))


def _points(row: Customer) -> Cell:
    return count(getattr(row, "points", None))


def _read_histories(rows: Sequence[Customer]) -> None:
    """In one query, for all of them."""
    found = payment_history(row.pk for row in rows)
    for row in rows:
        vars(row)["history"] = found[row.pk]


CUSTOMERS = Listing(
    name="customers",
    title=_("Customers"),
    url="/customers/",
    nothing=_("No customer matches"),
    sought=_("Search by name, e-mail address, or the last digits of a phone number."),
    search=_("Name, e-mail or phone"),
    rows=_customer_rows,
    filters={
        "tier": Filter(_("The customer's tier"), "tier:A", _tier),
        "blocked": Filter(_("Whether they are refused"), "blocked:yes", yes_or_no(Q(blocked=True))),
        "email": Filter(_("Their address, whole"), "email:marta@example.org", _email_is),
        "orders": Filter(_("How many orders they placed"), "orders:>=5", _placed, compares=True),
        "since": Filter(_("When they came first"), "since:>30d", moment("created_at"), compares=True),
    },
    mentions=_names_customer,
    columns=(
        Column("customer", _("Customer"), _person, "at-no", sort="name"),
        Column("email", _("E-mail"), _email, "soft at-who"),
        Column("phone", _("Phone"), _phone, "soft only-wide", shown=False),
        Column("tier", _("Tier"), _standing, "keep at-tag"),
        Column("points", _("Points"), _points, "num only-wide", is_number=True, shown=False, sort="points"),
        Column("pays", _("Pays"), _pays, "keep only-wide", prepare=_read_histories),
        Column("since", _("Since"), _known_since, "keep soft only-wide", shown=False),
        Column("last", _("Last order"), _last_order, "keep soft only-wide", prepare=_read_histories),
        Column("orders", _("Orders"), _orders, "num only-wide", is_number=True),
        Column("bought", _("Bought"), _bought, "num at-num", is_number=True, prepare=_read_histories),
    ),
    tabs={
        **{name: Tab(label, _of_tier(name), {"tab": name}) for name, label in TIERS.items()},
        "none": Tab(_("No tier"), Q(tier_override="", tier=""), {"tab": "none"}),
        "blocked": Tab(_("Blocked"), Q(blocked=True), {"tab": "blocked"}),
    },
    acts=("tier-customers", "block-customers", "unblock-customers"),
    sees=(MAY_SEE_CUSTOMERS, MAY_CHANGE_CUSTOMERS),
    extras=((_("Blocked list"), "blocked", ""),),
)
