"""Pick work over the API: handhelds of any make take lists and send their scans, one by one or after a while."""

from typing import Any, ClassVar

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from fulfillment.api import own_shipment
from fulfillment.errors import FulfillmentError
from fulfillment.models import PickList, Scan
from fulfillment.pickwork import giving
from fulfillment.pickwork.reading import shown_list
from fulfillment.pickwork.scanning import Act, scan_all
from fulfillment.pickwork.shorts import REASONS
from fulfillment.pickwork.verdicts import Seen
from inventory.models import Warehouse
from inventory.retelling import retold
from orders.api.endpoint import Endpoint, refusing
from orders.api.requests import MOST_UNITS, Strict, checked
from orders.authentication import caller

MOST_SCANS = 500
WHY = {**REASONS, "wrong_item": "Wrong item", "wrong_quantity": "Wrong quantity"}


class PickerSerializer(Strict):
    """Whose hands."""

    picker = serializers.RegexField(r"^[^:]{1,40}\Z", help_text="Who picks, as the shop calls them.")


class NextListSerializer(PickerSerializer):
    """Who is free, and where."""

    warehouse = serializers.SlugField(max_length=16, help_text="Its code.")


class OfShipmentSerializer(Strict):
    """Whose goods."""

    shipment = serializers.CharField(max_length=24, help_text="Its code.")


class ScanSerializer(Strict):
    """One act. A bin is scanned first; an item counts under the bin scanned before it."""

    id = serializers.UUIDField(help_text="Made by the device; the same id is taken once.")
    action = serializers.ChoiceField(choices=Scan.Action.choices)
    at = serializers.DateTimeField(help_text="By the device's clock.")
    bin = serializers.CharField(max_length=32, allow_blank=True, default="")
    code = serializers.CharField(max_length=120, allow_blank=True, default="")
    units = serializers.IntegerField(min_value=1, max_value=MOST_UNITS, default=1)
    task = serializers.IntegerField(required=False, allow_null=True, help_text="Without a scan, short or corrected.")
    reason = serializers.ChoiceField(choices=list(WHY.items()), allow_blank=True, default="")
    counted = serializers.IntegerField(
        min_value=0, max_value=MOST_UNITS, required=False, allow_null=True, help_text="Good units that still lie there."
    )


class ScanBatchSerializer(Strict):
    """Acts in the order in which they were done."""

    scans = ScanSerializer(many=True, allow_empty=False, max_length=MOST_SCANS)  # type: ignore[call-arg]


class ScansSerializer(ScanBatchSerializer, PickerSerializer):
    """The same, and by whom."""


class PickTaskSerializer(serializers.Serializer[Any]):
    """Units of one product to take from one bin, for one shipment."""

    id = serializers.IntegerField()
    bin = serializers.CharField(help_text="Empty where nobody knows it.")
    sku = serializers.CharField()
    name = serializers.CharField()
    codes = serializers.ListField(child=serializers.CharField(), help_text="What is read on the goods, in capitals.")
    quantity = serializers.IntegerField()
    picked = serializers.IntegerField()
    short = serializers.IntegerField(help_text="Units that were not there.")
    shipment = serializers.CharField()
    totes = serializers.ListField(child=serializers.IntegerField(), help_text="Where it goes; empty: there is one.")
    called_off = serializers.BooleanField(help_text="Nothing more of it is taken; what was taken goes back.")


class PickListSerializer(serializers.Serializer[Any]):
    """A list with its tasks in walking order."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=PickList.Kind.choices)
    name = serializers.CharField(help_text="Of a wave: what its orders have in common.")
    state = serializers.ChoiceField(choices=PickList.State.choices)
    picker = serializers.CharField()
    warehouse = serializers.CharField()
    cut_off_at = serializers.DateTimeField(allow_null=True)
    metres = serializers.FloatField(allow_null=True)
    tasks = PickTaskSerializer(many=True)


class PickListsSerializer(serializers.Serializer[Any]):
    """All of them."""

    results = PickListSerializer(many=True)


class VerdictSerializer(serializers.Serializer[Any]):
    """What came of one act. Nothing moves unless it is right."""

    id = serializers.UUIDField()
    verdict = serializers.ChoiceField(choices=Scan.Verdict.choices)
    said = serializers.CharField(help_text="A sentence for the person.")
    task = serializers.IntegerField(allow_null=True)
    units = serializers.IntegerField()


class VerdictsSerializer(serializers.Serializer[Any]):
    """A verdict for each act, in order, and the list as it is now."""

    verdicts = VerdictSerializer(many=True)
    list = PickListSerializer(allow_null=True)


THE_LIST = OpenApiResponse(PickListSerializer, description="The list as it is now.")


def acts_of(scans: list[dict[str, Any]]) -> list[Act]:
    """Checked scans as the station's services take them."""
    return [
        Act(
            id=row["id"],
            seen=Seen(row["action"], row["bin"], row["code"], row["units"], row.get("task")),
            at=row["at"],
            reason=row["reason"],
            counted=row.get("counted"),
        )
        for row in scans
    ]


