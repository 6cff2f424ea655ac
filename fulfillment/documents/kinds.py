"""What can be printed. A kind names what one row of it draws; a new one needs an entry here and its drawing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from fulfillment.errors import NoSuchDocument
from fulfillment.models import PickTask, Return, Shipment
from inventory.wording import Words

Target = tuple[int, str]
CARRIER_LABEL = "carrier-label"


@dataclass(frozen=True)
class Kind:
    """A kind of document.

    `drawing` is the dotted path of a function that takes the id of a target and returns its PDF; it raises
    FulfillmentError, in words for people, when there is nothing to draw. It may be called again for the same target.
    `targets` are the ids and names of what is printed for some shipments, in their order.
    """

    name: str
    title: Words
    plural: Words
    drawing: str
    targets: Callable[[QuerySet[Shipment]], list[Target]]


def themselves(shipments: QuerySet[Shipment]) -> list[Target]:
    """The shipments, by their codes."""
    return [(row.pk, row.code) for row in shipments.select_related("order")]


def lists_of(shipments: QuerySet[Shipment]) -> list[Target]:
    """Each pick list with something of the shipments, once."""
    turn = {pk: place for place, pk in enumerate(shipments.values_list("pk", flat=True))}
    tasks = PickTask.objects.filter(shipment_line__shipment__in=list(turn)).order_by()
    pairs = tasks.values_list("shipment_line__shipment", "pick_list").distinct()
    found = dict.fromkeys(pk for _, pk in sorted((turn[shipment], pk) for shipment, pk in pairs))
    return [(pk, f"P{pk}") for pk in found]


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "pick-list",
            _("Pick list"),
            _("Pick lists"),
            "fulfillment.documents.pick_list.draw",
            lists_of,
        ),
        Kind(
            "packing-slip",
            _("Packing slip"),
            _("Packing slips"),
            "fulfillment.documents.packing_slip.draw",
            themselves,
        ),
        Kind(
            "box-label",
            _("Box labels"),
            _("Box labels"),
            "fulfillment.documents.box_label.draw",
            themselves,
        ),
        Kind(
            "proforma",
            _("Proforma invoice"),
            _("Proforma invoices"),
            "fulfillment.documents.proforma.draw",
            themselves,
        ),
        Kind(
            CARRIER_LABEL,
            _("Carrier labels"),
            _("Carrier labels"),
            "fulfillment.documents.carrier_label.draw",
            themselves,
        ),
    )
}


def kind_named(name: str) -> Kind:
    """The kind; raises NoSuchDocument."""
    try:
        return KINDS[name]
    except KeyError as error:
        raise NoSuchDocument(name) from error


def draw(kind: str, target_id: int) -> bytes:
    """The PDF of one target. Raises FulfillmentError, of it NoSuchDocument for an unknown kind.

    The drawing is loaded when it is first needed: ReportLab and pypdf take 25 MB of each process that has them, and
    most web processes and workers never draw.
    """
    drawing: Callable[[int], bytes] = import_string(kind_named(kind).drawing)
    return drawing(target_id)


def merged(documents: list[bytes]) -> tuple[bytes, int]:
    """Several PDFs as one, and its number of pages; loaded late for the same reason."""
    merge: Callable[[list[bytes]], tuple[bytes, int]] = import_string("fulfillment.documents.merging.merge")
    return merge(documents)


def return_label(row: Return) -> bytes:
    """The PDF of a return's label, which needs the order with its channel; loaded late for the same reason."""
    drawing: Callable[[Return], bytes] = import_string("fulfillment.documents.return_label.draw")
    return drawing(row)
