"""Every error of the API as `application/problem+json` (RFC 9457).

`type`, `title`, `status`, `detail` are the standard's; `code` is ours and never changes once released; the facts of a
refusal (`missing`, `blockers`, `errors`, …) stand beside them.
"""

import logging
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from itertools import islice
from typing import Any

from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404
from psycopg2.errors import NumericValueOutOfRange
from rest_framework import exceptions
from rest_framework.response import Response

from inventory.errors import InventoryError, KeyReused, NotStocked, NotUsable
from orders import errors
from orders.webhooks.errors import AddressRefused, EndpointUnfit

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 100  # shown for one body

# One sentence for each code that a program can meet, whatever the request.
TITLES = {
    "malformed_json": "The body is not JSON",
    "body_too_large": "The body is too large",
    "validation_failed": "The request does not fit its description",
    "invalid_cursor": "This cursor is not one of ours",
    "idempotency_key_missing": "The header Idempotency-Key is missing",
    "name_guessable": "The name can be guessed",
    "idempotency_key_invalid": "The header Idempotency-Key is not usable",
    "idempotency_key_reused": "The Idempotency-Key was used for another request",
    "idempotency_key_in_flight": "The same request is being answered",
    "not_authenticated": "An API key is needed",
    "key_malformed": "The Authorization header is not understood",
    "key_unknown": "The API key is unknown",
    "key_revoked": "The API key is no longer valid",
    "scope_missing": "The API key does not open this",
    "price_not_allowed": "Only the scope orders:price may name amounts",
    "not_found": "There is nothing here",
    "method_not_allowed": "This method is not offered here",
    "not_acceptable": "Answers are JSON",
    "unsupported_media_type": "Bodies are JSON",
    "out_of_stock": "Not enough stock",
    "not_promised": "The stock is promised otherwise",
    "unknown_sku": "Not in the catalogue",
    "unknown_warehouse": "There is no such warehouse",
    "not_stocked": "A bundle has no stock of its own",
    "reference_taken": "Another delivery has this reference",
    "stock_request_not_usable": "This moves nothing",
    "stock_key_reused": "The key belongs to another booking",
    "stock_not_allowed_now": "The delivery is closed",
    "wrong_currency": "The channel sells in another currency",
    "external_id_conflict": "The external id belongs to another order",
    "no_such_shipping": "No such shipping method",
    "discount_too_large": "More off than there is to pay",
    "amount_too_large": "An amount is too large to be kept",
    "not_allowed_now": "Not possible in this state",
    "captured_too_much": "More was taken than the order costs",
    "pledged_too_much": "More than is still open",
    "payment_reference_conflict": "The payment is known with another amount",
    "refund_too_large": "More than was taken",
    "customer_refused": "Not with this customer",
    "policy_changed": "The policy has changed in the meantime",
    "hold_open": "It is held for this already",
    "needs_second_person": "It takes a second person",
    "refund_key_reused": "The key belongs to another refund",
    "nothing_to_collect": "There is nothing to take or to try again",
    "no_such_gateway": "No such payment gateway",
    "gateway_not_set_up": "The payment gateway is not set up",
    "gateway_refused": "The payment gateway refused",
    "gateway_unreachable": "The payment gateway did not answer",
    "webhook_not_signed": "The webhook is not signed as it should be",
    "no_such_line": "No such line",
    "change_open": "Another change is open",
    "change_ended": "The change has ended",
    "nothing_to_change": "Nothing would change",
    "change_stale": "Not what was looked at",
    "mail_text_changed": "Somebody has saved another version of this mail's text",
    "row_gone": "What was chosen is not there any more",
    "no_way": "Not possible for this order as it stands",
    "claim_refused": "This cannot be claimed",
    "no_such_bin": "There is no bin of this code",
    "not_returnable": "This cannot come back",
    "bad_photo": "This is no photo that can be kept",
    "credit_too_small": "More store credit than there is",
    "nothing_to_return": "More than left the warehouse",
    "return_key_reused": "The key belongs to another return",
    "throttled": "Too many requests",
    "nothing_to_print": "There is nothing to print",
    "no_such_document": "There is no such document",
    "nothing_to_pick": "Nothing waits to be picked",
    "list_not_free": "The pick list is not free",
    "list_in_hand": "The picker has another list in hand",
    "scan_id_reused": "The id belongs to another scan",
    "address_refused": "Nobody is called at this address",
    "endpoint_unfit": "The endpoint names no usable events",
    "no_such_handover": "It was handed to nobody",
    "handover_changed": "The hand-over has changed",
    "confirmation_refused": "This cannot have been sent",
    "works_elsewhere": "Who asks works in other warehouses",
    "no_right_any_more": "Who asked may not do it any more",
    "no_picker": "They may not pick",
    "carrier_error": "The carrier did not do what was asked",
    "server_error": "Something went wrong on our side",
    "unavailable": "Not reachable for a moment",
    "arrival_refused": "This cannot have arrived",
    "manifest_refused": "The manifest cannot be closed or changed",
    "nothing_went_wrong": "Nothing went wrong that could be tried again",
    "cannot_be_taken_back": "This cannot be taken back",
    "nothing_to_buy": "There is nothing to buy labels for",
    "invoice_refused": "The carrier's invoice cannot be taken in",
    "carrier_refused": "The carrier does not do this",
    "not_packed_right": "Something is not packed right",
    "parcel_not_ended": "The parcel is still on its way",
    "webhook_refused": "The message is not the carrier's",
}
# What the shop refuses, and the status that says so.
REFUSALS: Mapping[type[Exception], int] = {
    InventoryError: 409,
    NotUsable: 422,
    NotStocked: 422,
    KeyReused: 422,
    errors.UnknownSku: 422,
    errors.WrongCurrency: 422,
    errors.ExternalIdTaken: 422,
    errors.CapturedTooMuch: 422,
    errors.NoSuchShipping: 422,
    errors.DiscountTooLarge: 422,
    errors.AmountTooLarge: 422,
    errors.PledgedTooMuch: 422,
    errors.PaymentReferenceTaken: 422,
    errors.RefundKeyReused: 422,
    errors.NoSuchGateway: 404,
    errors.GatewayNotSetUp: 503,
    errors.WebhookNotSigned: 400,
    errors.NoSuchLine: 422,
    errors.NothingToChange: 422,
    errors.PriceNotAllowed: 403,
    AddressRefused: 422,
    EndpointUnfit: 422,
    errors.OrderError: 409,
}
# DRF's own names, where they do not say enough.
RENAMED = {"parse_error": "malformed_json", "permission_denied": "scope_missing"}


