"""Documents over the API: a PDF, or a problem."""

import pytest

from fulfillment.models import Shipment
from tests.api import SHIPMENTS, Api
from tests.factories import make_order

pytestmark = pytest.mark.django_db


def test_the_documents_of_a_packed_shipment_are_pdfs() -> None:
    make_order(state="packed")
    code, api = Shipment.objects.get().code, Api("fulfillment:write")
    for name in ("packing-slip", "box-labels"):
        answer = api.client.get(f"{SHIPMENTS}{code}/{name}/", headers={**api.headers, "Accept": "application/pdf"})
        assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (
            *(200, "application/pdf"),
            "no-store",
        )
        assert answer.content.startswith(b"%PDF")


def test_refusals_are_problems() -> None:
    make_order(state="picked")
    code, api = Shipment.objects.get().code, Api("fulfillment:write")
    answer = api.get(f"{SHIPMENTS}{code}/box-labels/")
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_print")
    assert api.get(f"{SHIPMENTS}1-1/packing-slip/").status_code == 404
    assert Api("orders:read").get(f"{SHIPMENTS}{code}/packing-slip/").status_code == 403
