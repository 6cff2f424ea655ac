"""Labels: bought once, given back once, and found again when the carrier sold one that we never kept.

The carrier is asked outside any transaction; what it sold is kept under the order's lock. A crash in between leaves
the label with the carrier, and the next try gets the same one for the same key. A label that nobody comes back for is
an orphan: `tidy_labels()` gives it back.
"""

from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext_noop

from fulfillment.carriers.accounts import carrier_of
from fulfillment.carriers.carrier import Purchase
from fulfillment.carriers.packages import package_of
from fulfillment.carriers.quoting import key_of, parcel_id_of, quote_for, rate_of
from fulfillment.errors import CarrierError, CarrierRefused
from fulfillment.flow import no_holds, not_held, order_runs
from fulfillment.models import CarrierAccount, Label, Manifest, Parcel, RateQuote, Return, Shipment, VoidedLabel
from fulfillment.queue import held_shipment
from inventory import clock
from orders.errors import NotAllowedNow
from orders.flow import State
from orders.history import record
from orders.money import plain
from orders.queue import each_alone

CHANGED = "the order was changed while its label was bought"
STOPPED = "the shipment was stopped"
LOOK_BACK = timedelta(days=7)
TIDY = "system:labels"
MOST = 500
LEASES = 12  # half an hour: nobody who was leased the shipment can still be about to keep the label


def buy_labels(shipment: Shipment, *, by: str) -> None:
    """One label for each parcel that has none, kept as soon as it is bought; safe to repeat.

    Raises NotAllowedNow when the order was changed in the meantime, and CarrierError when a carrier did not sell, once
    all parcels were tried: one parcel's failure stops no other.
    """
    blockers = [str(guard.__doc__) for guard in (no_holds, not_held) if not guard(shipment)]
    if shipment.state != State.PACKED or not order_runs(shipment) or blockers:
        raise NotAllowedNow("ship", shipment, [f"it takes that {words[0].lower()}{words[1:]}" for words in blockers])
    failures: list[CarrierError] = []
    for parcel in shipment.parcels.filter(label=None).select_related("carton"):
        try:
            _buy(parcel, shipment, by=by)
        except CarrierError as error:
            failures.append(error)
    if failures:
        raise failures[0]


def _buy(parcel: Parcel, shipment: Shipment, *, by: str) -> None:
    version = shipment.order.version
    package = package_of(parcel, shipment, key=key_of(parcel, version), at=clock.now())
    quote = quote_for(parcel, shipment, package=package)
    try:
        purchase = carrier_of(quote.account).buy(package, rate_of(quote))
    except CarrierRefused as refusal:  # the next try asks the others
        RateQuote.objects.filter(pk=quote.pk).update(state=RateQuote.State.REFUSED, note=str(refusal)[:200])
        raise
    with held_shipment(shipment.pk) as now_held:
        unused = keep_label(now_held, parcel, quote, purchase, version=version, by=by)
    if unused:
        give_back(unused.pk)
        raise NotAllowedNow("ship", shipment, [unused.reason])


def keep_label(
    shipment: Shipment, parcel: Parcel, quote: RateQuote, purchase: Purchase, *, version: int, by: str
) -> VoidedLabel | None:
    """Write what was bought for a parcel of a held shipment; what another worker has kept is the same one.

    Returns the label as voided where it cannot be used: it may be for another address.
    """
    if Label.objects.filter(parcel=parcel).exists():
        return None
    if VoidedLabel.objects.filter(tracking_number=purchase.tracking_number).exists():
        raise CarrierError(gettext_noop("The label was given back in the meantime; the next try buys another one"))
    reason = CHANGED if shipment.order.version != version else "" if shipment.state == State.PACKED else STOPPED
    if reason:
        record(shipment.order, "label.dropped", by=by, shipment=shipment.code, tracking=purchase.tracking_number)
        return write_off(quote.account, purchase, parcel_id=parcel.pk, reason=reason, by=by)
    label = Label.objects.create(
        parcel=parcel,
        account=quote.account,
        carrier=quote.account.name,
        service=purchase.service,
        tracking_number=purchase.tracking_number,
        reference=purchase.reference,
        document_url=purchase.document_url,
        cost=purchase.cost,
        currency=purchase.currency,
        bought_at=purchase.bought_at,
        expected_at=purchase.arrives_at,
        transit_days=quote.days,
        why=quote.why,
        runner_up=quote.runner_up,
    )
    RateQuote.objects.filter(pk=quote.pk).update(state=RateQuote.State.BOUGHT)
    Parcel.objects.filter(pk=parcel.pk, status=Parcel.Status.PACKED).update(
        status=Parcel.Status.LABELLED, status_at=label.bought_at
    )
    record(shipment.order, "parcel.labelled", by=by, **_told(shipment, parcel, label, quote))
    return None


def void_label(parcel_id: int, *, reason: str, by: str) -> VoidedLabel:
    """Give the label of a parcel that is still here back; another one can be bought for it.

    Raises NotAllowedNow when it has left or has no label.
    """
    with held_shipment(Parcel.objects.values_list("shipment_id", flat=True).get(pk=parcel_id)) as shipment:
        label = Label.objects.select_related("account", "manifest").filter(parcel=parcel_id).first()
        is_gone = label and label.manifest and label.manifest.closed_at is not None
        if not label or not label.account or shipment.state != State.PACKED or is_gone:
            blocker = "its parcel has a label" if not label else "it has not left"
            raise NotAllowedNow("void a label of", shipment, [f"it takes that {blocker}"])
        voided = _take_off(shipment, label, label.account, reason=reason, by=by)
    return give_back(voided.pk)


