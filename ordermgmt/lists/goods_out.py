"""The lists of the warehouse: shipments, pick lists and stock."""

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from fulfillment.flow import OPEN
from fulfillment.models import Label, PickList, Shipment, ShipmentHold
from inventory.models import Stock
from inventory.retelling import retold
from ordermgmt.access import MAY_SET_UP
from ordermgmt.customers.naming import named
from ordermgmt.lists.cells import Cell, Column, count, link, metres, on, said, since, tag
from ordermgmt.lists.filters import Filter, any_of, carried_by, is_number, moment, number, one_of, text, yes_or_no
from ordermgmt.lists.filters import since as ago
from ordermgmt.lists.listing import Above, Listing, Tab
from ordermgmt.lists.order_filters import DOING
from ordermgmt.states import TONES
from ordermgmt.stock.product_list import find_exact
from orders.flow import State
from orders.models import Hold

SHIPMENT_STATES = [State.APPROVED, State.PICKED, State.PACKED, State.SHIPPED, State.DELIVERED, State.CANCELLED]
KNOWN_STATES = {state.value: state.value for state in SHIPMENT_STATES} | {
    doing: state.value for doing, state in DOING.items() if state in OPEN
}
PICK_TONES = {"assigned": "go", "picking": "go", "paused": "warn", "finished": "good"}
# Of each the few holds that are open, which have an index.
HELD = [
    Q(pk__in=ShipmentHold.objects.filter(released_at=None).order_by().values("shipment")),
    Q(order__in=Hold.objects.filter(released_at=None).order_by().values("order")),
]
OUT = Q(on_hand__lte=F("reserved"))
LOW = Q(reorder_point__gt=0, on_hand__lte=F("reserved") + F("reorder_point"))


def _in_transit(label: Q) -> Q:
    return Q(pk__in=Label.objects.filter(label).values("parcel__shipment"))


def _names_shipment(word: str) -> Q:
    plain = word.removeprefix("#")
    number, _, part = plain.partition("-")
    ways = [Q(order__customer__in=named(plain)), _in_transit(Q(tracking_number__startswith=plain.upper()))]
    if is_number(number) and (not part or is_number(part)):
        ways.append(Q(order__number=int(number), **({"number": int(part)} if part else {})))
    return any_of(Shipment, ways)


def _carrier(value: str, sign: str) -> Q:
    return _in_transit(carried_by(value))


def _shipment_rows() -> QuerySet[Shipment]:
    return Shipment.objects.select_related("order__customer", "warehouse")


def _code(row: Shipment) -> Cell:
    return link(row.code, reverse("order", args=[row.order.number]))


def _shipment_state(row: Shipment) -> Cell:
    beside = [tag(_("Held"), "warn")] if row.open_holds or row.order.open_holds else []
    return tag(State(row.state).label, TONES.get(State(row.state), ""), *beside)


def _recipient(row: Shipment) -> Cell:
    return said(row.order.customer.name)


def _sender(row: Shipment | PickList | Stock) -> Cell:
    return said(row.warehouse.name)


def _shipment_since(row: Shipment) -> Cell:
    return since(row.state_since)


def _opened(row: Shipment) -> Cell:
    return on(row.created_at)


def _promised(row: Shipment) -> Cell:
    return on(row.order.promised_at)


def _left(row: Shipment) -> Cell:
    return on(row.shipped_at)


def _arrived(row: Shipment) -> Cell:
    return on(row.delivered_at)


