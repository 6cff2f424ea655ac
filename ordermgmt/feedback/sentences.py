"""What customers said and what was made of it, as the order's timeline tells it."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ordermgmt.phrases import listed, titled

Data = Mapping[str, Any]


def _always(words: str, data: Data, currency: str) -> str:
    return words


def _surveyed(data: Data, currency: str) -> str:
    return "Surveyed: answered" if data.get("answered") else "Surveyed: no answer in time"


def _answered(data: Data, currency: str) -> str:
    nps = "" if data.get("nps") is None else f", would recommend {data['nps']} of 10"
    wrong = f"; wrong: {listed([str(row.get('sku')) for row in data['wrong']])}" if data.get("wrong") else ""
    return f"The customer answered: {data.get('csat')} of 5{nps}{wrong}"


def _reviewed(data: Data, currency: str) -> str:
    return f"Reviewed: {_verdict(data)}"


def _rejudged(data: Data, currency: str) -> str:
    return f"Judged anew: {_verdict(data)}; before: {_verdict(data.get('before', {}))}"


def _verdict(data: Data) -> str:
    if data.get("perfect"):
        return "a perfect delivery"
    return f"failed {listed([titled(word).lower() for word in data.get('failed', [])]) or 'something'}"


FEEDBACK_SENTENCES: dict[str, Callable[[Data, str], str]] = {
    "order.invited": partial(_always, "The customer was asked how it went"),
    "order.answered": _answered,
    "order.surveyed": _surveyed,
    "order.followed_up": partial(_always, "Somebody got back to the customer"),
    "order.reviewed": _reviewed,
    "order.rejudged": _rejudged,
}