class Problem(exceptions.APIException):
    """An error that an interface itself finds, with its facts."""

    def __init__(self, status: int, code: str, detail: str, **facts: Any) -> None:
        self.status_code, self.facts = status, facts
        super().__init__(detail, code)


def problem_response(error: Exception, context: Mapping[str, Any]) -> Response:
    """DRF's exception handler: no error leaves the API in another form.

    A view may name refusals of its app in `refusals = {Error: status}`; those need a `code`. What only the database
    finds too large has broken the transaction, so nothing but this last door may answer it.
    """
    if isinstance(error, DataError) and isinstance(error.__cause__, NumericValueOutOfRange):
        error = Problem(422, "amount_too_large", "An amount of this order has more digits than can be kept.")
    return refusal(error, getattr(context.get("view"), "refusals", {})) or _fault(error)


def refusal(error: Exception, more: Mapping[type[Exception], int] | None = None) -> Response | None:
    """The answer to an error that is the caller's to mend; None when the fault is ours. `more` widens `REFUSALS`."""
    if isinstance(error, Http404):
        error = exceptions.NotFound("There is nothing at this address that this key may see.")
    if isinstance(error, exceptions.APIException):
        return _api_problem(error)
    known = {**REFUSALS, **(more or {})}
    kind = next((kind for kind in type(error).__mro__ if kind in known), None)
    if kind is None:
        return None
    return problem(known[kind], str(getattr(error, "code", "refused")), str(error), **vars(error))


def problem(status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **facts: Any) -> Response:
    """The answer itself. Facts never overwrite the standard's members."""
    body = {
        **facts,
        "type": f"urn:ordermgmt:problem:{code}",
        "title": TITLES.get(code) or HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }
    return Response(body, status=status, headers=dict(headers or {}), content_type=MEDIA_TYPE)


def _api_problem(error: exceptions.APIException) -> Response:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = f"{wait:.0f}"
    if isinstance(error, exceptions.ValidationError):
        found = list(islice(field_errors(error.detail), MOST_ERRORS))
        return problem(400, "validation_failed", _said(found), errors=found)
    code = str(getattr(error.detail, "code", error.default_code))
    facts = error.facts if isinstance(error, Problem) else {}
    return problem(error.status_code, RENAMED.get(code, code), str(error.detail), headers=headers, **facts)


def _fault(error: Exception) -> Response:
    """Our own fault: the log has the traceback, the answer has not."""
    log.error("The API failed", exc_info=error)
    if isinstance(error, OperationalError | InterfaceError):
        again = "Send the same request again, with the same Idempotency-Key if it had one."
        return problem(503, "unavailable", again, headers={"Retry-After": "1"})
    return problem(500, "server_error", "The error is in our log; sending the request again may help.")


def field_errors(detail: Any, path: tuple[str, ...] = ()) -> Iterator[dict[str, str]]:
    """DRF's nested errors as flat rows: where (`lines.0.quantity`), a code, a sentence."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            here = path if name == "non_field_errors" else (*path, str(name))
            yield from field_errors(inner, here)
    elif isinstance(detail, list):
        nested = any(isinstance(item, Mapping) for item in detail)
        for place, item in enumerate(detail):
            yield from field_errors(item, (*path, str(place)) if nested else path)
    else:
        yield {"field": ".".join(path), "code": str(detail.code), "detail": str(detail)}


def _said(found: list[dict[str, str]]) -> str:
    first, rest = found[0], len(found) - 1
    more = f" And {rest} more." if rest else ""
    return f"{first['field'] or 'The body'}: {first['detail']}{more}"
