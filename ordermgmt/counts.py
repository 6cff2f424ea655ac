"""The numbers beside the navigation: how many orders each stage has, and what waits for a person."""

from django.db.models import Count, F, Value
from django.db.models.fields import CharField

from fulfillment.models import Return
from fulfillment.return_flow import ReturnState
from orders.flow import STAGES
from orders.models import Hold, Order

RETURNS_TO_DO = (ReturnState.REQUESTED, ReturnState.RECEIVED, ReturnState.INSPECTED)


def counts() -> dict[str, int]:
    """By state, `held` orders and `returns` to work on, in one statement that reads little but indexes."""
    orders = Order.objects.filter(state__in=[stage.state for stage in STAGES]).order_by().values(of=F("state"))
    held = Hold.objects.filter(released_at=None).order_by().values(of=Value("held", CharField()))
    returns = Return.objects.filter(state__in=RETURNS_TO_DO).order_by().values(of=Value("returns", CharField()))
    rows = orders.annotate(n=Count("*")).union(
        held.annotate(n=Count("order", distinct=True)), returns.annotate(n=Count("*")), all=True
    )
    return {row["of"]: row["n"] for row in rows}
