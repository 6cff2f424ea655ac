"""First steps: what a new shop needs, one thing after another, and the demo shop to try everything with."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from fulfillment.models import Carton
from inventory.models import Product, Stock, TaxClass, Warehouse
from ordermgmt.access import settings_action
from ordermgmt.models import DemoShop
from ordermgmt.setup.subjects import Words
from orders.flow import State
from orders.models import ApiKey, Channel, Order


@dataclass(frozen=True)
class Step:
    """One thing to do: whether it is done, and where it is done; `other` is another way to the same, with its name."""

    title: Words
    sentence: Words
    is_done: bool
    address: str
    button: Words
    other: tuple[str, Words] | None = None


Task = tuple[Words, Words, str, Words, tuple[str, Words] | None]
BACK = "?next=/settings/start/"
TASKS: Sequence[Task] = (
    (
        gettext_lazy("Add a warehouse"),
        gettext_lazy("Where goods lie, who works there, and until when parcels leave the same day."),
        f"/settings/warehouses/new/{BACK}",
        gettext_lazy("Add a warehouse"),
        None,
    ),
    (
        gettext_lazy("Say how goods are taxed"),
        gettext_lazy("A tax class with its rate, as in 20 %; each product has one."),
        f"/settings/tax-classes/new/{BACK}",
        gettext_lazy("Add a tax class"),
        None,
    ),
    (
        gettext_lazy("Add products"),
        gettext_lazy("What you sell, with price and measures: all from a file, with what lies on the shelves, or one."),
        "/settings/products/import/",
        gettext_lazy("Import a file"),
        (f"/settings/products/new/{BACK}", gettext_lazy("Add one")),
    ),
    (
        gettext_lazy("Put goods on the shelves"),
        gettext_lazy("Expect a delivery and take it in: that is how stock comes into the books."),
        "/stock/deliveries/new/",
        gettext_lazy("Expect a delivery"),
        None,
    ),
    (
        gettext_lazy("Add a box"),
        gettext_lazy("A carton with its measures; goods are packed into the cheapest that fits."),
        f"/stock/cartons/new/{BACK}",
        gettext_lazy("Add a carton"),
        None,
    ),
    (
        gettext_lazy("Open a channel"),
        gettext_lazy("A storefront, a marketplace or your own desk, each with its currency."),
        f"/settings/channels/new/{BACK}",
        gettext_lazy("Open a channel"),
        None,
    ),
    (
        gettext_lazy("Give it a key"),
        gettext_lazy("With it the channel's programs read products and place orders."),
        f"/settings/keys/{BACK}",
        gettext_lazy("Issue a key"),
        ("/api/docs/", gettext_lazy("The API")),
    ),
    (
        gettext_lazy("Place a test order"),
        gettext_lazy("From a form; then follow it through the nine stages to the customer's door."),
        "/settings/start/test-order/",
        gettext_lazy("Place a test order"),
        None,
    ),
    (
        gettext_lazy("See it delivered"),
        gettext_lazy(
            "Its page says what it waits for and who does the next step. The built-in carrier takes real days; started "
            "with CARRIER_DAY_SECONDS=20, it takes minutes."
        ),
        "/orders/",
        gettext_lazy("See the orders"),
        None,
    ),
)


def steps() -> Sequence[Step]:
    """In their order, in nine statements."""
    done = (
        Warehouse.objects.exists(),
        TaxClass.objects.exists(),
        Product.objects.exists(),
        Stock.objects.filter(on_hand__gt=0).exists(),
        Carton.objects.exists(),
        Channel.objects.exists(),
        ApiKey.objects.filter(revoked_at=None).exists(),
        Order.objects.exists(),
        Order.objects.filter(state__in=[State.DELIVERED, State.SURVEYED, State.REVIEWED]).exists(),
    )
    return [
        Step(title, sentence, is_done, address, button, other)
        for (title, sentence, address, button, other), is_done in zip(TASKS, done, strict=True)
    ]


@require_safe
@settings_action
def start(request: HttpRequest) -> HttpResponse:
    """The checklist, and the demo shop."""
    found = steps()
    done = sum(step.is_done for step in found)
    following = next((step for step in found if not step.is_done), None)
    demo = next((row for row in DemoShop.objects.all() if not row.is_lost), None)
    is_empty = not (demo or found[2].is_done or found[5].is_done or found[7].is_done)
    context = {"steps": found, "done": done, "following": following, "demo": demo, "is_empty": is_empty}
    return render(request, "setup/start.html", context)
