"""What the ship desk is narrowed down to: a view, a way, a warehouse, a carrier with its service, and a cut-off."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfillment.models import CarrierAccount, CarrierService, Parcel, Shipment
from inventory.models import Warehouse
from orders.flow import State

VIEWS = {"label": gettext_lazy("Wait for labels"), "labelled": gettext_lazy("Labelled"), "held": gettext_lazy("Held")}
WAYS = {"": gettext_lazy("Everywhere"), "home": gettext_lazy("At home"), "export": gettext_lazy("Exports")}
CUT_OFF = re.compile(r"[0-2]\d:[0-5]\d", re.ASCII)


@dataclass(frozen=True)
class Narrowed:
    """What is looked at; empty: all. Carrier and service are codes, the cut-off is a time on the warehouse's clock."""

    view: str = "label"
    way: str = ""
    warehouse: str = ""
    carrier: str = ""
    service: str = ""
    cut_off: str = ""
    carrier_name: str = ""

    @property
    def query(self) -> dict[str, str]:
        """As the address of the page has it."""
        said = {name: getattr(self, name) for name in ("warehouse", "carrier", "service", "cut_off")}
        return {"view": self.view, "way": self.way, **said}

    @property
    def words(self) -> str:
        """For people, in the title of a run."""
        view = _("All that wait") if self.view == "label" else VIEWS[self.view]
        carrier = f"{self.carrier_name} {self.service.capitalize()}".strip()
        parts = (
            view,
            self.warehouse,
            self.way and WAYS[self.way],
            carrier,
            self.cut_off and _("for {cut_off}").format(cut_off=self.cut_off),
        )
        return ", ".join(str(part) for part in parts if part)


def narrowed(given: Mapping[str, str]) -> Narrowed:
    """What is unknown is as if it was not asked."""
    view, way, cut_off = given.get("view", ""), given.get("way", ""), given.get("cut_off", "")
    account = CarrierAccount.objects.filter(code=given["carrier"]).first() if given.get("carrier") else None
    return Narrowed(
        view=view if view in VIEWS else "label",
        way=way if way in WAYS else "",
        warehouse=_warehouse(given.get("warehouse", "")),
        carrier=account.code if account else "",
        carrier_name=account.name if account else "",
        service=_service(account, given.get("service", "")),
        cut_off=cut_off if CUT_OFF.fullmatch(cut_off) else "",
    )


def waiting(asked: Narrowed, *, places: Collection[int] = ()) -> QuerySet[Shipment]:
    """The shipments of a view, a way and a warehouse, or of these warehouses alone; the most urgent promise first."""
    rows = marked().filter(view_is=asked.view)
    if asked.way:
        rows = rows.filter(leaves=asked.way == "export")
    rows = rows.filter(warehouse__code=asked.warehouse) if asked.warehouse else rows
    rows = rows.filter(warehouse__in=places) if places else rows
    return rows.order_by("order__promised_at", "pk")


def marked() -> "QuerySet[Any]":
    """Packed shipments that people send, with the view and the way that each belongs to."""
    lacks = Parcel.objects.filter(shipment=OuterRef("pk"), label=None)
    held = Q(open_holds__gt=0) | Q(order__open_holds__gt=0)
    rows = Shipment.objects.filter(state=State.PACKED, warehouse__mode=Warehouse.Mode.MANUAL)
    return rows.annotate(
        view_is=Case(When(held, Value("held")), When(Exists(lacks), Value("label")), default=Value("labelled")),
        to=KeyTextTransform("country", "order__shipping_address"),
        leaves=Case(When(to=F("warehouse__country"), then=False), default=True, output_field=BooleanField()),
    )


def _warehouse(code: str) -> str:
    known = code and Warehouse.objects.filter(mode=Warehouse.Mode.MANUAL, code=code).exists()
    return code if known else ""


def _service(account: CarrierAccount | None, code: str) -> str:
    known = account and code and CarrierService.objects.filter(account=account, code=code).exists()
    return code if known else ""
