"""Whether this web process can reach what it needs: the database and the broker."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from kombu.exceptions import OperationalError

from ordermgmt.celery import app


def database_answers() -> bool:
    """One round trip to the database."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def broker_answers() -> bool:
    """One connection to the broker, without retries."""
    try:
        with app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=2)
    except (OperationalError, OSError):
        return False
    return True


def healthz(request: HttpRequest) -> JsonResponse:
    """200 when both answer, else 503 with the name of the one that does not."""
    answers = {"database": database_answers(), "broker": broker_answers()}
    return JsonResponse(
        {name: "ok" if works else "unreachable" for name, works in answers.items()},
        status=200 if all(answers.values()) else 503,
    )
