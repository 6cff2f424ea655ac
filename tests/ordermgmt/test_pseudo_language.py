"""No page keeps a word of English to itself: all pages in a language of brackets, of a shop with some of everything."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest
from django.apps import apps
from django.db.models import CharField, JSONField, TextField
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import translation
from django.utils.translation import trans_real

from feedback.questions import Kind
from feedback.services import answer, invite
from fulfillment.claims import open_claim
from fulfillment.mails.writing import written
from fulfillment.models import JobRow, Message
from fulfillment.pickwork.planning import plan_work
from fulfillment.returns.requesting import Wish, WishLine, request_return
from inventory import retelling
from inventory.models import Warehouse
from kpis.fold.folding import write_facts
from ordermgmt import phrases
from ordermgmt.feedback.finding import find_improvements
from ordermgmt.lists.running import run_lists
from orders.changes.operations import SetQuantity
from orders.changes.proposals import propose
from orders.models import Order
from orders.services import add_note, hold
from orders.tokens import sign
from orders.webhooks.managing import make_endpoint
from tests.factories import make_carton, make_order, make_product, make_stock, make_warehouse
from tests.ordermgmt.url_roles import names
from tests.pseudo import BEGIN, LEFT_OPEN, WORD, Pseudo, misread, untranslated

pytestmark = pytest.mark.django_db
LANGUAGE = "de"  # whose place it takes, with its numbers and dates
# Words that are names, codes or signs in every language, or that a person or another program wrote.
NAMES = set(
    WORD.findall(
        "SKU ID API URL CSV PDF JSON EAN VAT EORI GB DE GBP EUR kg mm cm min Live live ZPL NPS CSAT RMA TOTP EasyPost"
        " Northwind Gifts Code English Deutsch pt al gb gu state picking packing kind customers note name True False"
        " highstreet open answered yes"
    )
)
CUSTOMERS_NAME = "{name}"  # what a shop may write into a card
# Pages that are made for programmers, or that answer programs.
NOT_FOR_PEOPLE = {
    *("api-docs", "api-schema", "style-guide", "healthz", "counts", "time-zones", "people", "photo", "kpi-csv"),
    *("mail-body", "mail-preview", "mail-preview-body"),  # in the language of the order
}


@pytest.fixture
def pseudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retelling, "_known", retelling._known.__wrapped__)  # remembers nothing of this language
    monkeypatch.setattr(phrases, "_in_language", phrases._in_language.__wrapped__)
    monkeypatch.setitem(trans_real._translations, LANGUAGE, Pseudo(LANGUAGE))


@pytest.fixture
def shop(noon: object, settings: Any) -> Order:
    """Orders in all stages, a held one, a change, a return, a claim, an answer, lists, rules and findings."""
    settings.FINDINGS_LEAST = 1
    york = make_warehouse("YORK", mode="manual")
    make_stock(make_product("JAR-1"), 50, warehouse=york)
    make_stock(make_product(), 500)
    make_carton()
    for state in ("placed", "received", "approved", "picked", "packed", "shipped", "surveyed", "reviewed"):
        make_order([("MUG-1", 2)], state=state)
    held = make_order(state="received")
    hold(held.pk, reason="other", note="", by="sam")
    add_note(held.pk, text="Rang", by="sam")
    make_order([("JAR-1", 1)], state="approved")
    plan_work(york, by="alice")
    propose(make_order([("MUG-1", 3)], state="approved").pk, [SetQuantity(1, 1)], reason="Less", by="sam")
    order = make_order([("MUG-1", 3)], state="delivered")
    invite(order.pk, by="test")
    answer(order.pk, csat=1, nps=3, comment="Rang")
    line = order.lines.get()
    request_return(order.pk, wish=Wish((WishLine(line.pk, 1, "unwanted"),), "refund", by_staff=True), key="r", by="sam")
    open_claim(order.pk, kind="missing", units={line.pk: 1}, key="c", by="customer")
    make_endpoint(order.channel, name="JAR", url="http://127.0.0.1:9/", events=["order.*"], by="alice")
    Message.objects.bulk_create(filter(None, [written(order, "delivered", {}, about="1", own={})]))
    write_facts(list(Order.objects.values_list("pk", flat=True)))
    find_improvements()
    return order


def arguments_of(order: Order) -> dict[str, Any]:
    """What addresses name, by the name they have for it."""
    newest = {
        "hold_id": "orders.Hold", "carton_id": "fulfillment.Carton", "customer_id": "orders.Customer",
        "change_id": "orders.ChangeSet", "finding_id": "feedback.Finding", "list_id": "fulfillment.PickList",
        "message_id": "fulfillment.Message", "claim_id": "fulfillment.Claim", "endpoint_id": "orders.WebhookEndpoint",
        "warehouse_id": "inventory.Warehouse", "user_id": "auth.User",
    }  # fmt: skip
    found = {name: row.pk for name, label in newest.items() if (row := apps.get_model(label).objects.last())}
    shipment = order.shipments.get()
    return found | {
        "number": order.number,
        "order": order.number,
        "sku": "MUG-1",
        "warehouse": "YORK",
        "shipment": 1,
        "figure": "return_rate",
        "name": "shipments",
        "stage": "pick",
        "state": "approved",
        "kind": "shipped",
        "slug": "warehouses",
        "pk": Warehouse.objects.get(code="YORK").pk,
        "external_id": order.external_id,
        "code": {"pack-station": shipment.code}.get("", "web"),
        "token": "",
    }


def addresses(order: Order) -> Iterator[str]:
    """Of all pages that can be looked at, each once; of a customer's pages those of this order."""
    known = arguments_of(order)
    for name in names():
        possibilities = get_resolver().reverse_dict.getlist(name)
        wanted = possibilities[0][0][0][1]
        if name in NOT_FOR_PEOPLE or not set(wanted) <= set(known):
            continue
        told = {key: known[key] for key in wanted}
        if "token" in told:
            told["token"] = sign(order.pk, {"returning": "return"}.get(name, name))
        if name == "pack-station":
            told["code"] = order.shipments.get().code
        yield reverse(name, kwargs=told)