SHIPMENTS = Listing(
    name="shipments",
    title=_("Shipments"),
    url="/shipments/",
    nothing=_("No shipment matches"),
    sought=_("Search by shipment or order number, customer name, or a tracking number."),
    search=_("Number, name or tracking"),
    rows=_shipment_rows,
    filters={
        "state": Filter(_("Where it stands"), "state:packing", one_of("state", KNOWN_STATES, "state")),
        "age": Filter(_("How long it has stood there"), "age:>2h", ago("state_since"), compares=True),
        "held": Filter(
            _("Whether it or its order is held"),
            "held:yes",
            yes_or_no(any_of(Shipment, HELD)),
        ),
        "warehouse": Filter(_("Who sends it"), "warehouse:LEEDS", text("warehouse__code")),
        "carrier": Filter(_("Who carries it"), "carrier:fake", _carrier),
        "promised": Filter(_("When it should arrive"), "promised:<today", moment("order__promised_at"), compares=True),
        "shipped": Filter(_("When it left"), "shipped:>7d", moment("shipped_at"), compares=True),
    },
    mentions=_names_shipment,
    columns=(
        Column("shipment", _("Shipment"), _code, "keep at-no"),
        Column("customer", _("Customer"), _recipient, "at-who", sort="order__customer__name"),
        Column("state", _("State"), _shipment_state, "keep at-tag"),
        Column("since", _("For"), _shipment_since, "keep soft only-wide"),
        Column("warehouse", _("Warehouse"), _sender, "soft only-wide"),
        Column("promised", _("Promised"), _promised, "keep soft at-what", sort="order__promised_at", named=True),
        Column("opened", _("Opened"), _opened, "keep soft only-wide", shown=False, sort="pk"),
        Column("shipped", _("Left"), _left, "keep soft only-wide", shown=False),
        Column("delivered", _("Arrived"), _arrived, "keep soft only-wide", shown=False),
    ),
    tabs={state.value: Tab(state.label, Q(state=state), {"tab": state.value}) for state in SHIPMENT_STATES},
    acts=("hold-shipments", "release-shipments"),
)


def _names_pick_list(word: str) -> Q:
    plain = word.upper().removeprefix("P")
    hits = Q(picker__icontains=word) | Q(name__icontains=word)
    return hits | Q(pk=int(plain)) if is_number(plain) else hits


def _pick_list_rows() -> QuerySet[PickList]:
    return PickList.objects.select_related("warehouse")


def _pick_list(row: PickList) -> Cell:
    return link(f"P{row.pk}", reverse("pick-list", args=[row.pk]), below=retold(row.name))


def _pick_state(row: PickList) -> Cell:
    return tag(row.get_state_display(), PICK_TONES.get(row.state, ""))


def _kind(row: PickList) -> Cell:
    return said(row.get_kind_display())


def _picker(row: PickList) -> Cell:
    return said(row.picker)


def _walk(row: PickList) -> Cell:
    return metres(row.distance_m)


def _made(row: PickList) -> Cell:
    return since(row.created_at)


def _cut_off(row: PickList) -> Cell:
    return on(row.cut_off_at)


def _finished(row: PickList) -> Cell:
    return on(row.finished_at)


PICK_LISTS = Listing(
    name="pick-lists",
    title=_("Pick lists"),
    url="/pick-lists/",
    above=Above("picking", _("Picking")),
    nothing=_("No pick list matches"),
    sought=_("Search by its number, its picker, or what its orders have in common."),
    search=_("Number or picker"),
    rows=_pick_list_rows,
    filters={
        "state": Filter(
            _("Where it stands"),
            "state:open",
            one_of("state", {state.value: state.value for state in PickList.State}, "state"),
        ),
        "kind": Filter(
            _("How it was planned"),
            "kind:wave",
            one_of("kind", {kind.value: kind.value for kind in PickList.Kind}, "kind"),
        ),
        "picker": Filter(_("Who walks it"), "picker:bob", text("picker")),
        "warehouse": Filter(_("Where"), "warehouse:LEEDS", text("warehouse__code")),
        "age": Filter(_("How old it is"), "age:>2h", ago("created_at"), compares=True),
        "metres": Filter(_("How far the walk is"), "metres:>100", number("distance_m"), compares=True),
    },
    mentions=_names_pick_list,
    columns=(
        Column("list", _("Pick list"), _pick_list, "keep at-no", sort="pk"),
        Column("state", _("State"), _pick_state, "keep at-tag"),
        Column("kind", _("Kind"), _kind, "soft only-wide"),
        Column("picker", _("Picker"), _picker, "at-who"),
        Column("warehouse", _("Warehouse"), _sender, "soft only-wide"),
        Column("made", _("Age"), _made, "keep soft at-what", named=True),
        Column("cut-off", _("Cut-off"), _cut_off, "keep soft only-wide", shown=False),
        Column("finished", _("Ended"), _finished, "keep soft only-wide", shown=False),
        Column("metres", _("Metres"), _walk, "num at-num", is_number=True),
    ),
    tabs={state.value: Tab(state.label, Q(state=state), {"tab": state.value}) for state in PickList.State},
    acts=("assign-lists", "prioritise-lists", "pause-lists", "release-lists"),
)


