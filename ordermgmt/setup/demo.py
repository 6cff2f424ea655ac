"""The demo shop on the page of first steps: loading it, what its removal takes and leaves, and removing it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_

from django.conf import settings
from django.contrib import messages
from django.db import OperationalError, transaction
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from feedback.models import QuestionSet
from fulfillment.models import InsertRule, ShippingRule
from inventory.models import Bin, Product
from inventory.wording import Words
from ordermgmt.access import users_action
from ordermgmt.models import DemoShop
from ordermgmt.phrases import counted, listed
from ordermgmt.setup.subjects import SUBJECTS
from ordermgmt.simulation import removing
from ordermgmt.simulation.emptying import empty_shop
from orders.models import ApiKey, ApprovalPolicy, Channel, Order, SourcingRule, WebhookEndpoint

NOUNS = {
    "inventory_product": "product",
    "inventory_warehouse": "warehouse",
    "orders_channel": "channel",
    "orders_customer": "customer",
}


# What people set up for channels, warehouses and carriers, beside the subjects of the settings.
SET_UP: Mapping[type[Model], Words] = {
    ApiKey: gettext_lazy("API keys"),
    WebhookEndpoint: gettext_lazy("Webhooks"),
    ApprovalPolicy: gettext_lazy("Approval policies"),
    QuestionSet: gettext_lazy("Survey questions"),
    SourcingRule: gettext_lazy("Sourcing rules"),
    ShippingRule: gettext_lazy("Shipping rules"),
    InsertRule: gettext_lazy("Inserts"),
    Bin: gettext_lazy("Bins"),
    **{subject.model: subject.title for subject in SUBJECTS.values()},
}
NAMED = 10


@dataclass(frozen=True)
class Lost:
    """Settings of one kind that the shop made itself and that go with the demo; `names` are the first of them."""

    label: Words
    count: int
    names: str


@dataclass(frozen=True)
class Parting:
    """What goes with the demo, and what of the shop's own stays, in words; and what of its own goes."""

    goes: str
    stays: str
    lost: Sequence[Lost] = ()


def parting(demo: DemoShop) -> Parting:
    """As things stand. Of a demo whose rows were not marked nothing can be told apart."""
    orders, products = _split(Order.objects.all(), demo), _split(Product.objects.all(), demo)
    goes, stays = (listed([counted(orders[i], "order"), counted(products[i], "product")]) for i in (0, 1))
    return Parting(goes, stays if orders[1] or products[1] else "")


def lost_with(demo: DemoShop) -> Sequence[Lost]:
    """The shop's own settings that go with it, kind by kind."""
    tables = {model._meta.db_table: (model, label) for model, label in SET_UP.items()}
    found = removing.own_that_go(demo, tables) if demo.marks else {}
    lost = []
    for table, (model, label) in tables.items():
        if ids := found.get(table):
            names = list(map(str, model._default_manager.filter(pk__in=ids[:NAMED]).order_by("pk")))
            lost.append(Lost(label, len(ids), ", ".join([*names, *(["…"] if len(ids) > NAMED else [])])))
    return lost


@require_POST
@users_action
def load_demo(request: HttpRequest) -> HttpResponse:
    """Have a worker fill the empty shop with a believable past."""
    with transaction.atomic():
        if Product.objects.exists() or Order.objects.exists() or Channel.objects.exists():
            messages.error(request, _("The shop is not empty. Nothing was changed."))
        else:
            demo, __ = DemoShop.objects.select_for_update().get_or_create(pk=1)
            if demo.is_lost:
                DemoShop.objects.filter(pk=demo.pk).update(begun_at=None)
            messages.success(request, _("A worker loads the demo shop: it takes a minute or two."))
    return redirect("settings-start")


@require_http_methods(["GET", "HEAD", "POST"])
@users_action
def remove_demo(request: HttpRequest) -> HttpResponse:
    """What goes and what stays; or take the demo out of the shop, for which the shop's name has to be typed."""
    try:
        demo = DemoShop.objects.exclude(loaded_at=None).get()
        if request.method != "POST":
            context = {"demo": demo, "parting": replace(parting(demo), lost=lost_with(demo))}
            return render(request, "setup/demo_remove.html", context)
        if request.POST.get("name", "").strip() == settings.SHOP_NAME:
            messages.success(request, _removed(demo))
        else:
            messages.error(request, _("That is not the shop's name. Nothing was changed."))
    except DemoShop.DoesNotExist:  # or no more: somebody else removed it meanwhile
        messages.error(request, _("This is no demo shop. Nothing was changed."))
    except OperationalError:
        messages.error(request, _("The shop is too busy at the moment: try again. Nothing was changed."))
    return redirect("settings-start")


def _removed(demo: DemoShop) -> str:
    """Remove it; what to say of that."""
    if not demo.marks:
        empty_shop()
        return _("The demo data is gone. The shop is empty.")
    kept = removing.remove_demo()
    if not kept:
        return _("The demo data is gone.")
    needed = listed([counted(count, NOUNS[table]) for table, count in kept.items()])
    return _("The demo data is gone. Of the demo there stay {needed}, which your own things need.").format(
        needed=needed
    )


def _split(rows: "QuerySet[Order] | QuerySet[Product]", demo: DemoShop) -> tuple[int, int]:
    """How many of these are the demo's, and how many the shop's own."""
    total = rows.count()
    if not demo.marks:
        return total, 0
    theirs = _marked("pk", rows.model, demo)
    if rows.model is Order:
        theirs |= _marked("channel", Channel, demo) & Q(external_id__regex=removing.PLAYED)
    count = rows.filter(theirs).count()
    return count, total - count


def _marked(field: str, model: type[Model], demo: DemoShop) -> Q:
    ranges = demo.marks.get(model._meta.db_table, [])
    marked = (Q(**{f"{field}__gt": first, f"{field}__lte": last}) for first, last in ranges)
    return reduce(or_, marked, Q(pk__in=[]))
