"""Sending something back: choose, see exactly what it gives, confirm, and get the label. No sign-in, no script."""

from collections.abc import Iterable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from fulfillment.documents.kinds import return_label as return_label_of
from fulfillment.errors import BadPhoto, CarrierError, NotReturnable
from fulfillment.models import Return, ReturnScan
from fulfillment.photos import forget_photo, photo_kept
from fulfillment.return_flow import COMING, ReturnState
from fulfillment.returns.labelling import label_return
from fulfillment.returns.policy import Policy, Returnable, policy_of, returnable
from fulfillment.returns.reasons import Reason, reason_groups, reason_named
from fulfillment.returns.requesting import (
    Wish,
    WishLine,
    cancel_return,
    note_sent,
    request_return,
)
from fulfillment.returns.settling import Money, money_of, return_money
from fulfillment.views.privacy import customer_page
from inventory.models import Product
from inventory.wording import Words
from orders.errors import NotAllowedNow, UnknownSku
from orders.languages import of_buyer
from orders.models import Order
from orders.tokens import read, sign

UNFIT = 422
CUSTOMER = "customer"
Resolution = Return.Resolution
RESOLUTIONS = {
    Resolution.REFUND: gettext_lazy("Money back, the way I paid"),
    Resolution.EXCHANGE: gettext_lazy("An exchange"),
    Resolution.CREDIT: gettext_lazy("Store credit"),
}
SAME_AGAIN = gettext_lazy("The same again")


@dataclass(frozen=True)
class Chosen:
    """One line of the form: what may come back of it, and what was chosen so far."""

    row: Returnable
    quantity: int = 0
    reason: str = ""
    note: str = ""
    exchange_sku: str = ""
    others: tuple[Product, ...] = field(default=())

    @property
    def counts(self) -> range:
        return range(self.row.units + 1)

    @property
    def instead(self) -> str:
        """What an exchange brings: the chosen variant, or the same again."""
        return next((other.name for other in self.others if other.sku == self.exchange_sku), self.row.line.name)

    @property
    def needs_photo(self) -> bool:
        return bool(self.reason) and reason_named(self.reason).needs_photo


@customer_page
@require_http_methods(["GET", "HEAD", "POST"])
def returning(request: HttpRequest, token: str) -> HttpResponse:
    """Choose, confirm, and follow. Only confirming writes anything."""
    order = Order.objects.select_related("customer", "channel").get(pk=read(token, "return"))
    translation.activate(of_buyer(request, order.channel))
    if request.method != "POST":
        return _form(request, order, [], status=200)
    chosen = _chosen(request, order)
    step = request.POST.get("step")
    try:
        if step in ("sent", "keep"):
            return _on_the_way(request, order, step)
        if step == "confirm":
            return _announce(request, order, chosen)
        return _preview(request, order, chosen)
    except (NotReturnable, BadPhoto, UnknownSku) as refusal:
        again = _preview if step == "confirm" and isinstance(refusal, BadPhoto) else _form
        return again(request, order, chosen, problem=str(refusal), status=UNFIT)


