"""Changes over the API: propose, look at what one would do, and let it go. Applying is the warehouse's business too."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, ClassVar

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from orders.api.answers import moment
from orders.api.endpoint import Endpoint, refusing
from orders.api.idempotency import Once, answered_once
from orders.api.orders import own_order
from orders.api.requests import (
    MOST_LINES,
    MOST_UNITS,
    AddressRequestSerializer,
    DiscountRequestSerializer,
    MoneyField,
    Strict,
    checked,
)
from orders.api.schema import IDEMPOTENCY_KEY
from orders.authentication import Caller, caller
from orders.changes.operations import NAMES, Operation, from_json, names_amounts
from orders.changes.proposals import discard, preview, propose
from orders.errors import PriceNotAllowed
from orders.models import ChangeSet, Order
from orders.money import unit

FIELDS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {  # what each operation needs, and what it may say
    "add_line": (frozenset({"sku", "quantity"}), frozenset({"unit_price"})),
    "set_quantity": (frozenset({"line", "quantity"}), frozenset()),
    "replace_line": (frozenset({"line", "sku"}), frozenset({"quantity"})),
    "set_address": (frozenset({"kind", "address"}), frozenset()),
    "set_shipping": (frozenset({"method"}), frozenset({"total"})),
    "set_discounts": (frozenset({"discounts"}), frozenset()),
    "set_notes": (frozenset(), frozenset({"note", "gift_note"})),
}
POSITIVE = ("add_line", "replace_line")


class OperationSerializer(Strict):
    """One thing to change; which of the other fields it takes depends on `op`."""

    op = serializers.ChoiceField(choices=list(NAMES))
    line = serializers.IntegerField(min_value=1, required=False, help_text="Its place in the order's `lines`, from 1.")
    sku = serializers.CharField(max_length=64, required=False)
    quantity = serializers.IntegerField(min_value=0, max_value=MOST_UNITS, required=False, help_text="0 calls it off.")
    unit_price = MoneyField(required=False, help_text="Needs the scope `orders:price`; else the catalogue's holds.")
    kind = serializers.ChoiceField(choices=["shipping", "billing"], required=False)
    address = AddressRequestSerializer(required=False)
    method = serializers.CharField(max_length=32, required=False, allow_blank=True, help_text="Of shipping.")
    total = MoneyField(required=False, help_text="What shipping costs. Needs the scope `orders:price`.")
    discounts = DiscountRequestSerializer(  # type: ignore[call-arg]
        many=True, required=False, max_length=20, help_text="Instead of those before. Needs `orders:price`."
    )
    note = serializers.CharField(max_length=500, allow_blank=True, required=False)
    gift_note = serializers.CharField(max_length=500, allow_blank=True, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Every operation has its own fields and no others."""
        needs, may = FIELDS[attrs["op"]]
        given, errors = attrs.keys() - {"op"}, {}
        for name in sorted(needs - given):
            errors[name] = [serializers.ErrorDetail("This field is required.", "required")]
        for name in sorted(given - needs - may):
            errors[name] = [serializers.ErrorDetail(f"{attrs['op']} does not take this.", "unknown_field")]
        if attrs["op"] in POSITIVE and attrs.get("quantity") == 0:
            errors["quantity"] = [serializers.ErrorDetail("At least 1.", "min_value")]
        if errors:
            raise serializers.ValidationError(errors)
        return attrs


class ChangeRequestSerializer(Strict):
    """What shall be changed, in this order, and why."""

    operations = OperationSerializer(many=True, allow_empty=False, max_length=MOST_LINES)  # type: ignore[call-arg]
    reason = serializers.CharField(max_length=200)


class LineChangeSerializer(serializers.Serializer[Any]):
    """One line before and after."""

    line = serializers.IntegerField()
    sku = serializers.CharField()
    name = serializers.CharField()
    before = serializers.IntegerField(help_text="Units.")
    after = serializers.IntegerField()
    unit_price = MoneyField()
    total_before = MoneyField()
    total_after = MoneyField()


class SumsSerializer(serializers.Serializer[Any]):
    """The totals of an order."""

    items_total = MoneyField()
    discount_total = MoneyField()
    shipping_total = MoneyField()
    tax_total = MoneyField()
    total = MoneyField()


class PreviewSerializer(serializers.Serializer[Any]):
    """What the change would do now; of one that was applied, what it did."""

    mark = serializers.CharField(help_text="What was looked at; send it as `seen` when you apply.")
    currency = serializers.CharField()
    lines = LineChangeSerializer(many=True)
    before = SumsSerializer()
    after = SumsSerializer()
    money = serializers.CharField(help_text="Who pays whom, in words.")
    notes = serializers.ListField(child=serializers.CharField())
    stock = serializers.ListField(child=serializers.CharField(), help_text="What is promised and given back.")
    missing = serializers.DictField(child=serializers.IntegerField(), help_text="Units left by SKU, if too few are.")
    fields_before = serializers.DictField(
        child=serializers.JSONField(), help_text="What differs beside goods and sums, by its name in the order."
    )
    fields_after = serializers.DictField(child=serializers.JSONField())
    promised_before = serializers.DateTimeField()
    promised_after = serializers.DateTimeField()
    trust = serializers.CharField(help_text="What the approval policy says; empty before it was asked.")
    put_back = serializers.CharField(help_text="What goes back on the shelf; confirm it by `put_back`.")
    why_not = serializers.CharField(help_text="Why it cannot be applied; empty when it can.")
    way_out = serializers.CharField()
    blocked = serializers.BooleanField(help_text="Whether it cannot be applied, whatever is confirmed.")


