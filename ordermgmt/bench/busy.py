"""How long the staff's pages take in a shop with long lists, how many statements they send, and what they weigh."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import connections
from django.db.models import Count, Exists, OuterRef
from django.test.utils import override_settings
from django.utils.http import urlencode

from feedback.models import FollowUp, ImprovementItem
from fulfillment.models import Label, PickList, Return, Shipment
from inventory import clock
from kpis.briefs import keep_briefs
from kpis.history_import import run
from ordermgmt.bench.asking import asked, owner_signed_in
from ordermgmt.bench.copies import copy_orders
from ordermgmt.bench.past import write_past
from ordermgmt.bench.server import Server
from ordermgmt.bench.weight import weight_of
from ordermgmt.lists.all import LISTS
from ordermgmt.lists.listing import Listing
from ordermgmt.loading import keep_what_is_loaded, load_pages, remember_words, seek_garbage_seldom
from ordermgmt.simulation.runs import use_database
from ordermgmt.stack.places import DATABASE_NAME
from ordermgmt.stack.stack import private_stack
from ordermgmt.verify import verify
from orders.flow import STAGES, State
from orders.models import Customer, Order, OrderLine

Tell = Callable[[str], None]
# Words nobody has, so that a list is read to its end.
NOTHING = "zebrafish"
PLAIN = (
    *("/approvals/", "/radar/", "/payments/", "/mails/", "/picking/", "/pick/", "/pack/", "/ship/", "/dock/"),
    *("/handovers/", "/returns/desk/", "/blocked/", "/products/", "/stock/deliveries/", "/stock/counts/"),
    *("/stock/cartons/", "/print/", "/ship/customs/", "/ship/rules/", "/ship/invoices/", "/webhooks/", "/warehouse/"),
    *("/approvals/policy/", "/improve/", "/improve/findings/", "/improve/follow-ups/", "/improve/actions/"),
    *("/improve/questions/", "/kpis/calendar/", "/kpis/imports/", "/lists/jobs/", "/settings/", "/settings/start/"),
    *("/settings/users/", "/settings/keys/"),
)
EACH = 5  # orders, customers and words that are asked for in turn


@dataclass(frozen=True)
class PageRow:
    """One page: milliseconds on the server, the most statements of a request, and kB for a browser that has nothing."""

    page: str
    p50_ms: float
    p95_ms: float
    cpu_ms: float
    queries: int
    sent_kb: float
    plain_kb: float


@dataclass(frozen=True)
class Busy:
    """All pages, in a shop with so many rows of each kind; `broken` invariants say that it is none."""

    pages: Sequence[PageRow]
    rows: Mapping[str, int]
    broken: Sequence[str]


def measure_busy(orders: int, requests: int, tell: Tell) -> Busy:
    """Fill a private stack with the demo, its copies and a past of as many orders, and ask for every page."""
    with private_stack(durable=False, programs=False) as stack:
        stack.manage("migrate", "--verbosity=0")
        tell("Loading the demo shop ...")
        stack.manage("demo")
        use_database(stack.database_url)
        try:
            with override_settings(DEBUG=False):  # else a copy of every statement is kept
                _fill(orders, tell)
                Server(stack.database_url).do(DATABASE_NAME, "VACUUM ANALYZE")
                return look(requests, tell)
        finally:
            connections.close_all()


def look(requests: int, tell: Tell) -> Busy:
    """Ask for every page of the shop that this process is connected to."""
    client, found = owner_signed_in(), []
    pages = addresses()
    # As the web server's processes are when they begin.
    load_pages()
    remember_words()
    keep_briefs()  # as a worker does each minute
    keep_what_is_loaded()
    seek_garbage_seldom()
    tell(f"Asking {requests} times for each of {len(pages)} pages ...")
    for page, alike in pages.items():
        answers = asked(client, alike, requests)
        weight = weight_of(answers.body)
        found.append(
            PageRow(
                page, answers.p50_ms, answers.p95_ms, answers.cpu_ms, answers.queries, weight.sent_kb, weight.plain_kb
            )
        )
    tell("Verifying ...")
    broken = [f"{check.name}: {'; '.join(check.breaches)}" for check in verify().checks if not check.ok]
    rows = {name: listing.rows().order_by().count() for name, listing in LISTS.items()}
    rows["on their way"] = Order.objects.exclude(state__in=(State.REVIEWED, State.CANCELLED, State.REJECTED)).count()
    return Busy(found, rows, broken)


def addresses() -> dict[str, list[str]]:
    """Every page, with several addresses where it has them."""
    return {
        "/": ["/"],
        "/counts/": ["/counts/"],
        **{f"/stages/{stage.state}/": [f"/stages/{stage.state}/"] for stage in STAGES},
        **_lists(),
        **{f"search, {kind}": _with("/search/", words) for kind, words in _sought().items()},
        **_details(),
        **{path: [path] for path in PLAIN},
    }


def _fill(orders: int, tell: Tell) -> None:
    began = time.perf_counter()
    tell(f"Copying {orders:,} finished orders ...")
    copy_orders(orders)
    tell(f"Copied in {time.perf_counter() - began:.0f} s; taking in a past of as many ...")
    with TemporaryDirectory() as folder:
        file = Path(folder) / "past.csv"
        write_past(file, orders, until=clock.now())
        with file.open("rb") as opened:
            run(opened, name=file.name, by="bench")


def _with(address: str, words: Sequence[str]) -> list[str]:
    return [f"{address}?{urlencode({'q': each})}" for each in words]


def _lists() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, listing in LISTS.items():
        keys = list(listing.rows().order_by().values_list(listing.key, flat=True).order_by(listing.key)[:200])
        typed = [known.example for known in listing.filters.values()]
        found |= {
            listing.url: [listing.url],
            **({f"{listing.url}, sorted": sorts} if (sorts := _sorts(listing)) else {}),
            f"{listing.url}, deep": [f"{listing.url}?after={keys[-1] + 1}"],
            f"{listing.url}, tabs": [f"{listing.url}{_tab(name, tab)}" for tab in listing.tabs],
            f"{listing.url}, filters": _with(listing.url, typed),
            f"{listing.url}, words": _with(listing.url, ["santos", NOTHING]),
        }
    sku = OrderLine.objects.values_list("sku").annotate(n=Count("pk")).order_by("-n")[0][0]
    typed = [f"state:picking age:>1m sku:{sku} tier:A", f"sku:{sku}", "held:yes age:>1d", f"sku:{NOTHING}"]
    return found | {"/orders/, several filters": _with("/orders/", typed)}


def _sorts(listing: Listing) -> list[str]:
    return [f"{listing.url}?sort={sign}{name}" for name in listing.sorts("") for sign in ("", "-")]


def _tab(name: str, tab: str) -> str:
    return f"?{urlencode(LISTS[name].tabs[tab].params)}"


def _sought() -> dict[str, list[str]]:
    order, customer = Order.objects.order_by("-pk")[0], Customer.objects.exclude(phone="").order_by("-pk").first()
    label = Label.objects.order_by("-pk")[0]
    return {
        "a number": [str(order.number)],
        "a tracking number": [label.tracking_number],
        "an e-mail": [order.customer.email],
        "a SKU": list(OrderLine.objects.order_by("-pk").values_list("sku", flat=True)[:1]),
        "a word": ["santos", "lucia", "lucia san"],
        "the end of a phone": [customer.phone[-4:] if customer else "4711"],
        "nothing": [NOTHING, "0000000"],
    }


def _details() -> dict[str, list[str]]:
    big = OrderLine.objects.order_by().values("order__number").annotate(n=Count("pk")).order_by("-n")[:EACH]
    shipped = Order.objects.filter(state=State.SHIPPED).order_by("-pk")[:EACH]
    back = Return.objects.select_related("order").order_by("-pk")[:EACH]
    eventful = Order.objects.filter(
        Exists(Return.objects.filter(order=OuterRef("pk"))),
        Exists(FollowUp.objects.filter(order=OuterRef("pk"))),
        Exists(ImprovementItem.objects.filter(order=OuterRef("pk"))),
    ).order_by("-pk")[:EACH]
    lists = PickList.objects.order_by("-pk").values_list("pk", flat=True)[:EACH]
    packed = Shipment.objects.filter(state=State.PICKED).select_related("order").order_by("-pk")[:EACH]
    sold = OrderLine.objects.values("sku").annotate(n=Count("pk")).order_by("-n").values_list("sku", flat=True)[:EACH]
    buyers = Order.objects.values("customer").annotate(n=Count("pk")).order_by("-n")[:EACH]
    return {
        "an order, big": [f"/orders/{row['order__number']}/" for row in big],
        "an order, eventful": [f"/orders/{row.number}/" for row in eventful],
        "an order, shipped": [f"/orders/{row.number}/" for row in shipped],
        "a customer": [f"/customers/{row['customer']}/" for row in buyers],
        "a product": [f"/stock/{sku}/" for sku in sold],
        "a return": [f"/returns/{row.order.number}/{row.number}/" for row in back],
        "a pick list": [f"/picking/{pk}/" for pk in lists],
        **({"a bench": [f"/pack/{row.code}/" for row in packed]} if packed else {}),
    }
