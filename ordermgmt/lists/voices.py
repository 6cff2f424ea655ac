"""The lists about people: customers, what comes back from them, and what they say."""

from collections.abc import Mapping

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from feedback.models import Answer, Survey
from fulfillment.models import Return
from fulfillment.return_flow import ReturnState
from ordermgmt.customers.customer_list import BLOCKED, NONE, tab_conditions
from ordermgmt.customers.naming import named
from ordermgmt.lists.cells import Cell, Column, count, link, money, on, said, since, tag
from ordermgmt.lists.filters import Filter, Words, any_of, is_number, moment, number, one_of, text, yes_or_no
from ordermgmt.lists.filters import since as ago
from ordermgmt.lists.language import amount
from ordermgmt.lists.listing import Above, Listing, Tab
from ordermgmt.returns.pages import tone_of
from orders.models import Customer, Order

CUSTOMER_TABS: Mapping[str, Words] = {"A": _("A-list"), "B": "B", "C": "C", NONE: _("No tier"), BLOCKED: _("Blocked")}
OK, HAPPY = 3, 4
# Not by a join, of which the database expects that nearly everybody answered.
ANSWERED = Q(Exists(Answer.objects.filter(survey=OuterRef("pk"))))
PLACED = number("orders_placed")


def _names_customer(word: str) -> Q:
    return any_of(Customer, [Q(pk__in=named(word))])


def _tier(value: str, sign: str) -> Q:
    return Q(tier_override__iexact=value) | Q(tier_override="", tier__iexact=value)


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
    return Customer.objects.filter(merged_into=None, erased_at=None).annotate(orders_placed=placed)


def _person(row: Customer) -> Cell:
    return link(row.name, reverse("customer", args=[row.pk]))


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


CUSTOMERS = Listing(
    name="customers",
    title=_("Customers"),
    url="/lists/customers/",
    above=Above("customers", _("Customers")),
    nothing=_("No customer matches"),
    sought=_("Search by name or e-mail address."),
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
        Column("customer", _("Customer"), _person, "at-no"),
        Column("email", _("E-mail"), _email, "soft at-who"),
        Column("phone", _("Phone"), _phone, "soft only-wide", shown=False),
        Column("tier", _("Tier"), _standing, "keep at-tag"),
        Column("since", _("Since"), _known_since, "keep soft only-wide"),
        Column("orders", _("Orders"), _orders, "num at-num", is_number=True),
    ),
    tabs={name: Tab(CUSTOMER_TABS[name], where, {"tab": name}) for name, where in tab_conditions().items()},
    acts=("tier-customers", "block-customers", "unblock-customers"),
    sees="orders.view_customer",
)


def _ways_to(word: str) -> list[Q]:
    """By the order: its customer or its number."""
    plain = word.removeprefix("#")
    return [Q(order__customer__in=named(plain)), *([Q(order__number=int(plain))] if is_number(plain) else [])]


def _names_survey(word: str) -> Q:
    return any_of(Survey, _ways_to(word))


def _names_return(word: str) -> Q:
    number = word.upper().removeprefix("R").partition("-")[0]
    return any_of(Return, [*_ways_to(number if is_number(number) else word), Q(tracking_number=word.upper())])


def _return_rows() -> QuerySet[Return]:
    return Return.objects.select_related("order__customer")


def _rma(row: Return) -> Cell:
    return link(row.rma, reverse("return", args=[row.order.number, row.number]))


def _return_state(row: Return) -> Cell:
    return tag(row.stand, tone_of(row))


def _customer_of(row: Return | Survey) -> Cell:
    return said(row.order.customer.name)


def _reason(row: Return) -> Cell:
    return said(row.reason_words)


def _wish(row: Return) -> Cell:
    return said(row.get_resolution_display())


def _return_since(row: Return) -> Cell:
    return since(row.state_since)


def _given(row: Return) -> Cell:
    return money(row.refund + row.credit, row.order.currency)


