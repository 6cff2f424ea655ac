"""First steps: what a new shop needs, one thing after another, and the demo shop to try everything with."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from inventory.models import Product, Stock, Warehouse
from ordermgmt.access import settings_action, users_action
from ordermgmt.models import DemoShop
from ordermgmt.setup.subjects import Words
from ordermgmt.simulation.emptying import empty_shop
from orders.models import ApiKey, Channel, Order


@dataclass(frozen=True)
class Step:
    """One thing to do: whether it is done, and where it is done."""

    title: Words
    sentence: Words
    is_done: bool
    address: str
    button: Words


def steps() -> Sequence[Step]:
    """In their order, in six statements."""
    new = reverse("settings-new", args=["products"])
    return [
        Step(
            gettext_lazy("Add a warehouse"),
            gettext_lazy("Where goods lie, who works there, and until when parcels leave the same day."),
            Warehouse.objects.exists(),
            reverse("settings-new", args=["warehouses"]),
            gettext_lazy("Add a warehouse"),
        ),
        Step(
            gettext_lazy("Add products"),
            gettext_lazy("What you sell: SKU, name, price and measures. A tax class comes first."),
            Product.objects.exists(),
            new,
            gettext_lazy("Add a product"),
        ),
        Step(
            gettext_lazy("Put goods on the shelves"),
            gettext_lazy("Expect a delivery and take it in: that is how stock comes into the books."),
            Stock.objects.filter(on_hand__gt=0).exists(),
            reverse("stock-delivery-new"),
            gettext_lazy("Expect a delivery"),
        ),
        Step(
            gettext_lazy("Open a channel"),
            gettext_lazy("A storefront, a marketplace or your own desk, each with its currency."),
            Channel.objects.exists(),
            reverse("settings-new", args=["channels"]),
            gettext_lazy("Open a channel"),
        ),
        Step(
            gettext_lazy("Give it a key"),
            gettext_lazy("With it the channel's programs read products and place orders."),
            ApiKey.objects.filter(revoked_at=None).exists(),
            reverse("settings-keys"),
            gettext_lazy("Issue a key"),
        ),
        Step(
            gettext_lazy("Place a test order"),
            gettext_lazy("Through the shop's page or the API; then follow it through the nine stages."),
            Order.objects.exists(),
            reverse("api-docs") if settings.DEBUG else reverse("orders"),
            gettext_lazy("See how"),
        ),
    ]


@require_safe
@settings_action
def start(request: HttpRequest) -> HttpResponse:
    """The checklist, and the demo shop."""
    found = steps()
    done = sum(step.is_done for step in found)
    following = next((step for step in found if not step.is_done), None)
    demo = DemoShop.objects.first()
    is_empty = not (demo or found[1].is_done or found[3].is_done or found[5].is_done)
    context = {"steps": found, "done": done, "following": following, "demo": demo, "is_empty": is_empty}
    return render(request, "setup/start.html", context)


@require_POST
@users_action
def load_demo(request: HttpRequest) -> HttpResponse:
    """Have a worker fill the empty shop with a believable past."""
    with transaction.atomic():
        if Product.objects.exists() or Order.objects.exists() or Channel.objects.exists():
            messages.error(request, _("The shop is not empty. Nothing was changed."))
        else:
            DemoShop.objects.get_or_create(pk=1)
            messages.success(request, _("A worker loads the demo shop: it takes a minute or two."))
    return redirect("settings-start")


@require_POST
@users_action
def remove_demo(request: HttpRequest) -> HttpResponse:
    """Empty the shop of the demo, and of whatever was added since; the shop's name has to be typed."""
    if not DemoShop.objects.exists():
        messages.error(request, _("This is no demo shop. Nothing was changed."))
    elif request.POST.get("name", "").strip() != settings.SHOP_NAME:
        messages.error(request, _("That is not the shop's name. Nothing was changed."))
    else:
        empty_shop()
        messages.success(request, _("The demo data is gone. The shop is empty."))
    return redirect("settings-start")
