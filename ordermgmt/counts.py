"""The numbers beside the navigation: how many orders each stage has, and what waits for a person."""

from django.db.models import Count, F, Value
from django.db.models.fields import CharField

from fulfillment.models import Return
from ordermgmt.approvals.queue import holds_to_decide
from ordermgmt.returns.pages import TO_DO
from orders.flow import STAGES
from orders.models import Order


def counts() -> dict[str, int]:
    """By state, `held` orders to decide on and `returns` to see to, in one statement that reads little but indexes."""
    orders = Order.objects.filter(state__in=[stage.state for stage in STAGES]).order_by().values(of=F("state"))
    held = holds_to_decide().order_by().values(of=Value("held", CharField()))
    returns = Return.objects.filter(TO_DO).order_by().values(of=Value("returns", CharField()))
    rows = orders.annotate(n=Count("*")).union(
        held.annotate(n=Count("order", distinct=True)), returns.annotate(n=Count("*")), all=True
    )
    return {row["of"]: row["n"] for row in rows}
