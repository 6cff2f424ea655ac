"""The shop's rules for carriers: the list, one to change, and a try with an order."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fulfillment.models import ShippingRule
from ordermgmt.access import staff_action, warehouse_action
from ordermgmt.shipping.rules import RuleForm, sentence, try_out
from ordermgmt.views.stock.refusals import UNFIT
from orders.models import Order

LONGEST_NUMBER = 18


@require_safe
@warehouse_action
def shipping_rules(request: HttpRequest) -> HttpResponse:
    """All of them by rank, each in a sentence, and what an order would get."""
    rules = ShippingRule.objects.select_related("account", "channel")
    number = request.GET.get("order", "").strip().lstrip("#")
    context = {"rows": [(rule, sentence(rule)) for rule in rules], "number": number, **_tried(number)}
    return render(request, "shipping/rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_action
def shipping_rule(request: HttpRequest, rule_id: int | None = None) -> HttpResponse:
    """One of them, or without an id a new one."""
    rule = get_object_or_404(ShippingRule, pk=rule_id) if rule_id else ShippingRule()
    form = RuleForm(request.POST if request.method == "POST" else None, rule)
    if form.is_bound and form.is_valid():
        messages.success(request, _("Kept: {sentence}").format(sentence=sentence(form.save())))
        return redirect("shipping-rules")
    said = sentence(ShippingRule.objects.get(pk=rule_id)) if rule_id else ""
    context = {"form": form, "rule": rule, "said": said}
    return render(request, "shipping/rule_form.html", context, status=UNFIT if form.is_bound else 200)


@require_POST
@staff_action
def remove_rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    """It holds no longer; quotes that were made by it stay."""
    rule = get_object_or_404(ShippingRule, pk=rule_id)
    rule.delete()
    messages.success(request, _("Rule {name} is removed.").format(name=rule.name))
    return redirect("shipping-rules")


def _tried(number: str) -> dict[str, object]:
    if not number:
        return {}
    fits = number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER
    order = Order.objects.filter(number=int(number)).first() if fits else None
    if order is None:
        return {"trouble": _("There is no order {number}.").format(number=number)}
    tried = try_out(order)
    return {"tried": tried} if tried else {"trouble": _("Order {number} has no shipment yet.").format(number=number)}