class ChangeSetSerializer(serializers.Serializer[Any]):
    """A proposed change of an order."""

    id = serializers.IntegerField()
    order = serializers.IntegerField(help_text="Its number.")
    status = serializers.CharField(help_text="`open`, `applied` or `discarded`.")
    reason = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()
    operations = serializers.ListField(child=serializers.DictField(child=serializers.JSONField()))
    preview = PreviewSerializer()


def shown_change(change: ChangeSet, seen: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The change with its preview of now, or with what it did or would have done."""
    if seen is None:
        seen = preview(change).to_json() if change.status == ChangeSet.Status.OPEN else change.preview
    return {
        "id": change.pk,
        "order": change.order.number,
        "status": str(change.status),
        "reason": change.reason,
        "by": change.by,
        "at": moment(change.at),
        "operations": change.operations,
        "preview": seen,
    }


def own_change(request: Request, number: int, change_id: int) -> ChangeSet:
    """A change of one of the channel's orders; 404 for every other."""
    return get_object_or_404(ChangeSet.objects.select_related("order"), order=own_order(request, number), pk=change_id)


def operations_of(who: Caller, order: Order, given: Sequence[Mapping[str, Any]]) -> tuple[Operation, ...]:
    """Validated operations as the desk takes them; raises PriceNotAllowed, and 400 for fractions of a penny."""
    step, errors = unit(order.currency), {}
    for path, amount in _amounts(given):
        if amount % step:
            detail = serializers.ErrorDetail(f"{order.currency} has steps of {step}.", "too_precise")
            errors[path] = [detail]
    if errors:
        raise serializers.ValidationError(errors)
    operations = from_json(given)
    if names_amounts(operations) and not who.may("orders:price"):
        raise PriceNotAllowed("Leave prices, discounts and shipping's total out, or use a key with orders:price.")
    return operations


def _amounts(given: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Decimal]]:
    for place, row in enumerate(given):
        named = {name: row[name] for name in ("unit_price", "total") if name in row}
        named |= {f"discounts.{n}.amount": one["amount"] for n, one in enumerate(row.get("discounts", ()))}
        yield from ((f"operations.{place}.{name}", amount) for name, amount in named.items())


class ChangesView(Endpoint):
    """`/api/v1/orders/{number}/changes/`"""

    scopes: ClassVar = {"GET": "orders:edit", "POST": "orders:edit"}

    @extend_schema(
        operation_id="changes_list",
        summary="List the changes of an order",
        description="Oldest first, each with what it did; for an open one, what it would do when it was proposed.",
        responses={200: ChangeSetSerializer(many=True), **refusing(404)},
        tags=["changes"],
    )
    def get(self, request: Request, number: int) -> Response:
        """All of them."""
        changes = own_order(request, number).change_sets.select_related("order")
        return Response([shown_change(change, change.preview) for change in changes])

    @extend_schema(
        operation_id="changes_propose",
        summary="Propose a change of an order",
        description="Nothing of the order is changed yet: the answer says what applying would do. An order has one "
        "open change at a time.",
        parameters=[IDEMPOTENCY_KEY],
        request=ChangeRequestSerializer,
        responses={
            201: OpenApiResponse(ChangeSetSerializer, description="Proposed, with its preview."),
            **refusing(400, 403, 404, 409, 413, 415, 422),
        },
        tags=["changes"],
    )
    def post(self, request: Request, number: int) -> HttpResponse:
        """Write it down."""
        return answered_once(request, partial(self._propose, request, own_order(request, number)))

    def _propose(self, request: Request, order: Order, once: Once) -> Response:
        given, who = checked(ChangeRequestSerializer, request.data), caller(request)
        operations = operations_of(who, order, given["operations"])
        change = propose(order.pk, operations, reason=given["reason"], by=who.name)
        return Response(shown_change(change, change.preview), status=201)


class ChangeView(Endpoint):
    """`/api/v1/orders/{number}/changes/{id}/`"""

    scopes: ClassVar = {"GET": "orders:edit"}

    @extend_schema(
        operation_id="changes_show",
        summary="Show a change",
        description="With what it would do now; of one that has ended, with what it did.",
        responses={200: ChangeSetSerializer, **refusing(404, 409, 422)},
        tags=["changes"],
    )
    def get(self, request: Request, number: int, change_id: int) -> Response:
        """The change and its preview."""
        return Response(shown_change(own_change(request, number, change_id)))


class DiscardView(Endpoint):
    """`/api/v1/orders/{number}/changes/{id}/discard/`"""

    scopes: ClassVar = {"POST": "orders:edit"}

    @extend_schema(
        operation_id="changes_discard",
        summary="Let a proposed change go",
        description="Discarding twice changes nothing and answers 200.",
        request=None,
        responses={200: ChangeSetSerializer, **refusing(404, 409)},
        tags=["changes"],
    )
    def post(self, request: Request, number: int, change_id: int) -> Response:
        """Not wanted after all."""
        discard(own_change(request, number, change_id).pk, by=caller(request).name)
        return Response(shown_change(own_change(request, number, change_id)))
