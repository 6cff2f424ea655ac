"""One answer per `Idempotency-Key`, kept in the transaction of the work itself.

Two requests with the same key never run side by side: the database decides by an advisory lock, and the second is told
at once. What went wrong on our side (5xx) is never kept, so that a retry gets a real chance.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
from django.db import connection, transaction
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from inventory import clock
from orders.api.parsing import canonical
from orders.authentication import caller
from orders.placing import AnsweredBefore, as_json
from orders.problems import MEDIA_TYPE, Problem, refusal

HEADER, IN_META = "Idempotency-Key", "HTTP_IDEMPOTENCY_KEY"
REPLAYED = "Idempotent-Replayed"
USABLE = re.compile(r"[\x21-\x7e]{1,255}")
Told = TypeVar("Told", bound=HttpResponse)


def key_of(request: Request) -> str:
    """The header's value; 400 when it is missing or not 1 to 255 visible ASCII characters."""
    key: str = request.META.get(IN_META, "")
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


def answered_once(request: Request, work: Callable[[Once], Told], *, looks: bool = False) -> Told | Response:
    """The answer of `work`, or the one that the same request got before.

    A refusal by `work` must leave nothing behind in the database; it is kept like any other answer. With `looks` the
    work itself looks whether the key is free, before it touches anything else, and raises AnsweredBefore if not.
    Raises Problem `idempotency_key_missing`, `_invalid`, `_reused` or `_in_flight`.
    """
    once = Once(key_of(request), fingerprint_of(request))
    mine = (caller(request).channel.pk, once.key)
    try:
        with transaction.atomic():
            if not looks:
                _look(mine)
            response = _answer(work, once)
            if not once.kept:
                if looks:  # what was refused at once had no reason to
                    _look(mine)
                _keep(mine, once.fingerprint, response)
    except AnsweredBefore as before:
        return _replay(before, once.fingerprint)
    return response


def _look(mine: tuple[int, str]) -> None:
    """Raises AnsweredBefore unless the key is free; then it is ours until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT locked, fingerprint, status, body FROM orders_answer(%s, %s)", mine)
        free, fingerprint, status, body = cursor.fetchone()
    if not free or fingerprint is not None:
        raise AnsweredBefore(free, fingerprint, status, body and orjson.loads(body))


def _keep(mine: tuple[int, str], fingerprint: str, response: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO orders_idempotencykey (channel_id, key, fingerprint, status, body, created_at)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            (*mine, fingerprint, response.status_code, as_json(response.data), clock.now()),
        )


def fingerprint_of(request: Request) -> str:
    """SHA-256 of method, path and body; the order of names in the JSON does not matter. Reads the body."""
    plain = "\n".join([str(request.method), request.path, canonical(request.data)])
    return hashlib.sha256(plain.encode()).hexdigest()


def _answer(work: Callable[[Once], Told], once: Once) -> Told | Response:
    try:
        return work(once)
    except Exception as error:
        refused = refusal(error)
        if refused is None:
            raise
        return refused


def _replay(before: AnsweredBefore, fingerprint: str) -> Response:
    if not before.free:
        again = "A request with this key is being answered. Ask again in a moment."
        raise Problem(409, "idempotency_key_in_flight", again)
    if before.fingerprint != fingerprint:
        raise Problem(422, "idempotency_key_reused", "This key belongs to a request with another body.")
    media_type = MEDIA_TYPE if before.status and before.status >= 400 else None
    return Response(before.body, status=before.status, headers={REPLAYED: "true"}, content_type=media_type)