def give_back(voided_id: int) -> VoidedLabel:
    """Tell the carrier, outside any transaction, and keep its answer; telling again changes nothing."""
    row = VoidedLabel.objects.select_related("account").get(pk=voided_id)
    if row.voided_at is None:
        answer = carrier_of(row.account).void(row.tracking_number, reference=row.reference)
        row.voided_at, row.answer = clock.now(), answer[:200]
        row.save(update_fields=["voided_at", "answer"])
    return row


def tidy_labels() -> int:
    """Find and give back what was sold and is not used: orphans, labels of stopped shipments; returns how many."""
    for account in CarrierAccount.objects.filter(active=True):
        each_alone([account], find_orphans, failed="Orphaned labels of %s could not be looked for")
    stopped = Label.objects.filter(parcel__shipment__state=State.CANCELLED).exclude(account=None)
    ids = list(stopped.values_list("parcel_id", flat=True)[:MOST])
    each_alone(ids, partial(_take_off_stopped, by=TIDY), failed="The label of parcel %s could not be taken off")
    open_ = list(VoidedLabel.objects.filter(voided_at=None).values_list("pk", flat=True)[:MOST])
    return each_alone(open_, give_back, failed="Voided label %s could not be given back")


def find_orphans(account: CarrierAccount) -> list[VoidedLabel]:
    """Write off what the carrier has sold, long enough ago, and we have never kept."""
    now, age = clock.now(), timedelta(seconds=LEASES * settings.LEASE_SECONDS)
    sold = [row for row in carrier_of(account).sold(since=now - LOOK_BACK) if row.bought_at < now - age]
    numbers = [row.tracking_number for row in sold]
    known = set(Label.objects.filter(tracking_number__in=numbers).values_list("tracking_number", flat=True))
    known |= set(Return.objects.filter(tracking_number__in=numbers).values_list("tracking_number", flat=True))
    known |= set(VoidedLabel.objects.filter(tracking_number__in=numbers).values_list("tracking_number", flat=True))
    found = (_orphan(account, row) for row in sold if row.tracking_number not in known)
    return [row for row in found if row]


def write_off(
    account: CarrierAccount, purchase: Purchase, *, parcel_id: int | None, reason: str, by: str
) -> VoidedLabel:
    """A label that is sold and will not be used; the carrier is told later."""
    return VoidedLabel.objects.create(
        account=account,
        parcel_id=parcel_id,
        tracking_number=purchase.tracking_number,
        reference=purchase.reference,
        service=purchase.service,
        cost=purchase.cost,
        currency=purchase.currency,
        bought_at=purchase.bought_at,
        reason=reason,
        at=clock.now(),
        by=by,
    )


def _orphan(account: CarrierAccount, purchase: Purchase) -> VoidedLabel | None:
    """Looked at again under the order's lock, where whoever is just keeping it would be waited for."""
    parcel = Parcel.objects.filter(pk=parcel_id_of(purchase.key) or 0).first()
    if not parcel:
        return write_off(account, purchase, parcel_id=None, reason="sold, but for no parcel of ours", by=TIDY)
    with held_shipment(parcel.shipment_id) as shipment:
        if Label.objects.filter(tracking_number=purchase.tracking_number).exists():
            return None
        told = {"shipment": shipment.code, "parcel": parcel.number, "tracking": purchase.tracking_number}
        record(shipment.order, "label.voided", by=TIDY, reason=gettext_noop("bought, but never kept"), **told)
        return write_off(account, purchase, parcel_id=parcel.pk, reason=gettext_noop("bought, but never kept"), by=TIDY)


def _take_off_stopped(parcel_id: int, *, by: str) -> None:
    with held_shipment(Parcel.objects.values_list("shipment_id", flat=True).get(pk=parcel_id)) as shipment:
        label = Label.objects.select_related("account").get(parcel=parcel_id)
        if label.account:
            _take_off(shipment, label, label.account, reason=STOPPED, by=by)


def _take_off(shipment: Shipment, label: Label, account: CarrierAccount, *, reason: str, by: str) -> VoidedLabel:
    """The label leaves its parcel and is kept as voided."""
    bought = Purchase(
        key="",
        tracking_number=label.tracking_number,
        service=label.service,
        cost=label.cost,
        currency=label.currency,
        bought_at=label.bought_at,
        arrives_at=label.expected_at,
        reference=label.reference,
    )
    told = {"shipment": shipment.code, "parcel": label.parcel.number, "tracking": label.tracking_number}
    record(shipment.order, "label.voided", by=by, reason=reason, **told)
    on_manifest = Manifest.objects.filter(labels=label, closed_at=None).values("pk")
    if Manifest.objects.filter(pk__in=on_manifest).update(parcels=F("parcels") - 1):
        Parcel.objects.filter(pk=label.parcel_id).update(handed_over_at=None)
    label.delete()
    return write_off(account, bought, parcel_id=label.parcel_id, reason=reason, by=by)


def _told(shipment: Shipment, parcel: Parcel, label: Label, quote: RateQuote) -> dict[str, object]:
    return {
        "shipment": shipment.code,
        "parcel": parcel.number,
        "carrier": label.carrier,
        "service": label.service,
        "tracking": label.tracking_number,
        "cost": plain(label.cost, label.currency),
        "currency": label.currency,
        "why": quote.why,
        "runner_up": quote.runner_up,
        "saving": plain(quote.saving, quote.currency),
        "on_time": quote.on_time,
    }