def _names_stock(word: str) -> Q:
    return Q(product__sku__icontains=word) | Q(product__name__icontains=word) | Q(product__barcode=word)


def _stock_rows() -> QuerySet[Stock]:
    return Stock.objects.select_related("product", "warehouse", "bin")


def _sku(row: Stock) -> Cell:
    return link(row.product.sku, reverse("stock-product", args=[row.product.sku]))


def _name(row: Stock) -> Cell:
    return said(row.product.name)


def _bin(row: Stock) -> Cell:
    return said(row.bin.code if row.bin else "")


def _on_hand(row: Stock) -> Cell:
    return count(row.on_hand)


def _reserved(row: Stock) -> Cell:
    return count(row.reserved)


def _free(row: Stock) -> Cell:
    return count(row.on_hand - row.reserved)


def _reorder_point(row: Stock) -> Cell:
    return count(row.reorder_point)


def _jump(words: str) -> str | None:
    """To the one product that the words name."""
    sku = find_exact(words)
    return None if sku is None else reverse("stock-product", args=[sku])


STOCK = Listing(
    name="stock",
    title=_("Stock"),
    url="/stock/",
    nothing=_("No stock matches"),
    sought=_("Search by SKU, name or barcode."),
    search=_("SKU, name or barcode"),
    begins=_("Stock shows here once a delivery is taken in, or what lies on the shelves is entered."),
    rows=_stock_rows,
    filters={
        "warehouse": Filter(_("Where it lies"), "warehouse:LEEDS", text("warehouse__code")),
        "sku": Filter(_("The product"), "sku:85123A", text("product__sku")),
        "bin": Filter(_("Its bin"), "bin:A-01-1", text("bin__code")),
        "units": Filter(_("Units on hand"), "units:<10", number("on_hand"), compares=True),
        "reserved": Filter(_("Units that are promised"), "reserved:>0", number("reserved"), compares=True),
        "low": Filter(_("At or below its reorder point"), "low:yes", yes_or_no(LOW)),
        "sold": Filter(_("Whether the product is sold"), "sold:no", yes_or_no(Q(product__active=True))),
    },
    mentions=_names_stock,
    columns=(
        Column("sku", _("SKU"), _sku, "keep at-no", sort="product__sku"),
        Column("name", _("Product"), _name, "at-who"),
        Column("warehouse", _("Warehouse"), _sender, "soft at-what"),
        Column("bin", _("Bin"), _bin, "keep soft only-wide"),
        Column("on-hand", _("On hand"), _on_hand, "num only-wide", is_number=True),
        Column("reserved", _("Reserved"), _reserved, "num only-wide", is_number=True),
        Column("free", _("Free"), _free, "num at-num", is_number=True, named=True),
        Column("reorder-point", _("Reorder point"), _reorder_point, "num only-wide", is_number=True, shown=False),
    ),
    tabs={
        "low": Tab(_("Low"), LOW, {"tab": "low"}),
        "out": Tab(_("Out"), OUT, {"tab": "out"}),
        "backordered": Tab(_("Backordered"), Q(reserved__gt=F("on_hand")), {"tab": "backordered"}),
    },
    acts=("reorder-points", "safety-stock", "recount-stock"),
    jump=_jump,
    unsorted="sku",
    extras=((_("Products"), "products", ""), (_("Import products"), "product-upload", MAY_SET_UP)),
)
