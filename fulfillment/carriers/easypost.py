"""EasyPost, through its official library: one account opens a hundred carriers.

The library is an extra (`pip install ordermgmt[easypost]`), so this module is imported only where an account uses it.
A shipment there is made when rates are asked, and named in every rate; buying looks first whether it has a label
already, so a purchase whose answer was lost is found and not repeated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from easypost.easypost_client import EasyPostClient
from easypost.errors.api.invalid_request_error import InvalidRequestError
from easypost.errors.general.easypost_error import EasyPostError
from easypost.errors.general.signature_verification_error import SignatureVerificationError
from easypost.util import validate_webhook

from fulfillment.carriers.carrier import Collection, Package, Place, Purchase, Rate, Scan
from fulfillment.errors import CarrierError, CarrierRefused, WebhookRefused

GRAMS_PER_OUNCE = 28.349523125
MM_PER_INCH = 25.4
USUAL_DAYS = 7  # where a carrier does not say how long it takes
PAGE = 100
STATUSES = {
    "in_transit": "in_transit",
    "out_for_delivery": "out_for_delivery",
    "available_for_pickup": "out_for_delivery",
    "delivered": "delivered",
    "return_to_sender": "returning",
    "failure": "delivery_failed",
}
RETURNED = "returned_to_sender"
# What the words of a status leave open, its detail says.
DETAILS = {"lost": "lost", "received_at_origin_facility": "in_transit"}


@dataclass(frozen=True)
class EasyPostCarrier:
    """The adapter, for one account."""

    account: str
    client: Any
    secret: str = ""

    def rate(self, package: Package) -> list[Rate]:
        """One shipment of theirs for the parcel, and what each of their carriers asks."""
        shipment = self._ask(self.client.shipment.create, **_shipment(package))
        return [self._rate(shipment, row, package) for row in shipment.rates]

    def buy(self, package: Package, rate: Rate) -> Purchase:
        """The label, or the one this shipment has already."""
        shipment_id, rate_id = rate.reference.split("/")
        shipment = self._ask(self.client.shipment.retrieve, shipment_id)
        if not getattr(shipment, "postage_label", None):
            shipment = self._ask(self.client.shipment.buy, shipment_id, rate={"id": rate_id})
        return _purchase(shipment, arrives_at=rate.arrives_at)

    def void(self, tracking_number: str, *, reference: str) -> str:
        """A refund is asked for; carriers decide on it within weeks."""
        try:
            shipment = self._ask(self.client.shipment.refund, reference)
        except CarrierRefused as error:
            return str(error)[:200]  # refunded before, or too late: the answer is kept
        return str(shipment.refund_status)

    def sold(self, *, since: datetime) -> list[Purchase]:
        """All shipments that were bought and not given back, page by page."""
        found: list[Purchase] = []
        page = self._ask(self.client.shipment.all, purchased=True, start_datetime=since.isoformat(), page_size=PAGE)
        while True:
            rows = page["shipments"]
            found += [_purchase(row) for row in rows if row.reference and not getattr(row, "refund_status", None)]
            if not page["has_more"] or not rows:
                return found
            page = self._ask(self.client.shipment.get_next_page, page, PAGE)

    def track(self, tracking_numbers: Sequence[str], *, now: datetime) -> dict[str, list[Scan]]:
        """Their tracker of each number."""
        found = {}
        for number in tracking_numbers:
            trackers = self._ask(self.client.tracker.all, tracking_code=number, page_size=1)["trackers"]
            if trackers:
                found[number] = _scans(trackers[0].to_dict())
        return found

    def manifest(self, purchases: Sequence[tuple[str, str]]) -> Collection:
        """A scan form for all of them."""
        shipments = [{"id": reference} for _, reference in purchases]
        form = self._ask(self.client.scan_form.create, shipments=shipments)
        return Collection(str(form.id), str(form.form_url or ""))

    def read_webhook(self, body: bytes, headers: Mapping[str, str]) -> list[Scan]:
        """By their signature; events of other kinds than trackers have no news."""
        try:
            event = validate_webhook(body, {"X-Hmac-Signature": headers.get("X-Hmac-Signature", "")}, self.secret)
            return _scans(event["result"]) if event["description"].startswith("tracker.") else []
        except SignatureVerificationError:
            raise WebhookRefused("The signature does not fit the message") from None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise WebhookRefused(f"The message cannot be read: {error}") from None

    def _rate(self, shipment: Any, row: Any, package: Package) -> Rate:
        days = int(row.delivery_days or row.est_delivery_days or USUAL_DAYS)
        return Rate(
            account=self.account,
            service=f"{row.carrier} {row.service}"[:32],
            price=Decimal(str(row.rate)),
            currency=str(row.currency),
            arrives_at=package.ready_at + timedelta(days=days),
            days=days,
            reference=f"{shipment.id}/{row.id}",
        )

    def _ask(self, act: Any, *args: Any, **fields: Any) -> Any:
        try:
            return act(*args, **fields)
        except InvalidRequestError as error:
            raise CarrierRefused(f"EasyPost refuses: {error.message}") from error
        except EasyPostError as error:
            raise CarrierError(f"EasyPost: {error.message}") from error


def client_of(settings: Mapping[str, Any]) -> Any:
    """The library's client for an account's `api_key`; raises CarrierError without one."""
    if not settings.get("api_key"):
        raise CarrierError("The EasyPost account has no api_key in its settings")
    return EasyPostClient(settings["api_key"], timeout=int(settings.get("timeout", 20)))


def _shipment(package: Package) -> dict[str, Any]:
    length, width, height = (round(side / MM_PER_INCH, 1) for side in package.size_mm)
    size = {"length": length, "width": width, "height": height} if all(package.size_mm) else {}
    wanted: dict[str, Any] = {
        "reference": package.key,
        "from_address": _address(package.origin),
        "to_address": _address(package.destination),
        "parcel": {"weight": round(package.weight_g / GRAMS_PER_OUNCE, 1), **size},
        "options": {"label_format": "PDF", "label_size": "4x6"},
    }
    if package.crosses_a_border:
        wanted["customs_info"] = _customs(package)
    return wanted


def _customs(package: Package) -> dict[str, Any]:
    return {
        "contents_type": "merchandise",
        "non_delivery_option": "return",
        "customs_certify": True,
        "customs_signer": package.origin.name,
        "customs_items": [
            {
                "description": content.name,
                "quantity": content.quantity,
                "value": float(content.value * content.quantity),
                "weight": round(content.weight_g * content.quantity / GRAMS_PER_OUNCE, 1),
                "hs_tariff_number": content.hs_code,
                "origin_country": content.origin,
                "currency": package.currency,
                "code": content.sku,
            }
            for content in package.contents
        ],
    }


def _address(place: Place) -> dict[str, str]:
    return {
        "name": place.name,
        "company": place.company,
        "street1": place.line1,
        "street2": place.line2,
        "city": place.city,
        "state": place.region,
        "zip": place.postal_code,
        "country": place.country,
        "phone": place.phone,
        "email": place.email,
    }


def _purchase(shipment: Any, arrives_at: datetime | None = None) -> Purchase:
    rate, bought_at = shipment.selected_rate, datetime.fromisoformat(str(shipment.postage_label.created_at))
    days = int(rate.delivery_days or USUAL_DAYS)
    return Purchase(
        key=str(shipment.reference),
        tracking_number=str(shipment.tracking_code),
        service=f"{rate.carrier} {rate.service}"[:32],
        cost=Decimal(str(rate.rate)),
        currency=str(rate.currency),
        bought_at=bought_at,
        arrives_at=arrives_at or bought_at + timedelta(days=days),
        reference=str(shipment.id),
        document_url=str(shipment.postage_label.label_url or ""),
    )


def _scans(tracker: Mapping[str, Any]) -> list[Scan]:
    """What moves a parcel or tells of it; that a label was made is no news."""
    number = str(tracker["tracking_code"])
    return [
        Scan(
            key=f"{number}:{row['datetime']}:{row['status']}:{row.get('status_detail') or ''}"[:120],
            status=status,
            description=str(row.get("message") or status)[:200],
            at=datetime.fromisoformat(str(row["datetime"])),
            tracking_number=number,
            raw=row,
        )
        for row in tracker["tracking_details"]
        if (status := _status(row))
    ]


def _status(row: Mapping[str, Any]) -> str:
    detail = str(row.get("status_detail") or "")
    if row["status"] == "return_to_sender" and detail == "return_delivered":
        return RETURNED
    return DETAILS.get(detail) or STATUSES.get(str(row["status"]), "")