@customer_page
@require_safe
def return_label(request: HttpRequest, token: str, number: int) -> HttpResponse:
    """The label of one return, to print."""
    order_id = read(token, "return")
    row = Return.objects.select_related("order__channel", "order__customer").filter(order=order_id, number=number)
    found = row.filter(state__in=COMING).exclude(tracking_number="").first()
    if found is None:
        raise Http404
    response = HttpResponse(return_label_of(found), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{found.rma}.pdf"'
    return response


def _on_the_way(request: HttpRequest, order: Order, step: str) -> HttpResponse:
    number = request.POST.get("rma", "")
    row = order.returns.filter(number=int(number) if number.isascii() and number.isdigit() else -1).first()
    if row is None:
        raise NotReturnable(_("There is no such return"))
    try:
        (note_sent if step == "sent" else cancel_return)(row.pk, by=CUSTOMER)
    except NotAllowedNow as refusal:
        raise NotReturnable(_("This is not possible any more")) from refusal
    return redirect(request.path)


def _announce(request: HttpRequest, order: Order, chosen: list[Chosen]) -> HttpResponse:
    """Write the return; the label is bought afterwards, and by the chore when the carrier does not answer now."""
    with ExitStack() as photos:
        lines = [_wished(request, row, photos) for row in chosen if row.quantity]
        wish = Wish(tuple(lines), _resolution(request))
        made = request_return(order.pk, wish=wish, key=_key(request, order), by=CUSTOMER)
    used = set(made.lines.values_list("photo", flat=True))
    for line in lines:  # of a return that was announced before, its own photos stand
        if line.photo not in used:
            forget_photo(line.photo)
    if made.state == ReturnState.APPROVED:
        with suppress(CarrierError):
            label_return(made.pk, by="system:returns")
    return redirect(f"{request.path}?announced={made.number}")


def _wished(request: HttpRequest, row: Chosen, photos: ExitStack) -> WishLine:
    """One line with its photo, which stays if all comes through."""
    photo = photos.enter_context(photo_kept(request.FILES.get(f"photo_{row.row.line.pk}"), folder="returns"))
    if row.needs_photo and not photo:
        raise BadPhoto(_("Please add a photo of {name}").format(name=row.row.line.name))
    return WishLine(row.row.line.pk, row.quantity, row.reason, row.note, photo, row.exchange_sku)


def _preview(
    request: HttpRequest, order: Order, chosen: list[Chosen], *, problem: str = "", status: int = 200
) -> HttpResponse:
    """What it gives, to the penny, before anything is written."""
    wanted = [row for row in chosen if row.quantity]
    if not wanted:
        raise NotReturnable(_("Choose how many of something you want to send back"))
    for row in wanted:
        if not row.reason:
            raise NotReturnable(_("Tell us why {name} comes back").format(name=row.row.line.name))
        if row.quantity > row.row.units:
            raise NotReturnable(
                _("Of {name} {units} can come back").format(name=row.row.line.name, units=row.row.units)
            )
    policy = policy_of(order.channel_id)
    units = [(row.row.line, row.quantity, reason_named(row.reason)) for row in wanted]
    context = {
        "order": order,
        "chosen": wanted,
        "money": money_of(order, policy, units, labelled=True),
        "resolution": _resolution(request),
        "resolution_words": RESOLUTIONS[Resolution(_resolution(request))],
        "key": _key(request, order).rpartition(":")[2],
        "reasons": {code: reason_named(code) for code in {row.reason for row in wanted}},
        "policy": policy,
        "problem": problem,
    }
    return render(request, "return/confirm.html", context, status=status)


def _form(
    request: HttpRequest, order: Order, chosen: list[Chosen], *, problem: str = "", status: int = 200
) -> HttpResponse:
    policy = policy_of(order.channel_id)
    rows = chosen or [Chosen(row, others=_others(row, policy)) for row in returnable(order, policy)]
    returns = [shown_return(row) for row in order.returns.order_by("-number")]
    waiting = [row for row in returns if row.may_be_kept]
    context = {
        "order": order,
        "rows": [row for row in rows if row.row.units],
        "not_these": [row.row for row in rows if not row.row.units],
        "groups": reason_groups(for_customers=True),
        "resolutions": _resolutions(policy, rows),
        "resolution": _resolution(request),
        "policy": policy,
        "returns": returns,
        "is_folded": bool(returns) and not problem,
        "is_open": "more" in request.GET,
        "announced": any(str(row.row.number) == request.GET.get("announced") for row in waiting),
        "until": min((row.row.until for row in rows if row.row.units and row.row.until), default=None),
        "problem": problem,
        "track_link": f"/track/{sign(order.pk, 'track')}/",
    }
    return render(request, "return/form.html", context, status=status)


@dataclass(frozen=True)
class ShownReturn:
    """One return as its customer sees it."""

    row: Return
    contents: str
    instead: str
    money: Money
    words: str
    news: tuple[ReturnScan, ...] = ()

    @property
    def has_label(self) -> bool:
        return bool(self.row.tracking_number) and self.may_be_sent

    @property
    def may_be_sent(self) -> bool:
        return self.row.state in (ReturnState.APPROVED, ReturnState.LABELLED)

    @property
    def may_be_kept(self) -> bool:
        return self.may_be_sent or self.row.state == ReturnState.REQUESTED


AT_THE_DOOR = gettext_lazy("It has arrived. We take it in and look at it.")
WORDS = {
    ReturnState.REQUESTED: gettext_lazy("We look at it and write to you."),
    ReturnState.APPROVED: gettext_lazy("Your label is being made. Look in again in a minute."),
    ReturnState.LABELLED: gettext_lazy("Print the label, pack it well, and bring it to the carrier."),
    ReturnState.IN_TRANSIT: gettext_lazy("It is on its way to us."),
    ReturnState.RECEIVED: gettext_lazy("It is here, and we look at it."),
    ReturnState.INSPECTED: gettext_lazy("It is here, and settled soon."),
    ReturnState.SETTLED: gettext_lazy("Done."),
    ReturnState.DECLINED: gettext_lazy("We cannot take this back."),
    ReturnState.CANCELLED: gettext_lazy("You are keeping it."),
}


def shown_return(row: Return) -> ShownReturn:
    """The return with its units and its money in words."""
    lines = list(row.lines.select_related("order_line", "exchange_for"))
    contents = ", ".join(f"{line.quantity} × {line.order_line.name}" for line in lines)
    wanted = ", ".join(f"{line.quantity} × {(line.exchange_for or line.order_line).name}" for line in lines)
    instead = wanted if row.resolution == Resolution.EXCHANGE else ""
    row.order = Order.objects.select_related("customer").get(pk=row.order_id)
    words = AT_THE_DOOR if row.is_at_the_door else WORDS[ReturnState(row.state)]
    news = tuple(row.tracking.all())[::-1] if row.state in COMING else ()
    return ShownReturn(row, contents, instead, return_money(row, lines), str(words), news)


def _chosen(request: HttpRequest, order: Order) -> list[Chosen]:
    """What the form says, line by line; what is no number counts as none."""
    policy, found = policy_of(order.channel_id), []
    known: dict[str, Reason] = {row.code: row for group in reason_groups(for_customers=True) for row in group.reasons}
    for row in returnable(order, policy):
        given: dict[str, Any] = {name: request.POST.get(f"{name}_{row.line.pk}", "") for name in ("units", "reason")}
        units = given["units"]
        found.append(
            Chosen(
                row,
                quantity=int(units) if units.isascii() and units.isdigit() and len(units) < 9 else 0,
                reason=given["reason"] if given["reason"] in known else "",
                note=request.POST.get(f"note_{row.line.pk}", "")[:500],
                exchange_sku=request.POST.get(f"exchange_{row.line.pk}", "")[:64],
                others=_others(row, policy),
            )
        )
    return found


def _others(row: Returnable, policy: Policy) -> tuple[Product, ...]:
    """What it may be exchanged for: the other variants of the same product."""
    product = row.line.product
    if not (policy.allow_exchange and row.units and product.family_id):
        return ()
    return tuple(Product.objects.filter(family=product.family_id, active=True).exclude(pk=product.pk).order_by("name"))


def _resolution(request: HttpRequest) -> str:
    said = request.POST.get("resolution", "")
    return said if said in Resolution.values else Resolution.REFUND


def _resolutions(policy: Policy, rows: Iterable[Chosen]) -> list[tuple[str, Words]]:
    """What can be had for it; an exchange is called what it is where nothing comes in variants."""
    named = RESOLUTIONS if any(row.others for row in rows) else {**RESOLUTIONS, Resolution.EXCHANGE: SAME_AGAIN}
    allowed = {Resolution.EXCHANGE: policy.allow_exchange, Resolution.CREDIT: policy.allow_credit}
    return [(value, words) for value, words in named.items() if allowed.get(value, True)]


def _key(request: HttpRequest, order: Order) -> str:
    """The confirmation page's own name for the return, so that a button pressed twice is one return."""
    said = request.POST.get("key", "")
    return f"web:{order.number}:{said if said.isalnum() and len(said) == 32 else uuid4().hex}"
