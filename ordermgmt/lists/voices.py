"""The lists about people: customers, what comes back from them, and what they say."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from feedback.models import Answer, Survey
from fulfillment.models import Return
from fulfillment.return_flow import COMING, ReturnState
from fulfillment.returns.reasons import REASON_LABEL, words_of
from ordermgmt.access import MAY_SEE_VOICES, SEES_MONEY
from ordermgmt.customers.naming import named
from ordermgmt.lists.cells import Cell, Column, link, money, nothing, on, said, since, tag
from ordermgmt.lists.filters import Filter, any_of, is_number, moment, number, one_of, text, yes_or_no
from ordermgmt.lists.filters import since as ago
from ordermgmt.lists.listing import Above, Listing, Tab
from ordermgmt.returns.pages import AT_THE_DOOR, tone_of

OK, HAPPY = 3, 4
# Not by a join, of which the database expects that nearly everybody answered.
ANSWERED = Q(Exists(Answer.objects.filter(survey=OuterRef("pk"))))


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
    return Return.objects.select_related("order__customer").annotate(reason_label=REASON_LABEL)


def _rma(row: Return) -> Cell:
    return link(row.rma, reverse("return", args=[row.order.number, row.number]))


def _return_state(row: Return) -> Cell:
    return tag(row.stand, tone_of(row))


def _customer_of(row: Return | Survey) -> Cell:
    return said(row.order.customer.name)


def _reason(row: Return) -> Cell:
    return said(words_of(row))


def _wish(row: Return) -> Cell:
    return said(row.get_resolution_display())


def _return_since(row: Return) -> Cell:
    return since(row.state_since)


def _given(row: Return) -> Cell:
    given = row.refund + row.credit
    return money(given, row.order.currency) if given else Cell("", given)


def _return_tabs() -> dict[str, Tab]:
    """By state; what stands at the door is under a tab of its own, and no longer on its way."""
    found = {}
    for state in ReturnState:
        if state == ReturnState.RECEIVED:
            found["arrived"] = Tab(_("Arrived"), AT_THE_DOOR, {"tab": "arrived"})
        there = Q(state=state, arrived_at=None) if state in COMING else Q(state=state)
        found[state.value] = Tab(state.label, there, {"tab": state.value})
    return found


RETURNS = Listing(
    name="returns",
    title=_("Returns"),
    url="/returns/",
    above=Above("return-desk", _("Returns and claims")),
    nothing=_("No return matches"),
    sought=_("Search by return or order number, customer name, or a tracking number."),
    search=_("Number, name or tracking"),
    begins=_("Returns show here as customers announce them."),
    rows=_return_rows,
    filters={
        "state": Filter(
            _("Where it stands"),
            "state:received",
            one_of("state", {state.value: state.value for state in ReturnState}, "state"),
        ),
        "arrived": Filter(_("Whether it is here and not taken in"), "arrived:yes", yes_or_no(AT_THE_DOOR)),
        "reason": Filter(_("Why it comes back"), "reason:damaged", text("reason")),
        "wish": Filter(
            _("What the customer wants"),
            "wish:exchange",
            one_of("resolution", {wish.value: wish.value for wish in Return.Resolution}, "wish"),
        ),
        "age": Filter(_("How long it has stood there"), "age:>2d", ago("state_since"), compares=True),
        "asked": Filter(_("When it was asked for"), "asked:>30d", moment("requested_at"), compares=True),
        "refund": Filter(_("Money given back"), "refund:>50", number("refund"), compares=True, needs=SEES_MONEY),
    },
    mentions=_names_return,
    columns=(
        Column("return", _("Return"), _rma, "keep at-no"),
        Column("customer", _("Customer"), _customer_of, "at-who", sort="order__customer__name"),
        Column("state", _("State"), _return_state, "keep at-tag"),
        Column("reason", _("Why"), _reason, "soft only-wide"),
        Column("wish", _("Wish"), _wish, "soft only-wide"),
        Column("since", _("For"), _return_since, "keep soft at-what"),
        Column("given", _("Given back"), _given, "num at-num", is_number=True, needs=SEES_MONEY),
    ),
    tabs=_return_tabs(),
    acts=("approve-returns", "decline-returns", "receive-returns"),
)


def _survey_rows() -> QuerySet[Survey]:
    return Survey.objects.select_related("order__customer", "answer")


def _survey(row: Survey) -> Cell:
    return link(f"#{row.order.number}", reverse("order", args=[row.order.number]))


def _satisfaction(row: Survey) -> Cell:
    if not hasattr(row, "answer"):
        return nothing(_("no answer yet"))
    csat = row.answer.csat
    return tag(_("{csat} of 5").format(csat=csat), "good" if csat >= HAPPY else "warn" if csat == OK else "bad")


def _recommends(row: Survey) -> Cell:
    """Also who answered may have left it out."""
    nps = row.answer.nps if hasattr(row, "answer") else None
    return said("") if nps is None else Cell(_("{nps} of 10").format(nps=nps), nps)


def _comment(row: Survey) -> Cell:
    return said(row.answer.comment if hasattr(row, "answer") else "")


def _invited(row: Survey) -> Cell:
    return on(row.invited_at)


def _answered(row: Survey) -> Cell:
    return on(row.answer.answered_at if hasattr(row, "answer") else None)


SURVEYS = Listing(
    name="surveys",
    title=_("Surveys"),
    url="/surveys/",
    above=Above("follow-ups", _("Follow-ups")),
    nothing=_("No survey matches"),
    sought=_("Search by order number or customer name."),
    search=_("Order number or name"),
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
        Column("customer", _("Customer"), _customer_of, "at-who", sort="order__customer__name"),
        Column("csat", _("Satisfaction"), _satisfaction, "keep at-tag"),
        Column("nps", _("Recommends"), _recommends, "num at-num", is_number=True, named=True),
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
    sees=(MAY_SEE_VOICES,),
)
