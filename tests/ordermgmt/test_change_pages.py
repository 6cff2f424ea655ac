"""The pages on which people change orders: form, preview, units, splitting, merging; and who may use them."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client

from fulfillment.services import open_shipments
from ordermgmt.changes.card import change_card
from ordermgmt.order_page import order_page
from orders.changes.operations import SetQuantity
from orders.changes.proposals import propose
from orders.models import ChangeSet, Order, ShippingMethod
from tests.factories import make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db
ADDRESS = {
    "name": "Marta Silva",
    "line1": "1 High Street",
    "line2": "",
    "city": "London",
    "region": "",
    "postal_code": "N1 9GU",
    "country": "GB",
    "phone": "",
}


def order_form(order: Order, **typed: Any) -> dict[str, Any]:
    """What a browser sends of the form when nothing else is typed."""
    lines = {f"line-{line.position}": line.quantity for line in order.lines.all() if line.quantity}
    addresses = {f"{kind}-{part}": words for kind in ("ship", "bill") for part, words in ADDRESS.items()}
    return {**lines, **addresses, "method": "", "note": "", "gift_note": "", "reason": "They called", **typed}


def said(answer: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]  # type: ignore[attr-defined]


def now(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def test_a_change_is_proposed_looked_at_and_applied(alice: Client) -> None:
    order = make_order([("MUG-1", 3)], state="received")
    tea = make_product("TEA-1", price="4.00", name="Green tea")
    make_stock(tea, 5)
    here = f"/orders/{order.number}/change/"
    proposed = alice.post(here, order_form(order, **{"line-1": 2, f"add-{tea.pk}": 1}))
    change = ChangeSet.objects.get()
    assert proposed.headers["Location"] == f"{here}{change.pk}/"
    page = alice.get(f"{here}{change.pk}/").content.decode()
    for words in ("The customer pays £6.00 less; nothing of it was taken yet.", "1 × TEA-1 promised from Leeds"):
        assert words in page
    assert now(order).total == 30
    answer = alice.post(f"{here}{change.pk}/apply/", {"seen": "0-30.00-24.00"})
    assert said(answer) == [
        "The order is changed. The customer pays £6.00 less; nothing of it was taken yet.",
    ]
    assert [(line.sku, line.quantity) for line in order.lines.all()] == [("MUG-1", 2), ("TEA-1", 1)]
    shown = alice.get(f"/orders/{order.number}/").content.decode()
    assert ("<del>3 · £30.00</del>" in shown, "<ins>1 · £4.00</ins>" in shown) == (True, True)


def test_what_is_the_same_is_no_change_and_what_was_typed_stays(alice: Client) -> None:
    order = make_order([("MUG-1", 3)])
    here = f"/orders/{order.number}/change/"
    same = alice.post(here, order_form(order))
    assert (same.status_code, ChangeSet.objects.count()) == (422, 0)
    assert "Nothing is different from the order as it is." in same.content.decode()
    wrong = alice.post(here, order_form(order, sku="NO-SUCH", **{"line-1": 2}))
    assert (wrong.status_code, ChangeSet.objects.count()) == (422, 0)
    page = wrong.content.decode()
    assert "“NO-SUCH” is no SKU or barcode." in page
    assert 'name="line-1" value="2"' in page


def test_a_change_of_address_shipping_and_discount(alice: Client) -> None:
    order = make_order([("MUG-1", 3)])
    typed = {"ship-line1": "2 Low Road", "off_title": "Sorry", "off_amount": "5", "gift_note": "Enjoy"}
    alice.post(f"/orders/{order.number}/change/", order_form(order, **typed))
    change = ChangeSet.objects.get()
    assert [row["op"] for row in change.operations] == ["set_address", "set_discounts", "set_notes"]
    page = " ".join(alice.get(f"/orders/{order.number}/change/{change.pk}/").content.decode().split())
    was, will = (f"Marta Silva, {street}, London, N1 9GU, GB" for street in ("1 High Street", "2 Low Road"))
    assert f"<dt>Goods go to</dt> <dd><del>{was}</del><ins>{will}</ins></dd>" in page
    assert "<dt>Off the whole order</dt> <dd><ins>Sorry £5.00</ins></dd>" in page
    assert ("<dt>Gift note</dt> <dd><ins>Enjoy</ins></dd>" in page, "The bill goes to" in page) == (True, False)
    alice.post(f"/orders/{order.number}/change/{change.pk}/apply/", {"seen": change.preview["mark"]})
    order = now(order)
    assert (order.total, order.shipping_address["line1"], order.gift_note) == (25, "2 Low Road", "Enjoy")
    assert order.billing_address["line1"] == "1 High Street"


def test_what_is_taken_away_is_shown_as_gone_and_an_applied_change_still_says_from_what_to_what(alice: Client) -> None:
    ShippingMethod.objects.create(code="fast", name="By courier", currency="GBP", price=Decimal(5))
    order = make_order([("MUG-1", 3)], note="Ring twice", shipping_method="")
    typed = {"note": "", "method": "fast", "bill-phone": "+44 20 7946 0000"}
    alice.post(f"/orders/{order.number}/change/", order_form(order, **typed))
    change = ChangeSet.objects.get()
    alice.post(f"/orders/{order.number}/change/{change.pk}/apply/", {"seen": change.preview["mark"]})
    page = " ".join(alice.get(f"/orders/{order.number}/change/{change.pk}/").content.decode().split())
    assert '<del>Ring twice</del><ins class="faint">none any more</ins>' in page
    assert "<dt>Shipping method</dt> <dd><ins>By courier</ins></dd>" in page
    assert "N1 9GU, GB, +44 20 7946 0000</ins>" in page


def test_products_are_found_by_words(alice: Client) -> None:
    order = make_order()
    make_stock(make_product("TEA-1", name="Green tea"), 5)
    found = alice.get(f"/orders/{order.number}/change/products/", {"find": "tea green"}).content.decode()
    assert "Green tea" in found
    assert "5 free" in found
    none = alice.get(f"/orders/{order.number}/change/products/", {"find": "nothing"}).content.decode()
    assert "Nothing is sold under these words." in none


def test_the_order_page_shows_the_open_change_and_the_form_leads_to_it(alice: Client) -> None:
    order = make_order([("MUG-1", 3)])
    change = propose(order.pk, [SetQuantity(1, 2)], reason="Too many", by="sam")
    here = f"/orders/{order.number}/change/{change.pk}/"
    assert here in alice.get(f"/orders/{order.number}/").content.decode()
    assert alice.get(f"/orders/{order.number}/change/").headers["Location"] == here
    answer = alice.post(f"{here}discard/")
    assert said(answer) == ["The change is discarded; the order is as it was."]
    assert ChangeSet.objects.get().status == "discarded"


def test_a_stale_change_shows_what_it_would_do_now(alice: Client) -> None:
    order = make_order([("MUG-1", 3)])
    change = propose(order.pk, [SetQuantity(1, 2)], reason="Too many", by="sam")
    stale = alice.post(f"/orders/{order.number}/change/{change.pk}/apply/", {"seen": "0-30.00-19.00"})
    assert stale.status_code == 409
    assert "look at it again. Nothing was changed." in stale.content.decode()
    assert now(order).total == 30


def test_gathered_goods_go_back_only_when_it_is_confirmed(alice: Client) -> None:
    make_stock(make_product("JAR-1"), 50, warehouse=make_warehouse("YORK", mode="manual"))
    order = make_order([("JAR-1", 2)], state="picked")
    change = propose(order.pk, [SetQuantity(1, 1)], reason="Too many", by="sam")
    here = f"/orders/{order.number}/change/{change.pk}/"
    assert "The picked goods go back on the shelf: 2 units." in alice.get(here).content.decode()
    refused = alice.post(f"{here}apply/", {"seen": change.preview["mark"]})
    assert said(refused)[0].startswith("The goods are gathered already.")
    assert now(order).state == "picked"
    alice.post(f"{here}apply/", {"seen": change.preview["mark"], "put_back": "on"})
    assert now(order).state == "approved"
    assert [(row.number, row.state) for row in order.shipments.all()] == [(1, "cancelled"), (2, "approved")]


def test_units_are_called_off(alice: Client) -> None:
    order = make_order([("MUG-1", 3)], state="approved")
    here = f"/orders/{order.number}/cancel-units/"
    none = alice.post(here, {"reason": "x"})
    assert (none.status_code, now(order).total) == (422, 30)
    many = alice.post(here, {"reason": "x", "line-1": 4})
    assert (many.status_code, now(order).total) == (422, 30)
    done = alice.post(here, {"reason": "x", "line-1": 1})
    assert said(done) == ["The units are called off. Their stock and money go back."]
    assert now(order).total == 20


def test_an_order_is_split_and_merged_again(alice: Client) -> None:
    order = make_order([("MUG-1", 3)], state="received")
    done = alice.post(f"/orders/{order.number}/split/", {"reason": "Half now", "line-1": 1})
    new = Order.objects.get(parent=order)
    assert done.headers["Location"] == f"/orders/{new.number}/"
    page = alice.get(f"/orders/{new.number}/").content.decode()
    assert f'Split off from <a href="/orders/{order.number}/">' in page
    assert f"Placed as part of order {order.number}" in page
    assert "0 lines" not in page
    assert f"#{new.number}, Received, £10.00" in alice.get(f"/orders/{order.number}/merge/").content.decode()
    merged = alice.post(f"/orders/{order.number}/merge/", {"reason": "Together after all", "other": new.pk})
    assert said(merged) == ["Both are one order now."]
    assert (now(order).total, now(new).state) == (30, "cancelled")


def test_what_has_left_is_not_changed_any_more_and_the_page_says_what_can_be_done(alice: Client) -> None:
    order = make_order(state="shipped")
    for page in ("change/", "cancel-units/", "split/", "merge/"):
        words = alice.get(f"/orders/{order.number}/{page}").content.decode()
        assert "A parcel has left the warehouse." in words
        assert 'name="reason"' not in words
    assert f"/orders/{order.number}/split/" not in alice.get(f"/orders/{order.number}/").content.decode()


@pytest.mark.parametrize("page", ["change/", "cancel-units/", "split/", "merge/", "change/products/"])
def test_who_may_only_look_may_not_change(page: str, sam: Client, client: Client) -> None:
    order = make_order()
    assert sam.get(f"/orders/{order.number}/{page}").status_code == 403
    assert client.get(f"/orders/{order.number}/{page}").status_code == 302


def test_the_card_takes_two_queries(django_assert_num_queries: Any) -> None:
    order = make_order(state="approved")
    open_shipments(order.pk, by="test")
    shipments = list(order.shipments.prefetch_related("parcels__label"))
    with django_assert_num_queries(2):
        change_card(order, shipments, has_children=True)
    assert order_page(order.number).changes.edit


def test_a_line_of_which_nothing_is_wanted_is_shown_as_called_off(alice: Client) -> None:
    order = make_order([("MUG-1", 3), ("JAR-1", 1)], state="received")
    alice.post(f"/orders/{order.number}/cancel-units/", {"reason": "x", "line-1": 3})
    first, second = order_page(order.number).lines
    assert [(place.units, place.label) for place in first.places] == [(3, "Called off")]
    assert [(place.units, place.label) for place in second.places] == [(1, "Promised")]