def _verdict(row: Scan) -> dict[str, Any]:
    said = retold(row.said)
    return {"id": str(row.pk), "verdict": row.verdict, "said": said, "task": row.task_id, "units": row.units}


def answered(list_id: int, scans: list[dict[str, Any]], *, by: str) -> dict[str, Any]:
    """Take these scans in and say what came of each; the list is gone if it is part of another one by now."""
    rows = scan_all(list_id, acts_of(scans), by=by)
    pick_list = PickList.objects.filter(pk=list_id).select_related("warehouse").first()
    return {
        "verdicts": [
            {
                "id": str(row.pk),
                "verdict": row.verdict,
                "said": retold(row.said),
                "task": row.task_id,
                "units": row.units,
            }
            for row in rows
        ],
        "list": shown_list(pick_list) if pick_list else None,
    }


def list_by_id(list_id: int) -> PickList:
    """404 when there is none."""
    return get_object_or_404(PickList.objects.select_related("warehouse"), pk=list_id)


def own_list(request: Request, list_id: int) -> PickList:
    """404 when there is none that the key may see: of its warehouse, if it is of one."""
    row = list_by_id(list_id)
    if caller(request).warehouse_id not in (None, row.warehouse_id):
        raise Http404
    return row


class PickWork(Endpoint):
    """What the addresses of pick work share."""

    scopes: ClassVar = {"GET": "fulfillment:write", "POST": "fulfillment:write"}
    refusals: ClassVar = {FulfillmentError: 409}


class NextListView(PickWork):
    """`/api/v1/pick-lists/next/`"""

    @extend_schema(
        operation_id="pick_lists_next",
        summary="Take the next pick list",
        description="The list the picker has in hand, else the most urgent one of the warehouse: highest priority, "
        "then the earliest cut-off, then the oldest. 409 `nothing_to_pick` when nothing waits.",
        request=NextListSerializer,
        responses={200: THE_LIST, **refusing(400, 404, 409, 413, 415)},
        tags=["picking"],
    )
    def post(self, request: Request) -> Response:
        """Asked again it is the same list."""
        given = checked(NextListSerializer, request.data)
        warehouse = get_object_or_404(Warehouse, code=given["warehouse"], mode=Warehouse.Mode.MANUAL)
        if caller(request).warehouse_id not in (None, warehouse.pk):
            raise Http404
        taken = giving.next_list(warehouse, picker=given["picker"])
        return Response(shown_list(own_list(request, taken.pk)))


class PickListsView(PickWork):
    """`/api/v1/pick-lists/`"""

    @extend_schema(
        operation_id="pick_lists_list",
        summary="Find the pick lists of a shipment",
        description="Those that still have something to take for it; one may be of other shipments, too.",
        parameters=[OfShipmentSerializer],
        responses={200: PickListsSerializer, **refusing(400, 404)},
        tags=["picking"],
    )
    def get(self, request: Request) -> Response:
        """With their tasks."""
        shipment = own_shipment(request, checked(OfShipmentSerializer, request.query_params)["shipment"])
        lists = PickList.objects.filter(tasks__shipment_line__shipment=shipment, finished_at=None).distinct()
        return Response({"results": [shown_list(row) for row in lists.select_related("warehouse")]})


class PickListView(PickWork):
    """`/api/v1/pick-lists/{id}/`"""

    @extend_schema(
        operation_id="pick_lists_get",
        summary="Read a pick list",
        responses={200: THE_LIST, **refusing(404)},
        tags=["picking"],
    )
    def get(self, request: Request, list_id: int) -> Response:
        """With its tasks."""
        return Response(shown_list(own_list(request, list_id)))


class ScansView(PickWork):
    """`/api/v1/pick-lists/{id}/scans/`"""

    @extend_schema(
        operation_id="pick_lists_scan",
        summary="Send scans",
        description="Each is judged and done in the order given; what is wrong, late or on a list that somebody else "
        "has in hand moves nothing. An id that is known already is answered as before, so after a lost answer, or an "
        "hour without a network, everything is simply sent again.",
        request=ScansSerializer,
        responses={200: VerdictsSerializer, **refusing(400, 404, 409, 413, 415)},
        tags=["picking"],
    )
    def post(self, request: Request, list_id: int) -> Response:
        """A verdict for each."""
        given = checked(ScansSerializer, request.data)
        return Response(answered(own_list(request, list_id).pk, given["scans"], by=given["picker"]))


class PassListView(PickWork):
    """`/api/v1/pick-lists/{id}/{step}/`"""

    @extend_schema(
        operation_id="pick_lists_pass",
        summary="Pause, resume, take over or give back a pick list",
        description="`step` is `pause`, `resume`, `take-over` or `give-back`. Asked again it changes nothing.",
        request=PickerSerializer,
        responses={200: THE_LIST, **refusing(400, 404, 409, 413, 415)},
        tags=["picking"],
    )
    def post(self, request: Request, list_id: int, step: str) -> Response:
        """From one pair of hands to another."""
        given = checked(PickerSerializer, request.data)
        if step not in giving.STEPS:
            raise Http404
        giving.STEPS[step](own_list(request, list_id).pk, by=given["picker"])
        return Response(shown_list(own_list(request, list_id)))
