"""Sorting by columns: whatever orders a list, paging through it gives each row once, in order."""

from datetime import timedelta

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fulfillment.models import PickList, Shipment
from inventory import clock
from inventory.models import Warehouse
from ordermgmt.lists.ordering import Ordering
from tests.factories import make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db
FEW = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
# Few values, so that there are ties and blanks in every list.
ROW = st.tuples(st.sampled_from([None, 1.5, 2.0]), st.sampled_from([None, 0, 3]), st.sampled_from(["", "bob", "Zoë"]))
PATHS = ["pk", "distance_m", "cut_off_at", "picker", "warehouse__name"]


def walk(ordering: Ordering, size: int, *, by_keys: bool) -> tuple[list[int], list[int]]:
    """Through all pages to the end by their last rows, and back by their first; places as an address has them."""
    rows, on, back = PickList.objects.select_related("warehouse"), [], []
    whole = rows if by_keys else None
    page = ordering.page(rows, size, behind=None, whole=whole)
    assert not page.before
    while True:
        on += [row.pk for row in page.rows]
        if not page.behind:
            break
        page = ordering.page(rows, size, behind=ordering.read(str(ordering.place(page.rows[-1]))), whole=whole)
    back = [row.pk for row in page.rows]
    while page.before and page.rows:
        first = ordering.read(str(ordering.place(page.rows[0])))
        page = ordering.page(rows, size, behind=None, before=first, whole=whole)
        back = [row.pk for row in page.rows] + back
    return on, back


@FEW
@given(
    rows=st.lists(ROW, max_size=9),
    path=st.sampled_from(PATHS),
    down=st.booleans(),
    size=st.integers(1, 4),
    by_keys=st.booleans(),
)
def test_paging_in_any_order_gives_each_row_once_in_order(rows, path, down, size, by_keys):
    PickList.objects.all().delete()
    now, places = clock.now(), [make_warehouse("HULL"), make_warehouse("YORK")]
    for n, (metres, hours, who) in enumerate(rows):
        cut_off = None if hours is None else now + timedelta(hours=hours)
        PickList.objects.create(warehouse=places[n % 2], picker=who, distance_m=metres, cut_off_at=cut_off)
    ordering = Ordering(PickList, "pk", path, down=down)
    whole = [row.pk for row in ordering.ordered(PickList.objects.all())]
    assert walk(ordering, size, by_keys=by_keys) == (whole, whole)
    values = [ordering.place(row).value for row in ordering.ordered(PickList.objects.select_related("warehouse"))]
    assert [value is None for value in values] == sorted(value is None for value in values) or path == "pk"


def test_a_page_stays_where_it_was_when_its_last_row_has_moved_on():
    first, second, third = (PickList.objects.create(warehouse=make_warehouse(), distance_m=n) for n in (1, 2, 3))
    ordering = Ordering(PickList, "pk", "distance_m")
    place = ordering.place(second)
    PickList.objects.filter(pk=second.pk).update(distance_m=9)
    rows = PickList.objects.all()
    assert list(ordering.page(rows, 5, behind=place).rows) == [third, PickList.objects.get(pk=second.pk)]
    assert list(ordering.page(rows, 5, behind=None, before=place).rows) == [first]


@pytest.mark.parametrize(
    ("model", "path", "words"),
    [
        (PickList, "pk", "1~2"),
        (PickList, "pk", "-1"),
        (PickList, "cut_off_at", "1~2026-05-01"),
        (PickList, "cut_off_at", "1~today"),
        (PickList, "priority", "1~99999"),
        (PickList, "priority", "1"),
        (PickList, "distance_m", "x~1"),
        (Warehouse, "code", f"1~{'x' * 300}"),
    ],
)
def test_what_is_no_place_of_the_order_is_none(model, path, words):
    assert Ordering(model, "pk", path).read(words) is None


def test_the_head_of_a_column_sorts_turns_round_and_lets_go(alice: Client, noon):
    cheap, dear = make_order((("MUG-1", 1),)), make_order((("MUG-1", 3),))

    def click(query: str, name: str) -> tuple[str, str, list[object]]:
        page = alice.get(f"/orders/{query}").context["page"]
        head = next(head for head in page.heads if head.column.name == name)
        return head.address, head.sorted, page.objects

    address, how, rows = click("?cols=total,order,since", "total")
    assert (address, how, rows) == ("?cols=order%2Csince%2Ctotal&sort=-total", "none", [dear, cheap])
    address, how, _ = click("?sort=-total", "total")
    assert (address, how) == ("?sort=total", "descending")
    assert click(address, "total") == ("?", "ascending", [cheap, dear])
    assert click("", "order") == ("?sort=order", "descending", [dear, cheap])
    # By its time in a state only within one, where an index has it.
    assert click("?sort=since", "since")[:2] == ("", "none")
    assert click("?state=placed", "since")[0] == "?state=placed&sort=since"
    html = alice.get("/orders/?state=placed&sort=since").content.decode()
    assert 'aria-sort="ascending"' in html
    assert 'href="/orders/?state=received&amp;sort=since"' in html
    assert 'href="/orders/?"' in html


def test_stock_stands_by_its_sku_unless_somebody_asks_otherwise(alice: Client, noon):
    for sku in ("B-1", "A-1"):
        make_stock(make_product(sku))

    def look(query: str) -> tuple[list[str], str, str]:
        page = alice.get(f"/stock/{query}").context["page"]
        head = page.heads[0]
        return [row.product.sku for row in page.objects], head.sorted, head.address

    assert look("") == (["A-1", "B-1"], "ascending", "?sort=-sku")
    assert look("?sort=-sku") == (["B-1", "A-1"], "descending", "?")
    assert alice.get("/stock/?q=a-1").headers["Location"] == "/stock/A-1/"


def test_shipments_are_newest_first_and_do_not_claim_to_stand_by_their_code(alice: Client, noon):
    older, newer = make_order(), make_order()
    late, soon = (
        Shipment.objects.create(order=order, warehouse=make_warehouse(), number=1) for order in (newer, older)
    )

    def look(query: str) -> tuple[list[Shipment], list[str], bool]:
        answer = alice.get(f"/shipments/{query}")
        page = answer.context["page"]
        said = '<small class="faint">newest first</small>' in answer.content.decode()
        return page.objects, [head.sorted for head in page.heads], said

    assert look("?cols=shipment,state") == ([soon, late], ["none", "none"], True)
    assert look("?cols=shipment,opened") == ([soon, late], ["none", "descending"], False)
    assert look("?cols=shipment,opened&sort=opened") == ([late, soon], ["none", "ascending"], False)
    assert look("?cols=shipment&sort=shipment") == ([soon, late], ["none"], True)


def test_a_list_that_stands_by_a_column_says_so_there_alone(alice: Client, noon):
    make_order()
    for address in ("/orders/", "/orders/?sort=customer", "/stock/"):
        assert "newest first" not in alice.get(address).content.decode()
    assert "newest first" in alice.get("/customers/").content.decode()
