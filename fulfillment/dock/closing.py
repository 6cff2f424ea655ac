"""Closing a manifest: frozen at once, then written into each order's history, then told to the carrier.

Each step is safe to repeat and the next one finds what a crash left out, so goods that are gone are never forgotten.
"""

from datetime import timedelta
from functools import partial

from django.utils.translation import gettext as _

from fulfillment.carriers.accounts import carrier_of
from fulfillment.errors import CarrierError, ManifestRefused
from fulfillment.models import Label, Manifest
from fulfillment.queue import held_shipment
from inventory import clock
from orders.flow import State
from orders.history import record
from orders.queue import each_alone

LEFT_ALONE = timedelta(minutes=2)  # for whoever closes it to finish
GIVEN_UP = timedelta(days=1)


def close(manifest_id: int, *, by: str) -> Manifest:
    """The carrier drives off. Raises ManifestRefused when nothing was scanned; closing again changes nothing."""
    open_ = Manifest.objects.filter(pk=manifest_id, closed_at=None, parcels__gt=0)
    open_.update(closed_at=clock.now(), closed_by=by[:80])
    manifest = Manifest.objects.get(pk=manifest_id)
    if manifest.closed_at is None:
        raise ManifestRefused(_("Nothing was scanned onto this manifest yet"))
    finish(manifest_id)
    return tell(manifest_id)


def finish(manifest_id: int) -> int:
    """Tell the orders' histories; returns of how many shipments that was missing.

    What has all its parcels handed over is due for stage 6.
    """
    waiting = Label.objects.filter(manifest=manifest_id, manifested_at=None).order_by("parcel__shipment")
    ids = list(dict.fromkeys(waiting.values_list("parcel__shipment", flat=True)))
    return each_alone(
        ids, partial(_hand_over, manifest_id=manifest_id), failed="Shipment %s was not told of its manifest"
    )


def tell(manifest_id: int) -> Manifest:
    """Give the carrier the list, outside any transaction, and keep its answer or its refusal."""
    manifest = Manifest.objects.select_related("account").get(pk=manifest_id)
    if manifest.told_at or manifest.closed_at is None:
        return manifest
    purchases = list(manifest.labels.order_by("pk").values_list("tracking_number", "reference"))
    try:
        answer = carrier_of(manifest.account).manifest(purchases)
    except CarrierError as error:
        manifest.trouble = str(error)[:200]
    else:
        manifest.told_at, manifest.trouble = clock.now(), ""
        manifest.reference, manifest.document_url = answer.reference[:80], answer.document_url[:500]
    manifest.save(update_fields=["told_at", "trouble", "reference", "document_url"])
    return manifest


def finish_manifests() -> int:
    """Go on with what a crash cut off; returns how many manifests that were."""
    since, until = clock.now() - GIVEN_UP, clock.now() - LEFT_ALONE
    closed = Manifest.objects.filter(closed_at__gt=since, closed_at__lt=until)
    unfinished = closed.filter(labels__manifested_at=None, labels__isnull=False).distinct()
    untold = closed.filter(told_at=None, trouble="")
    ids = sorted({*unfinished.values_list("pk", flat=True), *untold.values_list("pk", flat=True)})
    return each_alone(ids, _go_on, failed="Manifest %s could not be finished")


def _go_on(manifest_id: int) -> None:
    finish(manifest_id)
    tell(manifest_id)


def _hand_over(shipment_id: int, *, manifest_id: int) -> None:
    manifest, now = Manifest.objects.get(pk=manifest_id), clock.now()
    with held_shipment(shipment_id) as shipment:
        labels = list(
            Label.objects.filter(parcel__shipment=shipment, manifest=manifest, manifested_at=None)
            .select_related("parcel")
            .order_by("parcel__number")
        )
        Label.objects.filter(pk__in=[label.pk for label in labels]).update(manifested_at=now)
        for label in labels:
            told = {"shipment": shipment.code, "parcel": label.parcel.number, "manifest": manifest.code}
            told |= {"carrier": label.carrier, "tracking": label.tracking_number}
            record(shipment.order, "parcel.handed_over", by=manifest.closed_by, **told)
        if shipment.state == State.PACKED and not shipment.parcels.exclude(label__manifested_at__isnull=False).exists():
            shipment.due_at = now
            shipment.save(update_fields=["due_at"])
