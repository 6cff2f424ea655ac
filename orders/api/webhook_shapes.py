"""The shapes of webhook endpoints and deliveries, in bodies and answers."""

from typing import Any

from rest_framework import serializers

from orders.api.requests import Strict
from orders.api.schema import PageSerializer
from orders.models import WebhookDelivery


class ChangeEndpointSerializer(Strict):
    """Where to, and what of."""

    url = serializers.CharField(max_length=500, help_text="https, at a public address.")
    events = serializers.ListField(
        child=serializers.CharField(max_length=60), max_length=40, help_text="Names, or patterns: `order.*`, `*`."
    )


class MakeEndpointSerializer(ChangeEndpointSerializer):
    """An endpoint to make."""

    name = serializers.CharField(max_length=80)


class WebhookEndpointSerializer(serializers.Serializer[Any]):
    """An endpoint as it is; its secret is shown once, when it is made."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    url = serializers.CharField()
    events = serializers.ListField(child=serializers.CharField())
    active = serializers.BooleanField()
    failing_since = serializers.DateTimeField(allow_null=True)
    stopped_why = serializers.CharField(help_text="Why nothing is sent there, when it is not active.")
    waiting = serializers.IntegerField(help_text="Events to be sent there.")


class NewEndpointSerializer(WebhookEndpointSerializer):
    """With the secret; nobody can read it again."""

    secret = serializers.CharField(help_text="`whsec_…`, of Standard Webhooks.")


class SecretSerializer(serializers.Serializer[Any]):
    """The new secret, shown once."""

    secret = serializers.CharField()


class WebhookDeliverySerializer(serializers.Serializer[Any]):
    """One event for the endpoint, and what came of it."""

    id = serializers.IntegerField()
    event = serializers.CharField(help_text="As in the header `webhook-id`.")
    name = serializers.CharField()
    order = serializers.IntegerField()
    seq = serializers.IntegerField()
    status = serializers.ChoiceField(choices=WebhookDelivery.Status.choices)
    attempts = serializers.IntegerField()
    due_at = serializers.DateTimeField(allow_null=True)
    tried_at = serializers.DateTimeField(allow_null=True)
    code = serializers.IntegerField(allow_null=True, help_text="HTTP status of the last answer.")
    answer = serializers.CharField(help_text="Its first words, or why there was none.")


class WebhookDeliveryPageSerializer(PageSerializer):
    """A page of deliveries."""

    results = WebhookDeliverySerializer(many=True)


class EndpointsSerializer(serializers.Serializer[Any]):
    """All endpoints."""

    results = WebhookEndpointSerializer(many=True)


class WebhookDeliveryQuerySerializer(Strict):
    """Which deliveries."""

    status = serializers.ChoiceField(choices=WebhookDelivery.Status.choices, required=False)
    cursor = serializers.CharField(required=False, help_text="From `next` or `previous`.")
    page_size = serializers.IntegerField(min_value=1, max_value=500, default=100)


class RedeliverSerializer(Strict):
    """One delivery, or all whose events happened since a moment."""

    delivery = serializers.IntegerField(min_value=1, required=False)
    since = serializers.DateTimeField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Exactly one of both."""
        if len(attrs) != 1:
            raise serializers.ValidationError("Name either `delivery` or `since`.")
        return attrs


class WaitingSerializer(serializers.Serializer[Any]):
    """How many are sent again."""

    waiting = serializers.IntegerField()
