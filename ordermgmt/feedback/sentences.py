"""What customers said and what was made of it, as the order's timeline tells it."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.wording import Words
from ordermgmt.phrases import inside, listed, titled

Data = Mapping[str, Any]


def _always(words: Words, data: Data, currency: str) -> str:
    return str(words)


def _surveyed(data: Data, currency: str) -> str:
    return _("Surveyed: answered") if data.get("answered") else _("Surveyed: no answer in time")


def _answered(data: Data, currency: str) -> str:
    nps = "" if data.get("nps") is None else _(", would recommend {nps} of 10").format(nps=data["nps"])
    wrong = (
        _("; wrong: {what}").format(what=listed([str(row.get("sku")) for row in data["wrong"]]))
        if data.get("wrong")
        else ""
    )
    return _("The customer answered: {csat} of 5{nps}{wrong}").format(csat=data.get("csat"), nps=nps, wrong=wrong)


def _reviewed(data: Data, currency: str) -> str:
    return _("Reviewed: {verdict}").format(verdict=_verdict(data))


def _rejudged(data: Data, currency: str) -> str:
    return _("Judged anew: {verdict}; before: {verdict_2}").format(
        verdict=_verdict(data), verdict_2=_verdict(data.get("before", {}))
    )


def _verdict(data: Data) -> str:
    if data.get("perfect"):
        return _("a perfect delivery")
    return _("failed {what}").format(
        what=listed([inside(titled(word)) for word in data.get("failed", [])]) or _("something")
    )


FEEDBACK_SENTENCES: dict[str, Callable[[Data, str], str]] = {
    "order.invited": partial(_always, gettext_lazy("The customer was asked how it went")),
    "order.asked_again": partial(_always, gettext_lazy("The customer was reminded of the survey")),
    "order.answered": _answered,
    "order.surveyed": _surveyed,
    "order.followed_up": partial(_always, gettext_lazy("Somebody got back to the customer")),
    "order.reviewed": _reviewed,
    "order.rejudged": _rejudged,
}
