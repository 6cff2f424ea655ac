"""What runs out of time: orders that nobody pays, and answers that nobody asks for again."""

from datetime import timedelta

from django.utils.translation import gettext_noop

from inventory import clock
from orders.models import IdempotencyKey, Order
from orders.payments.standing import WAITS_FOR_MONEY, pledged
from orders.queue import each_alone, held
from orders.services import leave

ANSWERS_KEPT = timedelta(days=30)


def expire_unpaid(limit: int = 500) -> int:
    """Call off up to `limit` orders whose time to pay is over; returns how many. One that fails stops no other."""
    due = Order.objects.filter(expires_at__lte=clock.now()).order_by("expires_at")
    ids = list(due.values_list("pk", flat=True)[:limit])
    return each_alone(ids, expire, failed="Order %s could not be called off")


def expire(order_id: int) -> bool:
    """Call one order off if its time is over and it is still unpaid; else it expires no more. Whether it was."""
    with held(order_id) as order:
        if order.expires_at is None or order.expires_at > clock.now():
            return False
        minutes = round((order.expires_at - order.placed_at).total_seconds() / 60)
        order.expires_at = None
        order.save(update_fields=["expires_at"])
        if order.state not in WAITS_FOR_MONEY or pledged(list(order.payments.all())) >= order.total:
            return False
        order.cancel()
        leave(
            order, by="system:expiry", reason=gettext_noop("Not paid within {minutes} minutes").format(minutes=minutes)
        )
        return True


def forget_answers(limit: int = 1000) -> int:
    """Delete up to `limit` answers older than `ANSWERS_KEPT`; the order itself is known by its external id for ever."""
    old = IdempotencyKey.objects.filter(created_at__lt=clock.now() - ANSWERS_KEPT).order_by("created_at")
    gone, _ = IdempotencyKey.objects.filter(pk__in=old.values("pk")[:limit]).delete()
    return gone
