"""The frame around every page: counts, rights at no cost, preferences, where work starts, and the parts on show."""

import re
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import Group, Permission, User
from django.contrib.staticfiles import finders
from django.test import Client

from ordermgmt.models import Preference
from orders.services import hold
from tests.factories import make_order, make_product, make_stock
from tests.people import make_bob, signed_in

pytestmark = pytest.mark.django_db


def with_rights(*names: str) -> User:
    """Somebody of the staff who may do this and nothing else, by a group."""
    petra = User.objects.create_user("petra", is_staff=True)
    packers = Group.objects.create(name="packers")
    packers.permissions.set(Permission.objects.filter(codename__in=names))
    petra.groups.add(packers)
    return petra


def test_the_counts_beside_the_stages_cost_two_statements(alice: Client, django_assert_num_queries) -> None:
    make_order(state="picked")
    hold(make_order(state="received").pk, reason="other", note="Ask first", by="sam")
    with django_assert_num_queries(4):  # with the session and the person
        assert alice.get("/counts/").json() == {"picked": 1, "received": 1, "reviewed": 0, "held": 1, "returns": 0}


def test_rights_come_with_the_person(django_assert_num_queries) -> None:
    make_bob()
    own, group = signed_in(User.objects.get(username="bob")), signed_in(with_rights("pack_shipment"))
    for client, place in ((own, "/"), (group, "/pack/")):
        with django_assert_num_queries(2):
            assert client.get("/start/").headers["Location"] == place


@pytest.mark.parametrize(
    ("names", "place"),
    [
        (["pick_picklist"], "/pick/"),
        (["pick_picklist", "pack_shipment"], "/pick/"),
        (["pick_picklist", "change_order"], "/"),
        (["ship_shipment", "change_stock"], "/ship/"),
        (["approve_order", "change_order"], "/approvals/"),
        (["approve_order", "change_order", "edit_order"], "/"),
        (["change_target"], "/kpis/"),
        ([], "/"),
    ],
)
def test_people_start_where_their_work_is(names: list[str], place: str) -> None:
    assert signed_in(with_rights(*names)).get("/start/").headers["Location"] == place


def test_times_are_shown_in_the_persons_own_zone(sam: Client, noon: object) -> None:
    number = make_order().number
    assert "Mon 4 May 12:00" in sam.get(f"/orders/{number}/").content.decode()
    done = sam.post("/preferences/", {"time_zone": "Asia/Tokyo", "next": f"/orders/{number}/"})
    assert done.headers["Location"] == f"/orders/{number}/"
    page = sam.get(f"/orders/{number}/").content.decode()
    assert "Mon 4 May 20:00" in page
    assert "data-shortcuts" not in page


def test_a_zone_that_is_none_is_refused(sam: Client) -> None:
    sam.post("/preferences/", {"time_zone": "Mars/Base", "next": "https://elsewhere.example/"})
    assert not Preference.objects.exists()
    assert "Mars/Base is not a time zone" in sam.get("/").content.decode()


def test_one_who_may_not_sign_in_any_more_is_signed_out_at_once(sam: Client) -> None:
    User.objects.filter(username="sam").update(is_active=False)
    assert sam.get("/").status_code == 302


def test_what_was_done_is_a_toast_and_what_was_refused_stands_in_the_page(bob: Client) -> None:
    order = make_order(state="shipped")

    def after(action: str, **typed: str) -> tuple[str, str]:
        page = bob.post(f"/orders/{order.number}/{action}/", typed, follow=True).content.decode()
        stands, _, floats = page.partition('<main id="main">')[2].partition("<h1>")[0].partition("data-toasts")
        return stands, floats

    stands, floats = after("notes", text="Rang twice")
    assert ("The note is written down." in stands, "The note is written down." in floats) == (False, True)
    stands, floats = after("shipments/1/pack")
    assert ('role="alert"' in stands, "Nothing was changed." in stands, "changed" in floats) == (True, True, False)


def test_the_style_guide_is_for_development(sam: Client, settings: LazySettings) -> None:
    settings.STYLE_GUIDE = True
    assert "--accent-soft" in sam.get("/styleguide/").content.decode()
    settings.STYLE_GUIDE = False
    assert sam.get("/styleguide/").status_code == 404


def test_a_page_weighs_at_most_150_kilobytes(alice: Client) -> None:
    make_stock(make_product(), 50)
    for _ in range(30):
        hold(make_order(state="received").pk, reason="other", note="Ask first", by="sam")
    page = alice.get("/").content
    assets = {name.partition("#")[0] for name in re.findall(r'"/static/([^"]+)"', page.decode())}
    assert "css/tokens.css" in assets
    assert len(page) + sum(Path(finders.find(name)).stat().st_size for name in assets) <= 150_000
