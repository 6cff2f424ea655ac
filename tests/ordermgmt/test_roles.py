"""Which role gets past the guard of which address: a table that a new address must join, and each warehouse its own."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from fulfillment.claims import open_claim, settle_claim
from fulfillment.models import Claim, Message, PickList, Return, Shipment
from fulfillment.tasks import drain_pick
from inventory import clock
from ordermgmt.access import SEES_MONEY
from ordermgmt.models import Workplace
from ordermgmt.roles import ROLES, Role
from orders.models import Order
from orders.queue import held
from orders.services.holds import place_hold
from tests.factories import make_order, make_product, make_stock, make_warehouse
from tests.ordermgmt.seldom import return_for_credit
from tests.ordermgmt.url_roles import address_of, may, names, needs_at
from tests.people import signed_in

pytestmark = pytest.mark.django_db

LETTERS = dict(zip("OMAKPHSN", ROLES, strict=True))  # picKer, Packer, sHipper, aNalyst
EVERYBODY = "anybody"
AMOUNTS = ("£4.13", "£5.19", "£6.17", "£10.00 credited", "9.23", "11.36")
MATRIX = {
    EVERYBODY: """api-docs api-schema forgotten healthz login logout look-up new-password pack-worker pick-worker
        return-label returning survey track words""",
    "OMAKPHSN": """counts own-password preferences search stage start style-guide time-zones
        cartons hand-over-file hand-overs list-act list-export list-job list-job-file list-job-retry
        list-job-undo list-jobs list-view-forget list-view-keep order order-news orders photo pick-list pick-lists
        picking products radar return return-desk return-paper returns second-factor shipments stock
        stock-count stock-counts stock-deliveries stock-delivery stock-product
        today""",
    "OMAKPHS": """customs dock label-file label-run manifest manifest-pdf order-advance pick-up print-document
        print-file print-pick-list print-retry print-start prints ship-desk shipping-rules stage-move""",
    "OMASN": """blocked customer customers mail mail-body mail-preview mail-preview-body mails payments""",
    "OMAN": """approval-policies approval-policy approvals""",
    "OMAS": """order-tell-again
        blocked-add blocked-remove carrier-invoice carrier-invoice-file carrier-invoices
        customer-block customer-export customer-merge customer-tier customer-unblock
        follow-up-settle follow-up-take hand-over-ask hand-over-confirmations improve-action-close improve-action-new
        improve-action-start improve-assess mail-again people order-cancel order-cancel-units order-hold order-note
        order-release question-set-change radar-look shipment-hold shipment-release shipping-rule shipping-rule-new
        shipping-rule-remove stock-serve""",
    "OMA": """approval-approve approval-hold approval-policy-change approval-reject approval-release radar-retry
        radar-release""",
    "OMSN": """finding findings follow-ups improve improve-actions question-set question-sets surveys""",
    "OMS": """claim-refuse claim-settle order-change order-change-apply order-change-discard order-change-preview
        order-change-products order-merge order-split payment-book payment-charge-back payment-refund payment-resolve
        payment-retry payment-surplus payment-take return-again return-inspect return-step""",
    "OMN": """kpi kpi-calendar kpi-csv kpi-enter kpi-enter-file kpi-import-errors kpi-import-undo kpi-imports kpi-orders
        kpi-quiet kpi-quiet-csv kpi-remove kpi-target kpis""",
    "OMH": """customs-declare label-run-retry labels-buy manifest-close manifest-off pick-up-scan
        carton carton-new stock-adjust stock-bin-move stock-count-approve stock-count-discard stock-count-enter
        stock-count-new stock-delivery-add stock-delivery-close stock-delivery-new stock-delivery-receive stock-transfer
        stock-write-off""",
    "OMK": """pick-list-pass pick-station pick-station-list pick-station-next pick-station-scans pick-station-step""",
    "OMP": """pack-box pack-find pack-queue pack-scans pack-station""",
    "OM": """insert insert-new pick-list-assign pick-lists-plan picking-policy product-file
        product-file-take-in product-file-template product-upload settings settings-bounds settings-edit
        settings-key-revoke settings-keys settings-list settings-mail-text settings-mail-text-preview
        settings-mail-texts settings-new settings-shop settings-start
        settings-test-order trolley trolley-new
        warehouse-setup webhook webhook-new webhook-redeliver webhook-step webhooks""",
    "O": """customer-erase settings-demo-load settings-demo-remove settings-user settings-user-invite settings-user-new
        settings-user-reset
        settings-users""",
}
ROWS = {name: roles for roles, row in MATRIX.items() for name in row.split()}


def somebody(role: str) -> User:
    user = User.objects.create_user(role, password="x", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


def test_every_address_stands_in_the_matrix_once():
    assert sorted(name for row in MATRIX.values() for name in row.split()) == names()


def test_each_role_has_what_the_guards_of_its_own_work_ask_for():
    def has(role: Role, needs: tuple[str, ...] | None) -> bool:
        return needs is None or not needs or not set(needs).isdisjoint(role.permissions)

    asked = {name: needs_at(name) for name in ROWS}
    assert {name for name, needs in asked.items() if needs is None} == set(MATRIX[EVERYBODY].split())
    found = {name: "".join(key for key, role in LETTERS.items() if has(ROLES[role], asked[name])) for name in ROWS}
    assert found == {name: "OMAKPHSN" if roles == EVERYBODY else roles for name, roles in ROWS.items()}


def test_the_guards_let_a_picker_do_a_pickers_work_alone():
    client = signed_in(somebody("picker"))
    walked = [name for name in ROWS if name != "logout"]
    passed = {name: may(client, address_of(name)) for name in walked}
    assert passed == {name: ROWS[name] == EVERYBODY or "K" in ROWS[name] for name in walked}


def test_a_stranger_gets_past_the_public_ones_alone(client: Client):
    assert {name for name in ROWS if may(client, address_of(name))} == set(MATRIX[EVERYBODY].split()) - {"logout"}


@pytest.mark.parametrize("role", ROLES.values(), ids=list(ROLES))
def test_the_migration_gave_each_group_what_its_role_takes(role):
    found = Permission.objects.filter(group__name=role.name).values_list("content_type__app_label", "codename")
    assert {f"{label}.{codename}" for label, codename in found} == set(role.permissions)


@pytest.fixture
def paid_back(noon) -> Order:
    """A claim and a return of it were settled, each with an amount that is nowhere else."""
    make_stock(make_product("MUG"), 20)
    order = make_order([("MUG", 3)], state="delivered")
    line = order.lines.get()
    return_for_credit(order, line)
    claim = open_claim(order.pk, kind="missing", units={line.pk: 1}, key="c", by="sam")
    settle_claim(claim.pk, outcome="refund", by="sam")
    Return.objects.update(goods="11.36", refund="6.17", credit="5.19")
    Claim.objects.update(refund="4.13")
    with held(order.pk) as row:
        place_hold(row, reason="payment-failed", note="Refund 9.23 GBP: no", by="sam")
    return order


def test_what_was_paid_back_is_named_to_those_alone_who_may_see_payments(paid_back: Order):
    number, file = paid_back.number, "/lists/returns/export/?cols=return,given"
    pages = {
        f"/orders/{number}/?all=1": {"£4.13", "£6.17", "£5.19", "£10.00 credited", "9.23"},
        "/": {"9.23"},
        "/stages/delivered/": set(),
        f"/returns/{number}/1/": {"11.36", "£6.17", "£5.19"},
        "/returns/?cols=return,given": {"11.36"},
        "/returns/desk/?tab=done": set(),
        file: {"11.36"},
    }
    named, wanted = {}, {}
    for name, role in ROLES.items():
        client = signed_in(somebody(name))
        texts = {address: client.get(address).content.decode() for address in pages if address != file}
        texts[file] = b"".join(client.post(file)).decode()
        named[name] = {address: {words for words in AMOUNTS if words in text} for address, text in texts.items()}
        sees = set(SEES_MONEY) & set(role.permissions)
        wanted[name] = {address: words if sees else set() for address, words in pages.items()}
    assert named == wanted


def test_a_list_is_not_narrowed_by_what_its_reader_may_not_see(paid_back: Order):
    picker, support = signed_in(somebody("picker")), signed_in(somebody("support"))
    pages = [client.get("/returns/?q=refund:>100").context["page"] for client in (picker, support)]
    assert [(len(page.rows), len(page.faults)) for page in pages] == [(1, 1), (0, 0)]


def test_a_mail_about_money_is_for_those_who_may_see_payments(paid_back: Order):
    told = {"recipient": "m@example.org", "subject": "We have paid back £4.13", "text": "-", "html": "-"}
    row = Message.objects.create(order=paid_back, kind="refunded", key="m", state="sent", sent_at=clock.now(), **told)
    reader = User.objects.create_user("reader", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_message"))
    addresses = ("/mails/", f"/mails/{row.pk}/", f"/mails/{row.pk}/body/")
    for user, codes in ((reader, [200, 404, 404]), (somebody("support"), [200, 200, 200])):
        answers = [signed_in(user).get(address) for address in addresses]
        assert [answer.status_code for answer in answers] == codes
        assert (addresses[1] in answers[0].content.decode()) == (user.username == "support")


def test_who_has_a_workplace_works_nowhere_else(noon):
    """And who has none works everywhere."""
    york = make_warehouse("YORK", mode="manual")
    make_stock(make_product("JAR-1"), 50, warehouse=york)
    order = make_order((("JAR-1", 1),), state="approved")
    drain_pick()
    picker = somebody("picker")
    away = Workplace.objects.create(user=picker, warehouse=make_warehouse("HULL", mode="manual"))
    client, shipment, row = signed_in(picker), Shipment.objects.get(), PickList.objects.get()
    assert client.post(f"/orders/{order.number}/shipments/{shipment.number}/pick/").status_code == 403
    asked = {"data": {"warehouse": "YORK"}, "content_type": "application/json"}
    assert client.post("/pick/next/", **asked).status_code == 403
    assert client.post(f"/picking/{row.pk}/take-over/").status_code == 403
    assert PickList.objects.get().picker == ""
    away.delete()
    assert client.post("/pick/next/", **asked).status_code == 200
    assert PickList.objects.get().picker == "picker"


def test_a_step_of_a_shipment_takes_the_right_of_that_step(noon):
    make_stock(make_product("JAR-1"), 50, warehouse=make_warehouse("YORK", mode="manual"))
    order = make_order((("JAR-1", 1),), state="approved")
    drain_pick()
    number = order.shipments.get().number
    assert signed_in(somebody("packer")).post(f"/orders/{order.number}/shipments/{number}/pick/").status_code == 403
    assert signed_in(somebody("picker")).post(f"/orders/{order.number}/shipments/{number}/pick/").status_code == 302
    assert Shipment.objects.get().state == "picked"
