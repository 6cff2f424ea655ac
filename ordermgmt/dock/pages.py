"""What the dock lists: each carrier at each warehouse with what waits for it, and the manifests it took."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from fulfillment.dock.reading import standing
from fulfillment.models import CarrierAccount, Manifest
from inventory.models import Warehouse

MANIFESTS_SHOWN = 20


@dataclass(frozen=True)
class PickUpCard:
    """One carrier at one warehouse: parcels on its open manifest, and others that could go with it."""

    account: CarrierAccount
    warehouse: Warehouse
    scanned: int
    missing: int


def pick_ups() -> list[PickUpCard]:
    """Those with something to do first; in four queries."""
    places = list(Warehouse.objects.filter(mode=Warehouse.Mode.MANUAL, active=True))
    accounts = list(CarrierAccount.objects.filter(active=True))
    rows = standing().values_list("account", "parcel__shipment__warehouse").annotate(count=Count("pk")).order_by()
    missing = {(account, place): count for account, place, count in rows}
    open_ = Manifest.objects.filter(closed_at=None).values_list("account", "warehouse", "parcels")
    scanned = {(account, place): count for account, place, count in open_}
    cards = [
        PickUpCard(account, place, scanned.get((account.pk, place.pk), 0), missing.get((account.pk, place.pk), 0))
        for place in places
        for account in accounts
    ]
    return sorted(cards, key=lambda card: -(card.scanned + card.missing))


def latest_manifests() -> Sequence[Manifest]:
    """Closed ones, the latest first."""
    closed = Manifest.objects.filter(closed_at__isnull=False).select_related("account", "warehouse")
    return list(closed.order_by("-closed_at")[:MANIFESTS_SHOWN])
