"""Scanning parcels onto the open manifest of a pick-up, and taking one off again."""

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from fulfillment.dock.verdicts import Judged, Verdict, judged, parcel_of
from fulfillment.errors import ManifestRefused
from fulfillment.models import CarrierAccount, Label, Manifest, Parcel, Shipment
from fulfillment.queue import held_shipment
from inventory import clock
from inventory.models import Warehouse

MOST_CODE = 100


def scan(code: str, *, account: CarrierAccount, warehouse: Warehouse, by: str) -> Judged:
    """Judge one code and put its parcel onto the open manifest if it may go; a second scan of it changes nothing."""
    plain = code.strip().upper()[:MOST_CODE]
    parcel = parcel_of(plain)
    if parcel is None:
        return Judged(
            plain, Verdict.UNKNOWN, _("{plain} is no parcel of this shop").format(plain=plain or _("Nothing"))
        )
    with held_shipment(parcel.shipment_id):
        manifest = open_one(account, warehouse) or Manifest(account=account, warehouse=warehouse)
        parcel = parcel_of(plain) or parcel  # looked at again under the lock
        found = judged(plain, parcel, manifest)
        if found.verdict == Verdict.TAKEN:
            _put(parcel, manifest if manifest.pk else open_manifest(account, warehouse, by=by))
    return found


def take_off(parcel_id: int, *, manifest: Manifest) -> None:
    """The carrier does not take it after all. Raises ManifestRefused once the manifest is closed."""
    with held_shipment(Parcel.objects.values_list("shipment_id", flat=True).get(pk=parcel_id)):
        if Label.objects.filter(parcel=parcel_id, manifest=manifest).update(manifest=None):
            _count(manifest, -1)
            Parcel.objects.filter(pk=parcel_id, shipment__in=_here()).update(handed_over_at=None)


def open_manifest(account: CarrierAccount, warehouse: Warehouse, *, by: str) -> Manifest:
    """The one that is scanned onto; a new one where the last was closed."""
    if found := open_one(account, warehouse):
        return found
    now = clock.now()
    earlier = Manifest.objects.filter(account=account, warehouse=warehouse, day=now.date()).order_by("-number").first()
    try:
        with transaction.atomic():
            return Manifest.objects.create(
                account=account,
                warehouse=warehouse,
                day=now.date(),
                number=earlier.number + 1 if earlier else 1,
                at=now,
                by=by[:80],
            )
    except IntegrityError:  # another scanner was quicker; its manifest is the one
        return Manifest.objects.get(account=account, warehouse=warehouse, closed_at=None)


def open_one(account: CarrierAccount, warehouse: Warehouse) -> Manifest | None:
    """The one that is scanned onto, if something was."""
    return Manifest.objects.filter(account=account, warehouse=warehouse, closed_at=None).first()


def _put(parcel: Parcel, manifest: Manifest) -> None:
    _count(manifest, 1)
    Label.objects.filter(parcel=parcel).update(manifest=manifest)
    Parcel.objects.filter(pk=parcel.pk).update(handed_over_at=clock.now())


def _count(manifest: Manifest, step: int) -> None:
    """Waits for whoever is closing it; what is closed stays as it is."""
    if not Manifest.objects.filter(pk=manifest.pk, closed_at=None).update(parcels=F("parcels") + step):
        raise ManifestRefused(_("{code} is closed: scan it again for the next one").format(code=manifest.code))


def _here() -> QuerySet[Shipment]:
    return Shipment.objects.filter(shipped_at=None)