def kept() -> set[str]:
    """Every text in the database, and every word of names."""
    found: set[str] = set()
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, CharField | TextField | JSONField) and not field.choices:
                for value in model._default_manager.values_list(field.name, flat=True):
                    found.update(_leaves(value))
    return found


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield " ".join(value.split()).strip(" .,:;()“”#–·+×")
    elif isinstance(value, dict):
        yield from chain.from_iterable(map(_leaves, value.values()))
    elif isinstance(value, list):
        yield from chain.from_iterable(map(_leaves, value))


def test_nothing_on_any_page_stays_english(alice: Client, pseudo: None, shop: Order) -> None:
    with translation.override("en"):  # what a customer is asked, shown as an example in each language
        data = kept() | {str(kind.label) for kind in Kind}
    words = NAMES | {part for text in data if len(text) < 60 for part in WORD.findall(text)}
    faults, seen = [], 0
    for address in addresses(shop):
        page = alice.get(address, headers={"Accept-Language": LANGUAGE})
        if page.headers.get("Content-Type", "").startswith("text/html") and not page.streaming:
            seen += page.status_code == 200
            text = page.content.decode()
            faults += [(address, fault) for fault in dict.fromkeys(untranslated(text, data | words))]
            faults += [(address, fault) for fault in LEFT_OPEN.findall(text) if fault != CUSTOMERS_NAME]
            faults += [(address, fault) for fault in misread(text)]
    assert faults == []
    assert seen > 80


@pytest.fixture
def in_brackets(pseudo: None) -> Iterator[None]:
    """Everybody who acts does it in the language of brackets."""
    with translation.override(LANGUAGE):
        yield


def test_what_the_program_keeps_is_english_whoever_caused_it(in_brackets: None, shop: Order, alice: Client) -> None:
    german = {"headers": {"Accept-Language": LANGUAGE}}
    typed = {"which": "all", "address": "", "sure": "1", "reason": "other", "note": "Rang"}
    alice.post("/lists/orders/hold-orders/", typed, **german)
    alice.post("/lists/orders/hold-orders/", typed, **german)
    alice.post("/print/start/", {"state": "packed", "kind": "box-label", "which": "all"}, **german)
    run_lists()
    assert {*JobRow.objects.values_list("job__kind", flat=True)} == {"hold-orders", "box-label"}
    assert JobRow.objects.exclude(error="").exists()
    assert sorted(text for text in kept() if BEGIN in text) == []
