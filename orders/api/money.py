"""How an order's money looks from outside: the shapes, and the functions that fill them."""

from operator import attrgetter
from typing import Any

from rest_framework import serializers

from orders.api.answers import moment
from orders.api.requests import MoneyField
from orders.balance import PaymentState, payment_state
from orders.models import Order, Payment, Refund, Transaction
from orders.money import plain
from orders.payments.standing import balance_of


class TransactionSerializer(serializers.Serializer[Any]):
    """What the gateway was asked to do."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Transaction.Kind.choices)
    amount = MoneyField()
    status = serializers.ChoiceField(choices=Transaction.Status.choices)
    reference = serializers.CharField(help_text="The gateway's name for it, or that of the bank.")
    error = serializers.CharField(help_text="What the gateway said when it failed.")
    created_at = serializers.DateTimeField()
    done_at = serializers.DateTimeField(allow_null=True)


class RefundSerializer(serializers.Serializer[Any]):
    """Money that was granted back."""

    id = serializers.IntegerField()
    payment = serializers.IntegerField(help_text="The id of the payment it comes from.")
    amount = MoneyField()
    reason = serializers.CharField()
    at = serializers.DateTimeField()
    status = serializers.ChoiceField(choices=Transaction.Status.choices, help_text="What became of it at the gateway.")


class PaymentStandingSerializer(serializers.Serializer[Any]):
    """One payment."""

    id = serializers.IntegerField()
    method = serializers.ChoiceField(choices=Payment.Method.choices)
    reference = serializers.CharField()
    authorised = MoneyField()
    captured = MoneyField()
    refunded = MoneyField()
    charged_back = MoneyField()
    due_at = serializers.DateTimeField(allow_null=True, help_text="When an invoice is to be paid.")
    voided_at = serializers.DateTimeField(allow_null=True)
    transactions = TransactionSerializer(many=True)


class MoneyStandingSerializer(serializers.Serializer[Any]):
    """An order's money."""

    number = serializers.IntegerField()
    currency = serializers.CharField()
    state = serializers.ChoiceField(choices=PaymentState.choices)
    total = MoneyField()
    paid = MoneyField(help_text="What has come in or is on its way, before anything went back.")
    refunded = MoneyField()
    owed = MoneyField(help_text="What the customer has still to pay.")
    surplus = MoneyField(help_text="What was paid beyond what the order should bring.")
    payments = PaymentStandingSerializer(many=True)
    refunds = RefundSerializer(many=True)


class RefundsGrantedSerializer(MoneyStandingSerializer):
    """The same, with what was granted now."""

    granted = RefundSerializer(many=True)


def shown_money(order: Order) -> dict[str, Any]:
    """The whole standing, in four queries."""
    sums, currency = balance_of(order), order.currency
    payments = list(order.payments.all())
    refunds = sorted((row for payment in payments for row in payment.refunds.all()), key=attrgetter("pk"))
    became = {each.refund_id: each.status for payment in payments for each in payment.transactions.all()}
    return {
        "number": order.number,
        "currency": currency,
        "state": payment_state(sums).value,
        "total": plain(order.total, currency),
        "paid": plain(sums.taken, currency),
        "refunded": plain(sums.refunded, currency),
        "owed": plain(sums.owed, currency),
        "surplus": plain(sums.surplus, currency),
        "payments": [_payment(row, currency) for row in payments],
        "refunds": [_refund(row, became[row.pk], currency) for row in refunds],
    }


def _refund(row: Refund, status: str, currency: str) -> dict[str, Any]:
    """One refund; `status` is what became of it at the gateway."""
    return {
        "id": row.pk,
        "payment": row.payment_id,
        "amount": plain(row.amount, currency),
        "reason": row.reason,
        "at": moment(row.at),
        "status": status,
    }


def _payment(row: Payment, currency: str) -> dict[str, Any]:
    return {
        "id": row.pk,
        "method": row.method,
        "reference": row.reference,
        "authorised": plain(row.authorised, currency),
        "captured": plain(row.captured, currency),
        "refunded": plain(row.refunded, currency),
        "charged_back": plain(row.charged_back, currency),
        "due_at": row.due_at and moment(row.due_at),
        "voided_at": row.voided_at and moment(row.voided_at),
        "transactions": [_transaction(each, currency) for each in row.transactions.all()],
    }


def _transaction(row: Transaction, currency: str) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "amount": plain(row.amount, currency),
        "status": row.status,
        "reference": row.reference,
        "error": row.error,
        "created_at": moment(row.created_at),
        "done_at": row.done_at and moment(row.done_at),
    }
