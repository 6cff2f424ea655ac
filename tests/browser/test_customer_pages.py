"""The pages of customers in a real browser: accessible in both themes and widths, and usable without script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from orders.customers.blocking import block
from orders.customers.scoring import override_tier, rescore_due
from orders.models import Customer
from tests.browser.test_pages import LONG_NAME, LOOKS, faults, phone, sign_in
from tests.factories import make_order
from tests.people import make_alice

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["phone"]


def customer() -> str:
    """Delivered to, scored, listed, and maybe somebody else."""
    order = make_order(state="reviewed", name=LONG_NAME, phone="07946 000123")
    make_order(email="m.silva@example.com", phone="+44 7946 000123")
    block("phone", "07946 000123", reason="Fraud", by="alice")
    rescore_due()
    override_tier(order.customer_id, tier="A", reason="A friend of the house", by="alice")
    return f"/customers/{order.customer_id}/"


def customers() -> str:
    customer()
    return "/customers/"


def blocked() -> str:
    customer()
    block("address", f"{LONG_NAME} 12, N1 9GU, GB", reason="Fraud", by="alice")
    return "/blocked/"


@pytest.mark.parametrize("where", [customers, customer, blocked])
def test_the_pages_of_customers_are_accessible(page: Page, where: Callable[[], str]) -> None:
    make_alice()
    sign_in(page, to=where())
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert [(*look, fault) for look in LOOKS for fault in faults(page, *look)] == []


def test_a_duplicate_is_merged_and_a_person_erased_without_script_on_a_phone(phone: Page) -> None:
    make_alice()
    sign_in(phone, to=customer())
    phone.get_by_role("link", name="Merge m.silva@example.com into this customer").click()
    phone.get_by_role("button", name="Merge into this customer").click()
    expect(phone.get_by_role("status")).to_have_text("The two are one customer now.")
    phone.get_by_text("Erase…").click()
    phone.get_by_label("Type their e-mail address to erase them").fill("somebody@example.org")
    phone.get_by_role("button", name="Erase this person").click()
    expect(phone.get_by_text("This is not the customer's address.")).to_be_visible()
    phone.get_by_label("Type their e-mail address to erase them").fill("marta@example.org")
    phone.get_by_role("button", name="Erase this person").click()
    expect(phone.get_by_role("alert")).to_contain_text("is still under way. Nothing was changed.")
    assert Customer.objects.get(email="marta@example.org").duplicates.count() == 1
