"""Every list: its page, its filters, its columns, the views kept of it, and its file."""

from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.http import QueryDict
from django.test import Client

from feedback.services import answer, invite
from fulfillment.models import Job, PickList
from ordermgmt.lists import export
from ordermgmt.lists.all import LISTS
from ordermgmt.lists.listing import asked_of
from ordermgmt.models import SavedView
from ordermgmt.tasks import run_lists
from tests.factories import make_order, make_warehouse
from tests.people import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewed(noon):
    """One order that is through, so that every list but the returns has something."""
    return make_order(state="reviewed", name="=HYPERLINK(1)")


def lines(answer):
    return b"".join(answer.streaming_content).decode().splitlines()


@pytest.mark.parametrize("name", LISTS)
def test_every_list_costs_the_same_with_all_its_columns(alice: Client, reviewed, name, django_assert_num_queries):
    names = ",".join(column.name for column in LISTS[name].columns)
    with django_assert_num_queries(5 if name == "customers" else 4):
        page = alice.get(f"{LISTS[name].url}?cols={names}").context["page"]
    assert len(page.rows) == (0 if name == "returns" else 1)
    assert [column.name for column in page.asked.shown] == names.split(",")


@pytest.mark.parametrize("name", LISTS)
def test_every_example_and_every_tab_can_be_asked(alice: Client, reviewed, name):
    listing = LISTS[name]
    for known in listing.filters.values():
        asked = asked_of(listing, QueryDict(urlencode({"q": f"-{known.example} x1"})))
        rows, faults = asked.found()
        assert (list(faults), list(rows)) == ([], [])
    for tab, params in ((tab, known.params) for tab, known in listing.tabs.items()):
        asked = asked_of(listing, QueryDict(urlencode(params)))
        assert asked.tab == tab
        list(asked.found()[0])


def test_nobody_reads_a_list_of_people_without_the_right_to(sam: Client, charlie: Client, client: Client):
    assert sam.get("/shipments/").status_code == 200
    pia = signed_in(User.objects.create_user("pia", is_staff=True))
    assert (sam.get("/customers/").status_code, pia.get("/customers/").status_code) == (200, 403)
    assert pia.post("/lists/customers/export/").status_code == 403
    assert charlie.get("/shipments/").status_code == 403
    assert client.get("/shipments/").headers["Location"] == "/login/?next=/shipments/"
    assert sam.get("/lists/nothing/").status_code == 404
    assert sam.get("/surveys/").status_code == pia.get("/returns/").status_code == 200
    assert pia.get("/surveys/").status_code == 403


def test_a_view_is_kept_shared_and_forgotten(alice: Client, sam: Client, reviewed):
    alice.post("/lists/orders/views/?q=tier:A&cols=order,tier", {"name": "Best", "shared": "on"})
    alice.post("/lists/orders/views/?held=1", {"name": "Mine"})
    assert [view.address for view in SavedView.objects.all()] == ["q=tier%3AA&cols=order%2Ctier", "held=1"]
    page = alice.get("/orders/?q=tier:A&cols=order&cols=tier")
    assert [(view.name, chosen) for view, chosen in page.context["views"]] == [("Best", True), ("Mine", False)]
    assert [view.name for view, _ in sam.get("/orders/").context["views"]] == ["Best"]
    best = SavedView.objects.get(name="Best")
    assert sam.post(f"/lists/views/{best.pk}/forget/").status_code == 404
    alice.post(f"/lists/views/{best.pk}/forget/")
    assert [view.name for view in SavedView.objects.all()] == ["Mine"]
    assert "needs a name" in alice.post("/lists/orders/views/", {"name": " "}, follow=True).content.decode()


def test_the_file_has_exactly_what_is_filtered_and_no_formula(alice: Client, reviewed):
    make_order(email="jonas@example.org", name="Jonas")
    found = lines(alice.post("/lists/orders/export/?state=reviewed&cols=order,customer,total,currency"))
    assert found == ["Order,Customer,Total,Currency", f"{reviewed.number},'=HYPERLINK(1),{reviewed.total:.2f},GBP"]
    assert len(lines(alice.post("/lists/orders/export/"))) == 3


def test_a_long_file_is_made_by_a_worker_in_pieces(alice: Client, sam: Client, noon, monkeypatch):
    orders = [make_order() for _ in range(5)]
    monkeypatch.setattr(export, "MOST_STREAMED", 4)
    monkeypatch.setattr(export, "PIECE", 2)
    page = alice.post("/lists/orders/export/?cols=order", follow=True)
    job = Job.objects.get()
    assert (job.kind, job.total, page.redirect_chain) == ("export", 3, [(f"/lists/jobs/{job.pk}/", 302)])
    run_lists()
    file = alice.get(f"/lists/jobs/{job.pk}/file.csv")
    assert lines(file) == ["Order", *(str(order.number) for order in reversed(orders))]
    assert sam.get(f"/lists/jobs/{job.pk}/file.csv").status_code == sam.get(f"/lists/jobs/{job.pk}/").status_code == 404
    assert "The file is ready." in alice.get("/lists/jobs/").content.decode()


def shown(client: Client, address: str) -> list[list[str]]:
    return [[cell.text for _, cell in row.cells] for row in client.get(address).context["page"].rows]


def test_who_did_not_answer_is_told_from_who_left_something_out(alice: Client, noon):
    silent, brief, full = (make_order(state="delivered") for _ in range(3))
    for order in (silent, brief, full):
        invite(order.pk, by="test")
    answer(brief.pk, csat=4, nps=None, comment="")
    answer(full.pk, csat=2, nps=0, comment="")
    assert shown(alice, "/surveys/?cols=csat,nps") == [["2 of 5", "0 of 10"], ["4 of 5", ""], ["no answer yet", ""]]
    assert '<span class="faint">no answer yet</span>' in alice.get("/surveys/").content.decode()
    assert lines(alice.post("/lists/surveys/export/?cols=csat,nps"))[1:] == ["2 of 5,0", "4 of 5,", ","]


def test_a_walk_says_its_metres_and_a_list_without_a_picker_leaves_no_line(alice: Client, noon):
    for picker, metres in (("", None), ("", 0.4), ("bob", 1283.6)):
        PickList.objects.create(warehouse=make_warehouse(), picker=picker, distance_m=metres)
    assert shown(alice, "/pick-lists/?cols=picker,metres") == [["bob", "1,284 m"], ["", "0 m"], ["", ""]]
    assert lines(alice.post("/lists/pick-lists/export/?cols=picker,metres"))[1:] == ["bob,1284", ",0", ","]
    assert alice.get("/pick-lists/").content.decode().count('<td class="at-who"></td>') == 2


@pytest.mark.parametrize("name", LISTS)
def test_the_search_says_in_words_what_it_finds(alice: Client, reviewed, name):
    assert f'placeholder="{LISTS[name].search}"' in alice.get(LISTS[name].url).content.decode()
    assert len(str(LISTS[name].search)) <= 28  # what a phone has room for
