"""Orders and bills as the books have them: in any state, of any total, paid in time, late or not at all."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import QuerySet

from inventory import clock
from orders.flow import State
from orders.models import Customer, Order, Payment
from tests.factories import make_order

NOON = datetime(2026, 5, 4, 11, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def order_of(
    total: str = "10",
    *,
    ago: float = 10,
    state: str = State.REVIEWED,
    email: str = "marta@example.org",
    **fields: object,
) -> Order:
    """An order that is in this state without a journey, so much in total, placed so many days before noon."""
    with clock.at(NOON - ago * DAY):
        order = make_order(email=email, **fields)  # type: ignore[arg-type]
    _write(Order.objects.filter(pk=order.pk), state=state, total=Decimal(total), due_at=None)
    return Order.objects.get(pk=order.pk)


def call_off(**which: object) -> None:
    """These orders, whatever state they are in."""
    _write(Order.objects.filter(**which), state=State.CANCELLED)


def _write(orders: QuerySet[Order], **values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        orders.update(**values)
        cursor.execute("RESET session_replication_role")


def invoice(order: Order, *, due: float, paid: float | None = None, share: str = "1") -> Payment:
    """The order's only payment: due and paid so many days from noon, minus is before."""
    payment = order.payments.get()
    payment.method, payment.due_at = Payment.Method.INVOICE, NOON + due * DAY
    payment.authorised = payment.captured = Decimal(0)
    if paid is not None:
        payment.authorised = payment.captured = order.total * Decimal(share)
        payment.captured_at = NOON + paid * DAY
    payment.save()
    return payment


def marta() -> Customer:
    return Customer.objects.get(email="marta@example.org")
