"""One answer per `Idempotency-Key`, kept in the transaction of the work itself.

Two requests with the same key never run side by side: the database decides by an advisory lock, and the second is told
at once. What went wrong on our side (5xx) is never kept, so that a retry gets a real chance.
"""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, transaction
from rest_framework.request import Request
from rest_framework.response import Response

from inventory import clock
from orders.api.parsing import canonical
from orders.authentication import caller
from orders.problems import MEDIA_TYPE, Problem, refusal

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
USABLE = re.compile(r"[\x21-\x7e]{1,255}")


def key_of(request: Request) -> str:
    """The header's value; 400 when it is missing or not 1 to 255 visible ASCII characters."""
    key = request.headers.get(HEADER, "")
    if not key:
        raise Problem(400, "idempotency_key_missing", f"Send a header {HEADER} with a value of your own choice.")
    if not USABLE.fullmatch(key):
        raise Problem(400, "idempotency_key_invalid", "1 to 255 visible ASCII characters, without spaces.")
    return key


@dataclass
class Once:
    """A request that is answered once. Work that keeps its answer itself says so by `kept`."""

    key: str
    fingerprint: str
    kept: bool = False


def answered_once(request: Request, work: Callable[[Once], Response]) -> Response:
    """The answer of `work`, or the one that the same request got before.

    A refusal by `work` must leave nothing behind in the database; it is kept like any other answer.
    Raises Problem `idempotency_key_missing`, `_invalid`, `_reused` or `_in_flight`.
    """
    once = Once(key_of(request), fingerprint_of(request))
    mine = (caller(request).channel.pk, once.key)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT locked, fingerprint, status, body FROM orders_answer(%s, %s)", mine)
        locked, *kept = cursor.fetchone()
        if not locked:
            again = "A request with this key is being answered. Ask again in a moment."
            raise Problem(409, "idempotency_key_in_flight", again)
        if kept[0] is not None:
            return _replay(once.fingerprint, *kept)
        response = _answer(work, once)
        if not once.kept:
            cursor.execute(
                "INSERT INTO orders_idempotencykey (channel_id, key, fingerprint, status, body, created_at)"
                " VALUES (%s, %s, %s, %s, %s, %s)",
                (*mine, once.fingerprint, response.status_code, json.dumps(response.data), clock.now()),
            )
    return response


def fingerprint_of(request: Request) -> str:
    """SHA-256 of method, path and body; the order of names in the JSON does not matter. Reads the body."""
    plain = "\n".join([str(request.method), request.path, canonical(request.data)])
    return hashlib.sha256(plain.encode()).hexdigest()


def _answer(work: Callable[[Once], Response], once: Once) -> Response:
    try:
        return work(once)
    except Exception as error:
        refused = refusal(error)
        if refused is None:
            raise
        return refused


def _replay(fingerprint: str, kept: str, status: int, body: str) -> Response:
    if kept != fingerprint:
        raise Problem(422, "idempotency_key_reused", "This key belongs to a request with another body.")
    media_type = MEDIA_TYPE if status >= 400 else None
    return Response(json.loads(body), status=status, headers={REPLAYED: "true"}, content_type=media_type)
