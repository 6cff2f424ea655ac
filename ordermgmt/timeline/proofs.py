"""The evidence behind what the history of an order says, as tables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from inventory.retelling import retold
from ordermgmt.phrases import titled
from ordermgmt.sourcing_card import way_row
from orders.money import shown

Data = Mapping[str, Any]
Row = tuple[str, ...]


@dataclass(frozen=True)
class Proof:
    """Evidence: rows under a head, named by a caption."""

    caption: str
    head: Row
    rows: tuple[Row, ...]


def _money(data: Data, name: str, currency: str) -> str:
    return shown(Decimal(str(data.get(name, 0))), currency)


def _sourcing(data: Data, currency: str) -> list[Proof]:
    ways = tuple(
        (way.warehouses, _("Taken") if way.is_taken else way.why_not)
        for way in map(way_row, data.get("candidates", []))
    )
    sources = tuple(
        (str(row.get("sku")), str(row.get("warehouse")), str(row.get("quantity"))) for row in data.get("sources", [])
    )
    return [
        Proof(_("Who could send it"), (_("From"), _("Why not")), ways),
        Proof(_("Who sends what"), ("SKU", _("Warehouse"), _("Units")), sources),
    ]


def _result(check: Mapping[str, Any]) -> str:
    if check.get("passed"):
        return _("passed")
    spoken = _("overruled") if check.get("overruled") else _("trusted") if check.get("skipped") else ""
    return _("failed ({spoken})").format(spoken=spoken or check.get("outcome", "hold"))


def _checks(data: Data, currency: str) -> list[Proof]:
    rows = tuple(
        (
            titled(str(row.get("name"))),
            retold(str(row.get("value", ""))),
            retold(str(row.get("threshold", ""))),
            _result(row),
        )
        for row in data.get("checks", [])
    )
    return [Proof(_("Checks"), (_("Check"), _("Found"), _("Wanted"), _("Result")), rows)]


def _boxes(data: Data, currency: str) -> list[Proof]:
    rows = tuple((retold(str(row.get("carton"))), f"{row.get('weight_g', 0):,} g") for row in data.get("parcels", []))
    return [Proof(_("Parcels"), (_("Carton"), _("Weight")), rows)]


def _runners_up(data: Data, currency: str) -> list[Proof]:
    paid_in = data.get("currency", currency)
    rows = tuple((titled(str(row.get("service"))), _money(row, "price", paid_in)) for row in data.get("runner_up", []))
    return [Proof(_("Best of the other rates"), (_("Service"), _("Price")), rows)]


def _units_back(data: Data, currency: str) -> list[Proof]:
    rows = tuple((str(row.get("sku")), str(row.get("quantity"))) for row in data.get("lines", []))
    return [Proof(_("What came back"), ("SKU", _("Units")), rows)]


PROOFS: dict[str, Callable[[Data, str], list[Proof]]] = {
    "order.received": _sourcing,
    "order.sourced": _sourcing,
    "order.approved": _checks,
    "order.rejected": _checks,
    "shipment.packed": _boxes,
    "shipment.shipped": _runners_up,
    "order.returned": _units_back,
}
