"""What the stock room's addresses take and answer: deliveries, receipts and adjustments."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rest_framework import serializers

from inventory.models import ExpectedDelivery, ExpectedLine, Product, Stock, Warehouse
from inventory.selectors import bin_called
from orders.api.answers import moment
from orders.api.requests import MOST_LINES, MOST_UNITS, BasketLineSerializer, Strict
from orders.api.schema import PageSerializer
from orders.errors import UnknownSku

STATES = ExpectedDelivery.State.choices


class DeliveryQuerySerializer(Strict):
    """Which deliveries."""

    warehouse = serializers.CharField(max_length=16, required=False, help_text="Its code.")
    state = serializers.ChoiceField(choices=STATES, required=False)
    reference = serializers.CharField(max_length=40, required=False, help_text="The purchase order or delivery note.")
    cursor = serializers.CharField(required=False, help_text="From `next` or `previous`.")
    page_size = serializers.IntegerField(min_value=1, max_value=500, default=100)


class DeliveryRequestSerializer(Strict):
    """What a supplier has announced."""

    warehouse = serializers.CharField(max_length=16, help_text="The code of the one it comes to.")
    reference = serializers.CharField(
        max_length=40, help_text="The purchase order or delivery note; no two deliveries share one."
    )
    supplier = serializers.CharField(max_length=120, allow_blank=True, default="")
    due_on = serializers.DateField(help_text="The warehouse's day.")
    lines = BasketLineSerializer(many=True, allow_empty=False, max_length=MOST_LINES)  # type: ignore[call-arg]


class ReceiptLineRequestSerializer(Strict):
    """Units of one SKU that came."""

    sku = serializers.CharField(max_length=64)
    received = serializers.IntegerField(
        min_value=0, max_value=MOST_UNITS, default=0, help_text="Good ones: they go on the shelf."
    )
    damaged = serializers.IntegerField(
        min_value=0, max_value=MOST_UNITS, default=0, help_text="They are noted and do not go on the shelf."
    )
    bin = serializers.CharField(
        max_length=16,
        default="",
        allow_blank=True,
        help_text="The code of the bin that the good ones are put into; empty: where the product belongs.",
    )


class ReceiptRequestSerializer(Strict):
    """What came at once. Fewer units than expected, more, and of other products are all taken."""

    lines = ReceiptLineRequestSerializer(many=True, allow_empty=False, max_length=MOST_LINES)  # type: ignore[call-arg]


class AdjustmentRequestSerializer(Strict):
    """A correction of what is on hand in one warehouse."""

    sku = serializers.CharField(max_length=64)
    warehouse = serializers.CharField(max_length=16, help_text="Its code.")
    quantity = serializers.IntegerField(
        min_value=-MOST_UNITS, max_value=MOST_UNITS, help_text="Units more, or with a minus fewer."
    )
    reason = serializers.CharField(max_length=200, help_text="In words; it stands in the ledger.")


class DeliveryLineSerializer(serializers.Serializer[Any]):
    """Units of one product of a delivery."""

    sku = serializers.CharField()
    expected = serializers.IntegerField(help_text="0 when it came without being expected.")
    received = serializers.IntegerField(help_text="Put on the shelf.")
    damaged = serializers.IntegerField()
    outstanding = serializers.IntegerField(help_text="Still to come; after closing, what never came.")


class DeliveryRowSerializer(serializers.Serializer[Any]):
    """A delivery as a row of a list."""

    id = serializers.IntegerField()
    reference = serializers.CharField()
    warehouse = serializers.CharField()
    supplier = serializers.CharField()
    due_on = serializers.DateField()
    state = serializers.ChoiceField(choices=STATES)
    lines = DeliveryLineSerializer(many=True)


class ReceiptLineSerializer(serializers.Serializer[Any]):
    """Units of one product that came."""

    sku = serializers.CharField()
    received = serializers.IntegerField()
    damaged = serializers.IntegerField()


class ReceiptSerializer(serializers.Serializer[Any]):
    """What came at once."""

    at = serializers.DateTimeField()
    lines = ReceiptLineSerializer(many=True)


class DeliverySerializer(DeliveryRowSerializer):
    """A delivery with all that came of it."""

    receipts = ReceiptSerializer(many=True)


class DeliveryPageSerializer(PageSerializer):
    """A page of deliveries."""

    results = DeliveryRowSerializer(many=True)


class AdjustmentSerializer(serializers.Serializer[Any]):
    """What is there after an adjustment."""

    sku = serializers.CharField()
    warehouse = serializers.CharField()
    quantity = serializers.IntegerField()
    reason = serializers.CharField()
    on_hand = serializers.IntegerField()
    reserved = serializers.IntegerField()
    lost = serializers.IntegerField(
        help_text="Units that were promised and are not there any more; the shop looks for others."
    )


def products_by_sku(skus: Iterable[str]) -> dict[str, int]:
    """Product ids, also of what is no longer sold; raises UnknownSku."""
    wanted = set(skus)
    found = dict(Product.objects.filter(sku__in=wanted).values_list("sku", "pk"))
    if unknown := sorted(wanted - found.keys()):
        raise UnknownSku(unknown)
    return found


def units_by_product(lines: Sequence[Mapping[str, Any]], *, of: str) -> dict[int, int]:
    """The units under the name `of`, by product id; a SKU that stands there twice is added up."""
    ids = products_by_sku(line["sku"] for line in lines)
    units: Counter[int] = Counter()
    for line in lines:
        units[ids[line["sku"]]] += line[of]
    return dict(units)


def bins_by_product(lines: Sequence[Mapping[str, Any]], *, warehouse: Warehouse) -> dict[int, int]:
    """The bins that lines name, by product id. Raises ValidationError for an unknown one, or two for one product."""
    ids = products_by_sku(line["sku"] for line in lines)
    bins: dict[int, int] = {}
    for line in lines:
        if not line["bin"]:
            continue
        found = bin_called(warehouse.pk, line["bin"])
        if found is None:
            raise serializers.ValidationError({"lines": [f"{warehouse.code} has no bin {line['bin']}."]})
        if bins.setdefault(ids[line["sku"]], found) != found:
            raise serializers.ValidationError({"lines": [f"Put {line['sku']} into one bin at a time."]})
    return bins


def shown_delivery_row(delivery: ExpectedDelivery) -> dict[str, Any]:
    """A delivery with its lines; needs `warehouse` and `lines__stock__product`."""
    return {
        "id": delivery.pk,
        "reference": delivery.reference,
        "warehouse": delivery.warehouse.code,
        "supplier": delivery.supplier,
        "due_on": delivery.due_on.isoformat(),
        "state": str(delivery.state),
        "lines": [_line(row) for row in delivery.lines.all()],
    }


def shown_delivery(delivery: ExpectedDelivery) -> dict[str, Any]:
    """A delivery with its receipts, oldest first."""
    skus = {str(row.pk): row.stock.product.sku for row in delivery.lines.all()}
    receipts = [
        {
            "at": moment(receipt.at),
            "lines": [
                {"sku": skus[line_id], "received": good, "damaged": damaged}
                for line_id, (good, damaged) in receipt.units.items()
            ],
        }
        for receipt in delivery.receipts.all()
    ]
    return {**shown_delivery_row(delivery), "receipts": receipts}


def shown_adjustment(row: Stock, given: Mapping[str, Any], *, lost: int) -> dict[str, Any]:
    """What was asked for, and what is there now."""
    return {**given, "on_hand": row.on_hand, "reserved": row.reserved, "lost": lost}


def _line(row: ExpectedLine) -> dict[str, Any]:
    return {
        "sku": row.stock.product.sku,
        "expected": row.expected,
        "received": row.received,
        "damaged": row.damaged,
        "outstanding": row.outstanding,
    }
