"""The list of orders."""

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from fulfillment.partial import read_share, with_share
from ordermgmt.attention import hold_words
from ordermgmt.jump import find_exact
from ordermgmt.lists.cells import Cell, Column, link, money, on, said, since, tag
from ordermgmt.lists.listing import Listing, Tab
from ordermgmt.lists.order_filters import FILTERS, mentions
from ordermgmt.phrases import is_person, who
from ordermgmt.states import TONES
from orders.flow import STAGES, State
from orders.models import Hold, Order

HELD = "held"
MOST_SAID = 140  # signs of why an order is held, in a list
STATES = [*(stage.state for stage in STAGES), State.REJECTED, State.CANCELLED]


def _rows() -> QuerySet[Order]:
    return with_share(Order.objects.select_related("customer", "channel"))


def _number(order: Order) -> Cell:
    return link(f"#{order.number}", reverse("order", args=[order.number]))


def _state(order: Order) -> Cell:
    beside = [tag(_("Held"), "warn")] if order.open_holds else []
    if partly := read_share(order).words:
        beside.append(tag(partly, "go"))
    state = State(order.state)
    return tag(
        state.label,
        TONES.get(state, ""),
        *beside,
        below=Truncator(_why_held(order)).chars(MOST_SAID),
    )


def _hold(order: Order) -> Cell:
    return said(_why_held(order))


def _why_held(order: Order) -> str:
    """Each hold with its note, and who placed it."""
    return "; ".join(
        f"{hold_words(hold)} ({who(hold.by)})" if is_person(hold.by) else hold_words(hold)
        for hold in vars(order)["standing"]
    )


def _read_holds(rows: Sequence[Order]) -> None:
    """Those that stand, in one query, and in none where none of the rows is held."""
    found = defaultdict(list)
    if held := [row.pk for row in rows if row.open_holds]:
        for hold in Hold.objects.filter(order__in=held, released_at=None).order_by("at"):
            found[hold.order_id].append(hold)
    for row in rows:
        vars(row)["standing"] = found[row.pk]


def _customer(order: Order) -> Cell:
    return said(order.customer.name)


def _email(order: Order) -> Cell:
    return said(order.customer.email)


def _since(order: Order) -> Cell:
    return since(order.state_since)


def _promised(order: Order) -> Cell:
    return on(order.promised_at)


def _placed(order: Order) -> Cell:
    return on(order.placed_at)


def _channel(order: Order) -> Cell:
    return said(order.channel.name)


def _own_number(order: Order) -> Cell:
    return said(order.external_id)


def _country(order: Order) -> Cell:
    return said(order.shipping_address.get("country"))


def _tier(order: Order) -> Cell:
    return said(order.customer.tier_override or order.customer.tier)


def _total(order: Order) -> Cell:
    return money(order.total, order.currency)


def _currency(order: Order) -> Cell:
    return said(order.currency)


def _jump(words: str) -> str | None:
    """To the one order that the words name."""
    number = find_exact(words)
    return None if number is None else reverse("order", args=[number])


ORDERS = Listing(
    name="orders",
    title=_("Orders"),
    url="/orders/",
    nothing=_("No order matches"),
    sought=_("Search by order number, customer name, e-mail, the channel's own id, or a tracking number."),
    search=_("Number, name or tracking"),
    rows=_rows,
    filters=FILTERS,
    mentions=mentions,
    columns=(
        Column("order", _("Order"), _number, "keep at-no", sort="number"),
        Column("customer", _("Customer"), _customer, "at-who", sort="customer__name"),
        Column("email", _("E-mail"), _email, shown=False),
        Column("state", _("State"), _state, "at-tag", prepare=_read_holds),
        Column("held", _("Held because"), _hold, "soft only-wide", shown=False, prepare=_read_holds),
        Column("since", _("For"), _since, "keep soft only-wide", sort="state_since", sort_in_tab=True),
        Column("promised", _("Promised"), _promised, "keep soft at-what", sort="promised_at", named=True),
        Column("placed", _("Placed"), _placed, "keep soft only-wide", shown=False, sort="placed_at"),
        Column("channel", _("Channel"), _channel, "soft only-wide"),
        Column("external", _("Channel's own id"), _own_number, "soft only-wide", shown=False),
        Column("country", _("Country"), _country, "keep soft only-wide", shown=False),
        Column("tier", _("Tier"), _tier, "keep soft only-wide", shown=False),
        Column("total", _("Total"), _total, "num at-num", is_number=True, sort="total"),
        Column("currency", _("Currency"), _currency, "keep soft only-wide", shown=False),
    ),
    tabs={
        HELD: Tab(_("Held"), Q(open_holds__gt=0), {"held": "1"}),
        **{state.value: Tab(state.label, Q(state=state), {"state": state.value}) for state in STATES},
    },
    key="number",
    acts=("hold-orders", "release-orders", "cancel-orders"),
    jump=_jump,
    table="orders",
)
