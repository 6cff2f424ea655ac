"""Application registry entry."""

from django.apps import AppConfig


class FulfillmentConfig(AppConfig):
    """Shipments, pick lists, parcels and returns: stages 4 to 7."""

    name = "fulfillment"
