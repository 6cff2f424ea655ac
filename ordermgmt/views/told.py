"""What an order's page asks for once it is looked at: who was told of it; and telling them again."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ordermgmt.access import MAY_ACT, mail_page, staff_action
from ordermgmt.acting import attempt
from ordermgmt.told import told
from orders.models import Order, WebhookDelivery
from orders.webhooks.managing import redeliver


@require_safe
@mail_page
def order_told(request: HttpRequest, number: int) -> HttpResponse:
    """The mails and webhooks of one order, as a part of its page."""
    order = get_object_or_404(Order.objects.only("number"), number=number)
    context = {"tellings": told(order), "may_act": request.user.has_perm(MAY_ACT)}
    return render(request, "ordermgmt/_told.html", context)


@require_POST
@staff_action
def tell_again(request: HttpRequest, number: int, delivery_id: int) -> HttpResponse:
    """Call one webhook again."""
    row = get_object_or_404(WebhookDelivery, pk=delivery_id, order__number=number)
    again = partial(redeliver, row.endpoint_id, delivery_id=row.pk)
    attempt(request, again, told=_("{name} is told again.").format(name=row.endpoint.name))
    return redirect("order", number=number)
