"""A person in all apps: everything that is held of them, and erasing it everywhere at once."""

from typing import Any

from django.db import transaction
from django.db.models import Q

from feedback.models import Answer, FollowUp, LineAnswer, Survey
from feedback.services import forget_words
from fulfillment.documents.jobs import forget_orders
from fulfillment.models import (
    Claim,
    ClaimLine,
    Parcel,
    Return,
    ReturnLine,
    ReturnUnit,
    Shipment,
    ShipmentHold,
)
from fulfillment.returns.erasing import forget_the_way_back
from kpis.models import OrderFact
from kpis.services import forget_person
from orders.customers.erasure import erase
from orders.customers.exporting import export_data, plain_json, rows_by_order
from orders.models import Customer


def erase_person(customer_id: int, *, by: str) -> None:
    """Erase them in the order desk and what was said about their orders, or nothing at all. Raises CustomerRefused."""
    with transaction.atomic():
        themselves = Q(pk=customer_id) | Q(merged_into=customer_id)
        addresses = list(Customer.objects.filter(themselves).values_list("email", flat=True))
        ids = erase(customer_id, by=by)
        forget_person(customer_id, addresses)
        ShipmentHold.objects.filter(shipment__order__in=ids).update(note="", release_note="")
        forget_the_way_back(ids)
        forget_orders(ids)
        forget_words(ids)
        OrderFact.objects.filter(order__in=ids).update(comment="")


def export_person(customer_id: int) -> dict[str, Any]:
    """What the order desk holds, with the parcels, returns and answers of each order."""
    data = export_data(customer_id)
    ids = [row["id"] for row in data["orders"]]
    shipments = rows_by_order(Shipment.objects.filter(order__in=ids), "order_id")
    returns = rows_by_order(Return.objects.filter(order__in=ids), "order_id")
    claims = rows_by_order(Claim.objects.filter(order__in=ids), "order_id")
    claimed = rows_by_order(ClaimLine.objects.filter(claim__order__in=ids), "claim_id")
    surveys = rows_by_order(Survey.objects.filter(order__in=ids), "order_id")
    answers = rows_by_order(Answer.objects.filter(survey__order__in=ids), "survey_id")
    parcels = rows_by_order(Parcel.objects.filter(shipment__order__in=ids), "shipment_id")
    said_of_lines = rows_by_order(LineAnswer.objects.filter(answer__survey__order__in=ids), "answer_id")
    follow_ups = rows_by_order(FollowUp.objects.filter(order__in=ids), "order_id")
    holds = rows_by_order(ShipmentHold.objects.filter(shipment__order__in=ids), "shipment_id")
    for row in (row for rows in shipments.values() for row in rows):
        row |= {"parcels": parcels[row["id"]], "holds": holds[row["id"]]}
    back = rows_by_order(ReturnLine.objects.filter(return_record__order__in=ids), "return_record_id")
    inspected = rows_by_order(ReturnUnit.objects.filter(line__return_record__order__in=ids), "line_id")
    for row in (row for rows in returns.values() for row in rows):
        row["lines"] = [line | {"units": inspected[line["id"]]} for line in back[row["id"]]]
    for row in (row for rows in claims.values() for row in rows):
        row["lines"] = claimed[row["id"]]
    for row in (row for rows in surveys.values() for row in rows):
        row["answers"] = [said | {"lines": said_of_lines[said["id"]]} for said in answers[row["id"]]]
    beside = {"shipments": shipments, "returns": returns, "claims": claims}
    beside |= {"surveys": surveys, "follow_ups": follow_ups}
    more = [{name: rows[order_id] for name, rows in beside.items()} for order_id in ids]
    return data | {"orders": [{**order, **plain_json(rows)} for order, rows in zip(data["orders"], more, strict=True)]}
