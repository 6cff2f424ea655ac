"""What the addresses of customers and of the blocked list take and answer."""

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from orders.api import answers
from orders.api.answers import moment
from orders.api.requests import MoneyField, Strict
from orders.api.schema import OrderRowSerializer, PageSerializer
from orders.customers.standing import PaymentHistory
from orders.models import Blocked, Customer, Order, Tier
from orders.money import plain


class CustomerQuerySerializer(Strict):
    """Which customers."""

    email = serializers.CharField(max_length=254, required=False, help_text="The whole address, in any case.")
    tier = serializers.ChoiceField(choices=Tier.choices, required=False, help_text="The one that counts.")
    cursor = serializers.CharField(required=False, help_text="From `next` or `previous`.")
    page_size = serializers.IntegerField(min_value=1, max_value=500, default=100)


class TierRequestSerializer(Strict):
    """What a person says of a customer."""

    tier = serializers.ChoiceField(
        choices=Tier.choices, allow_blank=True, help_text="Empty: the computed one counts again."
    )
    reason = serializers.CharField(max_length=200, allow_blank=True, default="", help_text="Needed with a tier.")


class MergeRequestSerializer(Strict):
    """Who is the same person."""

    duplicate = serializers.IntegerField(min_value=1, help_text="The id of the customer whose orders move here.")


class EraseRequestSerializer(Strict):
    """That it is meant."""

    email = serializers.EmailField(help_text="The customer's e-mail address once more, so that nobody else is erased.")


class BlockRequestSerializer(Strict):
    """Whom the shop does not serve."""

    kind = serializers.ChoiceField(choices=Blocked.Kind.choices)
    value = serializers.CharField(
        max_length=300, help_text="An address as `first line, postal code, country`: `1 High Street, N1 9GU, GB`."
    )
    reason = serializers.CharField(max_length=200)


class BlockedSerializer(serializers.Serializer[Any]):
    """One mark of somebody the shop does not serve."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Blocked.Kind.choices)
    value = serializers.CharField(help_text="In the form that orders are compared by.")
    reason = serializers.CharField()
    since = serializers.DateTimeField()


class BlockedPageSerializer(PageSerializer):
    """A page of the blocked list."""

    results = BlockedSerializer(many=True)


class CustomerRowSerializer(serializers.Serializer[Any]):
    """A customer as a row of a list."""

    id = serializers.IntegerField()
    email = serializers.EmailField()
    name = serializers.CharField()
    phone = serializers.CharField()
    tier = serializers.CharField(help_text="`A`, `B` or `C`, or empty while there is none: the one that counts.")
    blocked = serializers.BooleanField(help_text="Their orders are rejected.")
    customer_since = serializers.DateTimeField()


class CustomerPageSerializer(PageSerializer):
    """A page of customers."""

    results = CustomerRowSerializer(many=True)


class ScoreSerializer(serializers.Serializer[Any]):
    """One input of the tier."""

    name = serializers.CharField()
    value = serializers.CharField(help_text="What was found, in words.")
    points = serializers.IntegerField()
    most = serializers.IntegerField(help_text="How many points it could be; 0 where there are only some to lose.")


class ScoresSerializer(serializers.Serializer[Any]):
    """How the tier was computed."""

    tier = serializers.CharField(help_text="What was computed, before any override.")
    override = serializers.CharField(help_text="What a person said instead, or empty.")
    points = serializers.IntegerField()
    sentence = serializers.CharField()
    inputs = ScoreSerializer(many=True)
    at = serializers.DateTimeField(allow_null=True)


class SpendingSerializer(serializers.Serializer[Any]):
    """Orders in one currency that were not called off."""

    currency = serializers.CharField()
    orders = serializers.IntegerField()
    total = MoneyField()
    usual = MoneyField(help_text="The median order.")


class PaymentHistorySerializer(serializers.Serializer[Any]):
    """How they ordered and paid, in all channels of the shop."""

    orders = serializers.IntegerField()
    finished = serializers.IntegerField(help_text="Delivered.")
    called_off = serializers.IntegerField()
    returned = serializers.IntegerField(help_text="Orders of which something came back.")
    paid_on_time = serializers.IntegerField(help_text="Bills with a due date.")
    paid_late = serializers.IntegerField()
    overdue_now = serializers.IntegerField()
    charged_back = serializers.IntegerField()
    spending = SpendingSerializer(many=True)


class CustomerSerializer(CustomerRowSerializer):
    """A customer with what they bought in the channel, and how they pay."""

    scores = ScoresSerializer()
    payments = PaymentHistorySerializer()
    orders = OrderRowSerializer(many=True, help_text="In your channel, the newest first, a hundred at most.")


class ExportSerializer(serializers.Serializer[Any]):
    """Everything that is held of a person: rows as the database has them."""

    customer = serializers.DictField()
    other_addresses = serializers.ListField(child=serializers.DictField())
    history = serializers.ListField(child=serializers.DictField())
    blocked = serializers.ListField(child=serializers.DictField())
    orders = serializers.ListField(child=serializers.DictField())


def shown_row(customer: Customer) -> dict[str, Any]:
    """The customer as a row of a list."""
    return {
        "id": customer.pk,
        "email": customer.email,
        "name": customer.name,
        "phone": customer.phone,
        "tier": customer.standing,
        "blocked": customer.blocked,
        "customer_since": moment(customer.created_at),
    }


def shown_customer(customer: Customer, history: PaymentHistory, orders: Iterable[Order]) -> dict[str, Any]:
    """The whole customer."""
    return {
        **shown_row(customer),
        "scores": {
            "tier": customer.tier,
            "override": customer.tier_override,
            "points": customer.scores.get("points", 0),
            "sentence": customer.scores.get("sentence", ""),
            "inputs": customer.scores.get("inputs", []),
            "at": customer.scored_at and moment(customer.scored_at),
        },
        "payments": _shown_history(history),
        "orders": [answers.shown_row(order) for order in orders],
    }


def shown_entry(entry: Blocked) -> dict[str, Any]:
    """One entry of the blocked list."""
    return {
        "id": entry.pk,
        "kind": entry.kind,
        "value": entry.value,
        "reason": entry.reason,
        "since": moment(entry.at),
    }


def _shown_history(history: PaymentHistory) -> dict[str, Any]:
    counts = (
        "orders",
        "finished",
        "called_off",
        "returned",
        "paid_on_time",
        "paid_late",
        "overdue_now",
        "charged_back",
    )
    return {
        **{name: getattr(history, name) for name in counts},
        "spending": [
            {
                "currency": currency,
                "orders": spent.orders,
                "total": plain(spent.total, currency),
                "usual": plain(spent.usual, currency),
            }
            for currency, spent in sorted(history.spending.items())
        ],
    }
