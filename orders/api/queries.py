"""What lists and feeds may be asked for."""

from rest_framework import serializers

from orders.api.requests import Strict


class ProductQuerySerializer(Strict):
    """Which products."""

    search = serializers.CharField(
        max_length=100, allow_blank=True, required=False, help_text="Words in the name, the SKU or the barcode."
    )
    sku = serializers.ListField(
        child=serializers.CharField(max_length=64), max_length=100, required=False, help_text="May be repeated."
    )
    family = serializers.CharField(max_length=64, required=False, help_text="Only the variants of this family.")
    cursor = serializers.CharField(required=False, help_text="From `next` or `previous`.")
    page_size = serializers.IntegerField(min_value=1, max_value=500, default=100)


class EventQuerySerializer(Strict):
    """From where, and how many."""

    after = serializers.CharField(
        allow_blank=True, default="", help_text="`next` of the answer before; the first time left out."
    )
    limit = serializers.IntegerField(min_value=1, max_value=1000, default=100)
