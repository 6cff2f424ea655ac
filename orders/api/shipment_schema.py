"""The shapes of shipments and parcels in answers, for the documentation."""

from typing import Any

from rest_framework import serializers


class ComponentSerializer(serializers.Serializer[Any]):
    """Units of one product in a bundle."""

    sku = serializers.CharField()
    quantity = serializers.IntegerField()


class ParcelSerializer(serializers.Serializer[Any]):
    """A box on its way."""

    number = serializers.IntegerField()
    status = serializers.CharField(
        help_text="`packed`, `labelled`, `in_transit`, `out_for_delivery`, `delivery_failed`, `returning`, `lost`, "
        "`returned_to_sender` or `delivered`; it only moves forward."
    )
    weight_g = serializers.IntegerField()
    carrier = serializers.CharField(allow_null=True)
    tracking_number = serializers.CharField(allow_null=True)


class OrderParcelSerializer(ParcelSerializer):
    """A box on its way, and what is in it."""

    items = ComponentSerializer(many=True)


class ShipmentSerializer(serializers.Serializer[Any]):
    """What one warehouse sends."""

    code = serializers.CharField(help_text="Order number, dash, shipment number.")
    warehouse = serializers.CharField()
    state = serializers.CharField()
    state_since = serializers.DateTimeField()
    parcels = ParcelSerializer(many=True)


class OrderShipmentSerializer(ShipmentSerializer):
    """What one warehouse sends of an order."""

    parcels = OrderParcelSerializer(many=True)


class ProgressSerializer(serializers.Serializer[Any]):
    """How far the order's shipments are: partly shipped is more than none and less than all of them."""

    shipments = serializers.IntegerField(help_text="Those that were not stopped.")
    shipped = serializers.IntegerField(help_text="Of these, how many have left a warehouse.")
    delivered = serializers.IntegerField(help_text="Of these, how many have arrived.")