RETURNS = Listing(
    name="returns",
    title=_("Returns"),
    url="/lists/returns/",
    above=Above("returns", _("Returns")),
    nothing=_("No return matches"),
    sought=_("Search by return or order number, customer name, or a tracking number."),
    rows=_return_rows,
    filters={
        "state": Filter(
            _("Where it stands"),
            "state:received",
            one_of("state", {state.value: state.value for state in ReturnState}, "state"),
        ),
        "reason": Filter(_("Why it comes back"), "reason:damaged", text("reason")),
        "wish": Filter(
            _("What the customer wants"),
            "wish:exchange",
            one_of("resolution", {wish.value: wish.value for wish in Return.Resolution}, "wish"),
        ),
        "age": Filter(_("How long it has stood there"), "age:>2d", ago("state_since"), compares=True),
        "asked": Filter(_("When it was asked for"), "asked:>30d", moment("requested_at"), compares=True),
        "refund": Filter(_("Money given back"), "refund:>50", number("refund"), compares=True),
    },
    mentions=_names_return,
    columns=(
        Column("return", _("Return"), _rma, "keep at-no"),
        Column("customer", _("Customer"), _customer_of, "at-who"),
        Column("state", _("State"), _return_state, "keep at-tag"),
        Column("reason", _("Why"), _reason, "soft only-wide"),
        Column("wish", _("Wish"), _wish, "soft only-wide"),
        Column("since", _("For"), _return_since, "keep soft at-what"),
        Column("given", _("Given back"), _given, "num at-num", is_number=True),
    ),
    tabs={state.value: Tab(state.label, Q(state=state), {"tab": state.value}) for state in ReturnState},
    acts=("approve-returns", "decline-returns", "receive-returns"),
)


def _survey_rows() -> QuerySet[Survey]:
    return Survey.objects.select_related("order__customer", "answer")


def _survey(row: Survey) -> Cell:
    return link(f"#{row.order.number}", reverse("order", args=[row.order.number]))


def _satisfaction(row: Survey) -> Cell:
    if not hasattr(row, "answer"):
        return said("")
    csat = row.answer.csat
    return tag(_("{csat} of 5").format(csat=csat), "good" if csat >= HAPPY else "warn" if csat == OK else "bad")


def _recommends(row: Survey) -> Cell:
    return count(row.answer.nps) if hasattr(row, "answer") else said("")


def _comment(row: Survey) -> Cell:
    return said(row.answer.comment if hasattr(row, "answer") else "")


def _invited(row: Survey) -> Cell:
    return on(row.invited_at)


def _answered(row: Survey) -> Cell:
    return on(row.answer.answered_at if hasattr(row, "answer") else None)


SURVEYS = Listing(
    name="surveys",
    title=_("Surveys"),
    url="/lists/surveys/",
    above=Above("follow-ups", _("Follow-ups")),
    nothing=_("No survey matches"),
    sought=_("Search by order number or customer name."),
    rows=_survey_rows,
    filters={
        "answered": Filter(_("Whether they answered"), "answered:yes", yes_or_no(ANSWERED)),
        "csat": Filter(_("Satisfaction, 1 to 5"), "csat:<=2", number("answer__csat"), compares=True),
        "nps": Filter(_("Recommendation, 0 to 10"), "nps:>=9", number("answer__nps"), compares=True),
        "invited": Filter(_("When they were asked"), "invited:>7d", moment("invited_at"), compares=True),
        "comment": Filter(_("Whether they wrote words"), "comment:yes", yes_or_no(Q(answer__comment__gt=""))),
        "channel": Filter(_("Where it was bought"), "channel:web", text("order__channel__code")),
    },
    mentions=_names_survey,
    columns=(
        Column("order", _("Order"), _survey, "keep at-no"),
        Column("customer", _("Customer"), _customer_of, "at-who"),
        Column("csat", _("Satisfaction"), _satisfaction, "keep at-tag"),
        Column("nps", _("Recommends"), _recommends, "num at-num", is_number=True),
        Column("comment", _("Comment"), _comment, "at-what"),
        Column("invited", _("Asked"), _invited, "keep soft only-wide"),
        Column("answered", _("Answered"), _answered, "keep soft only-wide", shown=False),
    ),
    tabs={
        "unhappy": Tab(_("Unhappy"), Q(answer__csat__lt=OK), {"tab": "unhappy"}),
        "answered": Tab(_("Answered"), ANSWERED, {"tab": "answered"}),
        "silent": Tab(_("Silent"), ~ANSWERED, {"tab": "silent"}),
    },
    acts=("assign-follow-ups",),
    sees="feedback.view_survey",
)
