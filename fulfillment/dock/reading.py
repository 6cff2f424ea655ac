"""What the dock shows of a pick-up: what was scanned, and what of this carrier still stands here."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from fulfillment.models import CarrierAccount, Label, Manifest
from inventory.models import Warehouse
from orders.flow import State


@dataclass(frozen=True)
class PickUp:
    """One carrier at one warehouse: the open manifest, if something was scanned, its labels, and the others here."""

    account: CarrierAccount
    warehouse: Warehouse
    manifest: Manifest | None
    scanned: Sequence[Label]
    missing: Sequence[Label]


def pick_up(account: CarrierAccount, warehouse: Warehouse) -> PickUp:
    """In three queries: what was scanned the latest first, what is missing by its promise."""
    manifest = Manifest.objects.filter(account=account, warehouse=warehouse, closed_at=None).first()
    scanned = _with_parcels(Label.objects.filter(manifest=manifest)) if manifest else Label.objects.none()
    return PickUp(
        account=account,
        warehouse=warehouse,
        manifest=manifest,
        scanned=list(scanned.order_by("-parcel__handed_over_at", "-pk")),
        missing=list(_with_parcels(waiting(account, warehouse)).order_by("parcel__shipment__order__promised_at", "pk")),
    )


def waiting(account: CarrierAccount, warehouse: Warehouse) -> QuerySet[Label]:
    """Labels whose parcels could go with this carrier now, and were not scanned."""
    return standing().filter(account=account, parcel__shipment__warehouse=warehouse)


def standing() -> QuerySet[Label]:
    """The same for all carriers and warehouses."""
    held = Q(parcel__shipment__open_holds__gt=0) | Q(parcel__shipment__order__open_holds__gt=0)
    return Label.objects.filter(manifest=None, parcel__shipment__state=State.PACKED).exclude(held)


def on_manifest(manifest: Manifest) -> QuerySet[Label]:
    """Its labels with their parcels, in the order they were scanned."""
    return _with_parcels(Label.objects.filter(manifest=manifest)).order_by("parcel__handed_over_at", "pk")


def _with_parcels(labels: QuerySet[Label]) -> QuerySet[Label]:
    return labels.select_related("parcel__shipment__order__customer", "parcel__shipment__warehouse")
