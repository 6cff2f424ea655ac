"""The shapes of announced returns over the API."""

from typing import Any

from rest_framework import serializers

from fulfillment.models import Return, ReturnUnit
from fulfillment.return_flow import ReturnState
from fulfillment.returns.settling import return_money
from orders.api.answers import moment
from orders.api.requests import MOST_LINES, MOST_UNITS, AddressRequestSerializer, MoneyField, Strict
from orders.money import plain


class ReasonSerializer(serializers.Serializer[Any]):
    """One reason that can be chosen."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    fault = serializers.CharField(help_text="customer, shop or carrier: who pays for the way back.")
    needs_photo = serializers.BooleanField()


class ReasonGroupSerializer(serializers.Serializer[Any]):
    """Reasons under one heading of the shop's tree."""

    label = serializers.CharField()  # type: ignore[assignment]
    reasons = ReasonSerializer(many=True)


class WishLineSerializer(Strict):
    """Units of one line that are to come back."""

    line = serializers.IntegerField(min_value=1, help_text="Its place in the order, from 1.")
    quantity = serializers.IntegerField(min_value=1, max_value=MOST_UNITS)
    reason = serializers.CharField(max_length=24, help_text="A code of `return-reasons/`.")
    note = serializers.CharField(max_length=500, default="", allow_blank=True)
    exchange_sku = serializers.CharField(max_length=64, default="", allow_blank=True)


class WishSerializer(Strict):
    """What is to come back, and what for."""

    key = serializers.CharField(max_length=50, help_text="Your own name for it; the same key is one return.")
    resolution = serializers.ChoiceField(choices=Return.Resolution.choices, default=Return.Resolution.REFUND)
    lines = WishLineSerializer(many=True, allow_empty=False, max_length=MOST_LINES)  # type: ignore[call-arg]


class StepSerializer(Strict):
    """What a step takes: `why` to decline, `received` to receive, grade and disposition to inspect a unit, the right
    `address` to send again.
    """

    why = serializers.CharField(max_length=300, required=False)
    received = serializers.DictField(
        child=serializers.IntegerField(min_value=0), required=False, help_text="Units that came, by the line's place."
    )
    address = AddressRequestSerializer(required=False)
    line = serializers.IntegerField(min_value=1, required=False)
    grade = serializers.ChoiceField(choices=ReturnUnit.Grade.choices, required=False)
    disposition = serializers.ChoiceField(choices=ReturnUnit.Disposition.choices, required=False)
    note = serializers.CharField(max_length=300, default="", allow_blank=True)
    bin = serializers.CharField(
        max_length=16,
        default="",
        allow_blank=True,
        help_text="Where an inspected unit is put that is for sale again: a bin's code; empty: where it belongs.",
    )


class AnnouncedLineSerializer(serializers.Serializer[Any]):
    """One line of a return."""

    line = serializers.IntegerField()
    sku = serializers.CharField()
    quantity = serializers.IntegerField()
    received = serializers.IntegerField()
    inspected = serializers.IntegerField()
    reason = serializers.CharField()


class AnnouncedSerializer(serializers.Serializer[Any]):
    """A return and how far it is; `worth` is what it gives in all, or gave."""

    rma = serializers.CharField()
    number = serializers.IntegerField()
    order = serializers.IntegerField()
    state = serializers.ChoiceField(choices=ReturnState.choices)
    resolution = serializers.ChoiceField(choices=Return.Resolution.choices)
    requested_at = serializers.DateTimeField()
    carrier = serializers.CharField()
    tracking_number = serializers.CharField()
    way = serializers.CharField(
        allow_blank=True, help_text="The furthest that the carrier has told of its parcel, as of outgoing ones."
    )
    arrived_at = serializers.DateTimeField(allow_null=True, help_text="When the carrier brought it, by its word.")
    worth = MoneyField()
    refund = MoneyField()
    credit = MoneyField()
    exchange = serializers.IntegerField(allow_null=True, help_text="The number of the exchange's order.")
    sent_again = serializers.IntegerField(allow_null=True, help_text="The number of the order that sends it again.")
    lines = AnnouncedLineSerializer(many=True)


class CreditSerializer(serializers.Serializer[Any]):
    """The customer's store credit, by currency."""

    balance = serializers.DictField(child=serializers.CharField())


class SpendSerializer(Strict):
    """Store credit to pay with."""

    key = serializers.CharField(max_length=50, help_text="Your own name for it; the same key is spent once.")
    amount = MoneyField()


def shown_return(row: Return) -> dict[str, Any]:
    """One return for a program."""
    lines = list(row.lines.select_related("order_line").prefetch_related("units"))
    currency, settled = row.order.currency, row.state == ReturnState.SETTLED
    worth = row.refund + row.credit if settled else return_money(row, lines).total
    return {
        "rma": row.rma,
        "number": row.number,
        "order": row.order.number,
        "state": row.state,
        "resolution": row.resolution,
        "requested_at": moment(row.requested_at),
        "carrier": row.carrier,
        "tracking_number": row.tracking_number,
        "way": row.way,
        "arrived_at": row.arrived_at and moment(row.arrived_at),
        "worth": plain(worth, currency),
        "refund": plain(row.refund, currency),
        "credit": plain(row.credit, currency),
        "exchange": row.exchange.number if row.exchange else None,
        "sent_again": row.sent_again.number if row.sent_again else None,
        "lines": [
            {
                "line": line.order_line.position,
                "sku": line.order_line.sku,
                "quantity": line.quantity,
                "received": line.received,
                "inspected": len(line.units.all()),
                "reason": line.reason,
            }
            for line in lines
        ],
    }
