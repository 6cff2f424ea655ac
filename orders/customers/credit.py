"""Store credit of a customer: given for what came back, spent on orders like money. A duplicate's is its survivor's."""

from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from inventory import clock
from orders.balance import NOTHING
from orders.customers.merging import customers_held
from orders.errors import CreditTooSmall, RefundTooLarge
from orders.flow import EXITS
from orders.history import record
from orders.models import Customer, Order, Payment, StoreCredit
from orders.money import plain, rounded, shown
from orders.queue import held
from orders.services.pledge import paid_for
from orders.services.refunds import left_to_give


def credit_balance(customer_id: int) -> dict[str, Decimal]:
    """What is left, by currency; only what is above zero."""
    theirs = StoreCredit.objects.filter(Q(customer=customer_id) | Q(customer__merged_into=customer_id)).order_by()
    sums = theirs.values("currency").annotate(sum=Sum("amount")).order_by("currency")
    return {row["currency"]: row["sum"] for row in sums if row["sum"] > 0}


def usable(customer_id: int | None, total: Decimal, currency: str) -> Decimal:
    """How much of `total` the customer's credit would pay now; nothing for nobody."""
    if customer_id is None:
        return NOTHING
    owner = Customer.objects.get(pk=customer_id)
    left = credit_balance(owner.merged_into_id or owner.pk).get(currency, NOTHING)
    return max(NOTHING, min(left, total))


def give_credit(order: Order, amount: Decimal, *, key: str, why: str, by: str) -> None:
    """Give the customer of a held order credit, once for `key`."""
    _, fresh = StoreCredit.objects.get_or_create(
        key=key,
        defaults={
            "customer_id": order.customer_id,
            "currency": order.currency,
            "amount": amount,
            "order": order,
            "why": why,
            "by": by,
            "at": clock.now(),
        },
    )
    if fresh:
        record(order, "credit.given", by=by, amount=plain(amount, order.currency), why=why)


def grant_credit(order_id: int, *, amount: Decimal, why: str, key: str, by: str) -> None:
    """Give a person credit instead of money for what they paid for an order, once for `key`.

    Raises RefundTooLarge beyond what could go back as money, ValueError for what is no amount.
    """
    with held(order_id) as order:
        if StoreCredit.objects.filter(key=key).exists():
            return
        if amount <= 0 or amount != rounded(amount, order.currency):
            raise ValueError(f"{amount} is not an amount of {order.currency} that can be given")
        rows = order.payments.select_for_update(no_key=True).order_by("id").prefetch_related("transactions")
        most = left_to_give(order, rows)
        if amount > most:
            here = shown(most, order.currency)
            raise RefundTooLarge(
                _("{amount} is more than the {here} that are here to give back").format(
                    amount=shown(amount, order.currency), here=here
                )
            )
        give_credit(order, amount, key=key, why=why[:60], by=by)


def spend_credit(order_id: int, *, amount: Decimal, key: str, by: str) -> Payment:
    """Pay `amount` of an order with its customer's credit, once for `key`.

    Raises CreditTooSmall beyond what is left or what the order still costs, ValueError for what is no amount.
    """
    customer_id = Order.objects.values_list("customer_id", flat=True).get(pk=order_id)
    # The customer's turn first: two of their orders never spend the same credit.
    with transaction.atomic(), customers_held(customer_id) as (customer,):
        credit_turn(customer.merged_into_id or customer.pk)
        return _spend(order_id, amount, key=key, by=by)


def _spend(order_id: int, amount: Decimal, *, key: str, by: str) -> Payment:
    with held(order_id) as order:
        known = StoreCredit.objects.filter(key=key).first()
        if known:
            return order.payments.get(reference=key)
        if amount <= 0 or amount != rounded(amount, order.currency):
            raise ValueError(f"{amount} is not an amount of {order.currency} that can be spent")
        left = credit_balance(order.customer_id).get(order.currency, NOTHING)
        owed = NOTHING if order.state in EXITS else order.total - sum(row.captured for row in order.payments.all())
        refuse_too_much(amount, left=left, owed=owed, currency=order.currency)
        return _pay(order, amount, key=key, by=by)


def refuse_too_much(amount: Decimal, *, left: Decimal, owed: Decimal, currency: str) -> None:
    """Raises CreditTooSmall for more than is left of the credit, or than is to be paid."""
    if amount > min(left, owed):
        raise CreditTooSmall(
            _("{left} of credit are left, and {owed} are to be paid").format(
                left=shown(left, currency), owed=shown(max(owed, NOTHING), currency)
            )
        )


def credit_turn(owner_id: int) -> None:
    """Wait for whoever spends this customer's credit, and keep others waiting until the transaction ends.

    Taken after the names of orders and customers and before any order is locked.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('credit:' || %s, 0))", [owner_id])


def spend_on_new(order_id: int, amount: Decimal, *, by: str) -> Payment:
    """Pay an order that is being placed, in the turn of its customer's credit."""
    with held(order_id) as order:
        return _pay(order, amount, key=f"placed:{order_id}", by=by)


def pay_with_credit(order: Order, amount: Decimal, *, key: str, by: str) -> Payment:
    """The same for a held order whose customer was just given at least this much."""
    return _pay(order, amount, key=key, by=by)


def _pay(order: Order, amount: Decimal, *, key: str, by: str) -> Payment:
    now = clock.now()
    StoreCredit.objects.create(
        customer_id=order.customer_id,
        currency=order.currency,
        amount=-amount,
        key=key,
        order=order,
        why="spent",
        by=by,
        at=now,
    )
    payment = Payment.objects.create(
        order=order,
        method=Payment.Method.CREDIT,
        reference=key,
        authorised=amount,
        captured=amount,
        captured_at=now,
        created_at=now,
    )
    told = {"payment": payment.pk, "amount": plain(amount, order.currency), "method": "credit"}
    record(order, "payment.captured", by=by, **told)
    if sum(row.captured for row in order.payments.all()) >= order.total:
        paid_for(order, by=by)
    return payment
